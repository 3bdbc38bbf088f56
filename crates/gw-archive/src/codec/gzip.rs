use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

/// Expands all members of a gzip stream (RFC 1952 allows several), as `gzip -d` does.
pub struct GzipReader<R> {
    state: State<R>,
    trailing: Option<String>,
}

enum State<R> {
    Inside(Box<GzDecoder<R>>),
    Done,
}

impl<R: BufRead> GzipReader<R> {
    /// Expands `input`.
    pub fn new(input: R) -> Self {
        Self {
            state: State::Inside(Box::new(GzDecoder::new(input))),
            trailing: None,
        }
    }

    /// What is behind the last member, if that is anything but zeros; known once all is read.
    #[must_use]
    pub fn trailing(&self) -> Option<&str> {
        self.trailing.as_deref()
    }

    /// Goes on to the next member, if there is one.
    fn next(&mut self) -> io::Result<bool> {
        let State::Inside(decoder) = std::mem::replace(&mut self.state, State::Done) else {
            return Ok(false);
        };
        let mut input = decoder.into_inner();
        let mut zeros = 0_u64;
        loop {
            let buffer = input.fill_buf()?;
            let Some(at) = buffer.iter().position(|&byte| byte != 0) else {
                let count = buffer.len();
                if count == 0 {
                    return Ok(false);
                }
                input.consume(count);
                zeros = zeros.saturating_add(count as u64);
                continue;
            };
            input.consume(at);
            zeros = zeros.saturating_add(at as u64);
            // Members follow each other directly, or after the padding of a tape.
            if input.fill_buf()?.starts_with(&[0x1f]) {
                self.state = State::Inside(Box::new(GzDecoder::new(input)));
                return Ok(true);
            }
            let detail = format!(
                "after the last gzip member and {zeros} zeros comes something that is no gzip member"
            );
            self.trailing = Some(detail);
            return Ok(false);
        }
    }
}

impl<R: BufRead> Read for GzipReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let State::Inside(decoder) = &mut self.state else {
                return Ok(0);
            };
            match decoder.read(buffer)? {
                0 => {
                    if !self.next()? {
                        return Ok(0);
                    }
                }
                count => return Ok(count),
            }
        }
    }
}
