use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;
use gw_finding::ReasonCode;

use crate::meter::{Meter, Metered};
use crate::{Member, MemberKind, Problem, Reading, Sink};

/// Frames of zstd that want a larger window than 128 MiB, which is what `zstd -d` allows by
/// itself, are refused.
const WINDOW_LOG: u32 = 27;

pub(crate) fn walk_gzip(input: impl BufRead, name: &str, meter: &Meter<'_>, sink: &mut dyn Sink) {
    let mut reader = Metered::expanding(GzipReader::new(input), meter);
    if !meter.member() {
        return;
    }
    let member = member(
        name,
        &["gz", "gzip", "Z"],
        &[("tgz", "tar"), ("svgz", "svg")],
    );
    sink.member(&member, &mut reader);
    if let Some(error) = &reader.error {
        let detail = format!(
            "the gzip stream is broken after {} bytes: {error}",
            reader.read
        );
        sink.problem(Problem::whole(ReasonCode::Malformed, detail));
    } else if let Some(detail) = reader.inner().trailing() {
        sink.problem(Problem::whole(ReasonCode::Malformed, detail));
    }
}

pub(crate) fn walk_zstd(input: impl BufRead, name: &str, meter: &Meter<'_>, sink: &mut dyn Sink) {
    let reader = match zstd_reader(input) {
        Ok(reader) => reader,
        Err(error) => {
            let detail = format!("the zstd stream cannot be opened: {error}");
            return sink.problem(Problem::whole(ReasonCode::Malformed, detail));
        }
    };
    let mut reader = Metered::expanding(reader, meter);
    if !meter.member() {
        return;
    }
    let member = member(name, &["zst", "zstd"], &[("tzst", "tar")]);
    sink.member(&member, &mut reader);
    if let Some(error) = &reader.error {
        let (reason, what) = if error.contains("too much memory") {
            (
                ReasonCode::TooLarge,
                "asks for a window of more than 128 MiB",
            )
        } else {
            (ReasonCode::Malformed, "is broken")
        };
        let detail = format!(
            "the zstd stream {what} after {} bytes: {error}",
            reader.read
        );
        sink.problem(Problem::whole(reason, detail));
    }
}

/// Expands all frames of a zstd stream, with a window of at most 128 MiB.
///
/// # Errors
/// If no decoder can be made.
pub fn zstd_reader<R: BufRead>(input: R) -> io::Result<impl Read> {
    let mut reader = zstd::stream::read::Decoder::with_buffer(input)?;
    reader.window_log_max(WINDOW_LOG)?;
    Ok(reader)
}

/// The one member of a compressed stream: its name is the stream's without the ending.
fn member(name: &str, drop: &[&str], replace: &[(&str, &str)]) -> Member {
    let name = name.rsplit('/').next().unwrap_or(name);
    let mut path = name.to_owned();
    if let Some((stem, ending)) = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) {
        if drop.iter().any(|known| ending.eq_ignore_ascii_case(known)) {
            stem.clone_into(&mut path);
        } else if let Some((_, inner)) = replace
            .iter()
            .find(|(known, _)| ending.eq_ignore_ascii_case(known))
        {
            path = format!("{stem}.{inner}");
        }
    }
    Member {
        path,
        kind: MemberKind::File,
        size: None,
        reading: Reading::Stream,
    }
}

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
