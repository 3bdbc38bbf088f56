use super::Broken;
use super::bytes::Bytes;
use super::files::{File, files};
use super::folder::Folder;

/// How many folders, packed streams or files there may be.
const MOST: u64 = 1 << 20;

/// What a 7z's header says.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub(super) streams: Streams,
    pub(super) files: Vec<File>,
    /// What it says twice, so that loaders differ in what they take.
    pub(super) twice: Vec<&'static str>,
}

/// Packed streams, how they are unpacked, and into what.
#[derive(Debug, Default)]
pub(super) struct Streams {
    /// Place (from the end of the first 32 bytes) and size of each packed stream.
    pub(super) packed: Vec<(u64, u64)>,
    pub(super) folders: Vec<Folder>,
    /// Of each folder, the size and checksum of the files in it.
    pub(super) parts: Vec<Vec<(u64, Option<u32>)>>,
}

impl Header {
    /// Reads a header that is not packed itself, after its first byte.
    pub(super) fn parse(bytes: &mut Bytes<'_>) -> Result<Self, Broken> {
        let mut header = Self::default();
        loop {
            match bytes.byte()? {
                0 => return Ok(header),
                2 => {
                    while bytes.byte()? != 0 {
                        let size = bytes.number()?;
                        bytes.take(size)?;
                    }
                }
                3 => drop(Streams::parse(bytes)?),
                4 => {
                    if !header.streams.folders.is_empty() {
                        header.twice.push("streams");
                    }
                    header.streams = Streams::parse(bytes)?;
                }
                5 => {
                    if !header.files.is_empty() {
                        header.twice.push("files");
                    }
                    header.files = files(bytes, MOST, &mut header.twice)?;
                }
                other => return Err(Broken::Unknown(other)),
            }
        }
    }
}

impl Streams {
    /// Reads a `StreamsInfo`.
    pub(super) fn parse(bytes: &mut Bytes<'_>) -> Result<Self, Broken> {
        let mut streams = Self::default();
        let mut has_parts = false;
        loop {
            match bytes.byte()? {
                0 => break,
                6 => streams.packed = packed(bytes)?,
                7 => streams.folders = folders(bytes)?,
                8 => {
                    streams.parts = parts(bytes, &streams.folders)?;
                    has_parts = true;
                }
                other => return Err(Broken::Unknown(other)),
            }
        }
        if !has_parts {
            let whole = |folder: &Folder| vec![(folder.size(), folder.crc)];
            streams.parts = streams.folders.iter().map(whole).collect();
        }
        Ok(streams)
    }
}

/// `PackInfo`.
fn packed(bytes: &mut Bytes<'_>) -> Result<Vec<(u64, u64)>, Broken> {
    let mut at = bytes.number()?;
    let count = bytes.count(bytes.left().min(MOST))?;
    let mut packed = Vec::new();
    loop {
        match bytes.byte()? {
            0 => return Ok(packed),
            9 => {
                for _ in 0..count {
                    let size = bytes.number()?;
                    packed.push((at, size));
                    at = at.checked_add(size).ok_or(Broken::Ends)?;
                }
            }
            10 => drop(bytes.digests(count)?),
            other => return Err(Broken::Unknown(other)),
        }
    }
}

/// `CodersInfo`.
fn folders(bytes: &mut Bytes<'_>) -> Result<Vec<Folder>, Broken> {
    let first = bytes.byte()?;
    if first != 11 {
        return Err(Broken::Unknown(first));
    }
    let count = bytes.count(bytes.left().min(MOST))?;
    if bytes.byte()? != 0 {
        return Err(Broken::External);
    }
    let mut folders = Vec::new();
    for _ in 0..count {
        folders.push(Folder::parse(bytes)?);
    }
    loop {
        match bytes.byte()? {
            0 => return Ok(folders),
            12 => {
                for folder in &mut folders {
                    folder.sizes.clear();
                    for _ in 0..folder.outputs() {
                        folder.sizes.push(bytes.number()?);
                    }
                }
            }
            10 => {
                let digests = bytes.digests(count)?;
                for (folder, digest) in folders.iter_mut().zip(digests) {
                    folder.crc = digest;
                }
            }
            other => return Err(Broken::Unknown(other)),
        }
    }
}

/// `SubStreamsInfo`.
fn parts(
    bytes: &mut Bytes<'_>,
    folders: &[Folder],
) -> Result<Vec<Vec<(u64, Option<u32>)>>, Broken> {
    let mut counts = vec![1_usize; folders.len()];
    let mut kind = bytes.byte()?;
    if kind == 13 {
        let mut left = MOST;
        for count in &mut counts {
            *count = bytes.count(left)?;
            left -= *count as u64;
        }
        kind = bytes.byte()?;
    }
    let has_sizes = kind == 9;
    let mut parts = Vec::with_capacity(folders.len());
    for (folder, &count) in folders.iter().zip(&counts) {
        // The last one is what is left.
        let mut left = folder.size();
        let mut sizes = Vec::new();
        for index in 0..count {
            let size = if index + 1 == count {
                left
            } else if has_sizes {
                bytes.number()?
            } else {
                return Err(Broken::Ends);
            };
            left = left.checked_sub(size).ok_or(Broken::Sizes)?;
            sizes.push((size, None));
        }
        if let ([(_, crc)], 1) = (sizes.as_mut_slice(), count) {
            *crc = folder.crc;
        }
        parts.push(sizes);
    }
    if has_sizes {
        kind = bytes.byte()?;
    }
    loop {
        match kind {
            0 => return Ok(parts),
            10 => {
                // Only those whose checksum is not known from their folder.
                let unknown =
                    |folder: &Folder, parts: &Vec<_>| !(parts.len() == 1 && folder.crc.is_some());
                let wanted = folders.iter().zip(&parts).filter(|(f, p)| unknown(f, p));
                let count = wanted.map(|(_, parts)| parts.len()).sum();
                let mut digests = bytes.digests(count)?.into_iter();
                for (folder, parts) in folders.iter().zip(&mut parts) {
                    if unknown(folder, parts) {
                        for (_, crc) in parts {
                            *crc = digests.next().flatten();
                        }
                    }
                }
            }
            other => return Err(Broken::Unknown(other)),
        }
        kind = bytes.byte()?;
    }
}
