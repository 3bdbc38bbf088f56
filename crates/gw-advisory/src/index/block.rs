use std::borrow::Cow;

use gw_core::Digest;

use crate::codec::{Corrupt, Reader};

/// What the index has of one package.
#[derive(Debug, Clone)]
pub(crate) struct Block<'a> {
    bytes: Cow<'a, [u8]>,
    pub(crate) digest: Digest,
}

impl<'a> Block<'a> {
    pub(super) fn new(bytes: Cow<'a, [u8]>) -> Result<Self, Corrupt> {
        let mut reader = Reader::new(&bytes);
        reader.text()?;
        reader.text()?;
        let digest = Digest::from_bytes(reader.array()?);
        Ok(Self { bytes, digest })
    }

    /// The ecosystem and the name.
    pub(crate) fn key(&self) -> Result<(&str, &str), Corrupt> {
        let mut reader = Reader::new(&self.bytes);
        Ok((reader.text()?, reader.text()?))
    }

    /// For each record that affects the package: the record's offset, and what it affects.
    pub(crate) fn postings(
        &self,
    ) -> Result<impl Iterator<Item = Result<(u64, &[u8]), Corrupt>>, Corrupt> {
        let mut reader = Reader::new(&self.bytes);
        reader.text()?;
        reader.text()?;
        reader.array::<32>()?;
        let count = reader.count()?;
        Ok((0..count).map(move |_| Ok((reader.number()?, reader.blob()?))))
    }
}
