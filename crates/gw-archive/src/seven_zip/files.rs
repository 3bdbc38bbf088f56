use super::Broken;
use super::bytes::Bytes;

/// A file as the header lists it.
#[derive(Debug, Clone, Default)]
pub(super) struct File {
    /// In UTF-8.
    pub(super) name: String,
    /// Whether it has content in a folder.
    pub(super) has_stream: bool,
    /// Whether, without content, it is an empty file; else it is a folder.
    pub(super) is_empty_file: bool,
    /// Whether it stands for the removal of a file.
    pub(super) is_anti: bool,
    /// Windows attributes; with 0x8000 the high half is the mode on Unix.
    pub(super) attributes: Option<u32>,
}

impl File {
    /// The mode on Unix, if it has one.
    pub(super) fn mode(&self) -> Option<u32> {
        let attributes = self.attributes?;
        (attributes & 0x8000 != 0).then_some(attributes >> 16)
    }

    pub(super) fn is_link(&self) -> bool {
        self.mode()
            .is_some_and(|mode| mode & 0o170_000 == 0o120_000)
    }
}

/// Reads a `FilesInfo`; `twice` gets what is said twice.
pub(super) fn files(
    bytes: &mut Bytes<'_>,
    most: u64,
    twice: &mut Vec<&'static str>,
) -> Result<Vec<File>, Broken> {
    // A file takes a byte at least where anything is said of it.
    let count = bytes.count(most.min(bytes.left().saturating_mul(8)))?;
    let mut files = vec![
        File {
            has_stream: true,
            ..File::default()
        };
        count
    ];
    let mut seen = Vec::new();
    loop {
        let kind = bytes.number()?;
        if kind == 0 {
            return Ok(files);
        }
        let size = bytes.number()?;
        let mut property = Bytes(bytes.take(size)?);
        let name = match kind {
            14 => "empty streams",
            15 => "empty files",
            16 => "anti items",
            17 => "names",
            21 => "attributes",
            // Times, comments, padding.
            _ => continue,
        };
        if seen.contains(&kind) {
            twice.push(name);
        }
        seen.push(kind);
        match kind {
            14 => {
                let empty = property.bits(count)?;
                for (file, is_empty) in files.iter_mut().zip(empty) {
                    file.has_stream = !is_empty;
                }
            }
            15 | 16 => {
                let empty = files.iter_mut().filter(|file| !file.has_stream);
                let empty: Vec<_> = empty.collect();
                let bits = property.bits(empty.len())?;
                for (file, bit) in empty.into_iter().zip(bits) {
                    if kind == 15 {
                        file.is_empty_file = bit;
                    } else {
                        file.is_anti = bit;
                    }
                }
            }
            17 => names(&mut property, &mut files)?,
            _ => {
                let defined = property.optional_bits(count)?;
                if property.byte()? != 0 {
                    return Err(Broken::External);
                }
                for (file, _) in files
                    .iter_mut()
                    .zip(defined)
                    .filter(|(_, defined)| *defined)
                {
                    file.attributes = Some(property.u32()?);
                }
            }
        }
    }
}

/// Reads names in UTF-16, each with a zero at its end.
fn names(property: &mut Bytes<'_>, files: &mut [File]) -> Result<(), Broken> {
    if property.byte()? != 0 {
        return Err(Broken::External);
    }
    let mut units = property
        .0
        .chunks_exact(2)
        .filter_map(|pair| Some(u16::from_le_bytes(pair.try_into().ok()?)));
    for file in files {
        let mut name = Vec::new();
        loop {
            match units.next() {
                None => return Err(Broken::Ends),
                Some(0) => break,
                Some(unit) => name.push(unit),
            }
        }
        file.name = text(&name);
    }
    Ok(())
}

/// UTF-16 as text; what is half a character becomes U+FFFD and its digits, so that different
/// names stay different.
fn text(units: &[u16]) -> String {
    let mut out = String::with_capacity(units.len());
    for unit in char::decode_utf16(units.iter().copied()) {
        match unit {
            Ok(char) => out.push(char),
            Err(half) => out.push_str(&format!("\u{FFFD}{:04x}", half.unpaired_surrogate())),
        }
    }
    out
}
