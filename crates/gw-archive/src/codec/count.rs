use std::cell::Cell;
use std::io::{self, BufRead, Read};

/// A buffered input that counts what is taken from it.
pub(crate) struct Counted<'c, R> {
    inner: R,
    used: &'c Cell<u64>,
}

impl<'c, R: BufRead> Counted<'c, R> {
    pub(crate) const fn new(inner: R, used: &'c Cell<u64>) -> Self {
        Self { inner, used }
    }
}

impl<R: BufRead> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.used.set(self.used.get().saturating_add(count as u64));
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Counted<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.used.set(self.used.get().saturating_add(amount as u64));
        self.inner.consume(amount);
    }
}
