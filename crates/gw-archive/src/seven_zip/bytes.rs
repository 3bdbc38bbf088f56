//! The primitives of 7z's headers (7zFormat.txt of the LZMA SDK).

use super::Broken;

/// Bytes that are taken from the front.
pub(super) struct Bytes<'b>(pub(super) &'b [u8]);

impl<'b> Bytes<'b> {
    pub(super) fn take(&mut self, count: u64) -> Result<&'b [u8], Broken> {
        let count = usize::try_from(count).map_err(|_| Broken::Ends)?;
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Broken::Ends)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Broken> {
        let (&byte, rest) = self.0.split_first().ok_or(Broken::Ends)?;
        self.0 = rest;
        Ok(byte)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Broken> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(Broken::Ends)?;
        self.0 = rest;
        Ok(u32::from_le_bytes(*bytes))
    }

    /// A number of one to nine bytes: as many ones as the first byte begins with, so many bytes
    /// follow, the lowest first; the bits that are left of the first are the highest.
    pub(super) fn number(&mut self) -> Result<u64, Broken> {
        let first = self.byte()?;
        let more = first.leading_ones();
        let mut value = 0_u64;
        for index in 0..more {
            value |= u64::from(self.byte()?) << (8 * index);
        }
        if more < 7 {
            let mask = 0x7f_u8 >> more;
            value |= u64::from(first & mask) << (8 * more);
        }
        Ok(value)
    }

    /// A number of things of which each takes at least one byte or bit of what is left, or of
    /// `most` if that is more.
    pub(super) fn count(&mut self, most: u64) -> Result<usize, Broken> {
        let count = self.number()?;
        if count > most {
            return Err(Broken::TooMany(count));
        }
        usize::try_from(count).map_err(|_| Broken::TooMany(count))
    }

    /// How many bytes are left.
    pub(super) const fn left(&self) -> u64 {
        self.0.len() as u64
    }

    /// So many bits, the highest of each byte first.
    pub(super) fn bits(&mut self, count: usize) -> Result<Vec<bool>, Broken> {
        let bytes = self.take(count.div_ceil(8) as u64)?;
        let bits = bytes
            .iter()
            .flat_map(|byte| (0..8).map(move |bit| byte & (0x80 >> bit) != 0));
        Ok(bits.take(count).collect())
    }

    /// So many bits, unless a first byte says that all are set.
    pub(super) fn optional_bits(&mut self, count: usize) -> Result<Vec<bool>, Broken> {
        if self.byte()? != 0 {
            return Ok(vec![true; count]);
        }
        self.bits(count)
    }

    /// A checksum for each of so many things, where one is defined.
    pub(super) fn digests(&mut self, count: usize) -> Result<Vec<Option<u32>>, Broken> {
        self.optional_bits(count)?
            .into_iter()
            .map(|is_defined| is_defined.then(|| self.u32()).transpose())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_length() {
        let check = |bytes: &[u8], expected: u64| {
            let mut input = Bytes(bytes);
            assert_eq!(input.number().ok(), Some(expected), "{bytes:x?}");
            assert_eq!(input.left(), 0, "{bytes:x?}");
        };
        check(&[0x7f], 0x7f);
        check(&[0x80, 0x80], 0x80);
        check(&[0xbf, 0xff], 0x3fff);
        check(&[0xc1, 0x34, 0x12], 0x1_1234);
        check(&[0xfe, 1, 2, 3, 4, 5, 6, 7], 0x0007_0605_0403_0201);
        check(&[0xff, 1, 2, 3, 4, 5, 6, 7, 8], 0x0807_0605_0403_0201);
        assert!(Bytes(&[0xff, 1]).number().is_err());
        assert!(Bytes(&[]).number().is_err());
    }

    #[test]
    fn bits_and_digests() {
        assert_eq!(
            Bytes(&[0b1010_0000]).bits(3).ok(),
            Some(vec![true, false, true])
        );
        assert!(Bytes(&[0xff]).bits(9).is_err());
        let digests = Bytes(&[0, 0b0100_0000, 1, 0, 0, 0]).digests(2);
        assert_eq!(digests.ok(), Some(vec![None, Some(1)]));
        let digests = Bytes(&[1, 1, 0, 0, 0]).digests(1);
        assert_eq!(digests.ok(), Some(vec![Some(1)]));
    }
}
