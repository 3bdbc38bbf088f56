use std::io::{self, BufRead, Read};

use deflate64::InflaterManaged;

/// Expands one stream of Deflate64 (method 9 of zip), with a window of 64 KiB.
pub(crate) struct Deflate64Reader<R> {
    input: R,
    inflater: Box<InflaterManaged>,
}

impl<R: BufRead> Deflate64Reader<R> {
    pub(crate) fn new(input: R) -> Self {
        Self {
            input,
            inflater: Box::new(InflaterManaged::new()),
        }
    }
}

impl<R: BufRead> Read for Deflate64Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let input = self.input.fill_buf()?;
            let at_end = input.is_empty();
            let result = self.inflater.inflate(input, buffer);
            self.input.consume(result.bytes_consumed);
            if result.data_error {
                return Err(invalid("invalid deflate64 data"));
            }
            if result.bytes_written > 0 || self.inflater.finished() {
                return Ok(result.bytes_written);
            }
            if at_end {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if result.bytes_consumed == 0 {
                return Err(invalid("deflate64 data that leads nowhere"));
            }
        }
    }
}

fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}
