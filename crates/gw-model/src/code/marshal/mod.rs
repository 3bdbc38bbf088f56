//! Code objects in Python's `marshal` format, which `.pyc` files, Keras' `Lambda` layers and
//! pickled functions carry.
//!
//! The format is described by CPython's `Python/marshal.c`. It has no header, and what a code
//! object consists of depends on the interpreter that wrote it, so each layout that ever was is
//! tried until one fits the whole input.

mod object;
mod read;
mod summary;
#[cfg(test)]
pub(crate) mod tests;

use gw_finding::ReasonCode;

pub use summary::CodeSummary;

/// How many bytes of marshalled data are looked at. Code of one function has some thousand.
pub const MAX_BYTES: usize = 16 << 20;

/// Why marshalled data could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct MarshalError {
    /// The code under which it is reported.
    pub reason: ReasonCode,
    /// What was found and what was expected.
    pub message: String,
}

impl MarshalError {
    fn malformed(message: impl Into<String>) -> Self {
        Self {
            reason: ReasonCode::Malformed,
            message: message.into(),
        }
    }
}

/// Reads marshalled data and sums up all code in it, nested functions and constants included.
///
/// # Errors
/// [`MarshalError`] if no version of Python could read the data, or it has more than
/// [`MAX_BYTES`] bytes.
pub fn read(bytes: &[u8]) -> Result<CodeSummary, MarshalError> {
    if bytes.len() > MAX_BYTES {
        return Err(MarshalError {
            reason: ReasonCode::TooLarge,
            message: format!(
                "{} bytes of marshalled data; at most {MAX_BYTES} are looked at",
                bytes.len()
            ),
        });
    }
    let mut best: Option<(usize, MarshalError)> = None;
    for layout in read::LAYOUTS {
        match read::parse(bytes, layout) {
            Ok(objects) => return Ok(CodeSummary::of(bytes, layout, &objects)),
            Err((at, error)) => {
                if best.as_ref().is_none_or(|(far, _)| at > *far) {
                    best = Some((at, error));
                }
            }
        }
    }
    Err(best.map_or_else(|| MarshalError::malformed("no data"), |(_, error)| error))
}

/// Reads a `.pyc` file: the header that its magic number asks for, and the code behind it.
///
/// # Errors
/// As [`read`], and if the bytes do not begin with a magic number of Python's.
pub fn read_pyc(bytes: &[u8]) -> Result<CodeSummary, MarshalError> {
    let header = pyc_header(bytes).ok_or_else(|| {
        MarshalError::malformed("the first bytes are no magic number of Python's")
    })?;
    let code = bytes
        .get(header..)
        .ok_or_else(|| MarshalError::malformed("the file ends in its header"))?;
    read(code)
}

/// How long the header of a `.pyc` is, in bytes, if the bytes begin as one: a number of two bytes
/// that each version of Python has of its own, and `\r\n`. Versions before 3.3 follow it with a
/// time, those before 3.7 with a size too (PEP 3147), later ones with flags before both (PEP 552).
#[must_use]
pub fn pyc_header(bytes: &[u8]) -> Option<usize> {
    let (magic, _) = bytes.split_first_chunk::<4>()?;
    let [low, high, b'\r', b'\n'] = *magic else {
        return None;
    };
    match u16::from_le_bytes([low, high]) {
        // Python 1.5 to 2.7, then 3.0 to 3.2.
        50_428..=62_300 | 3000..3230 => Some(8),
        3230..3390 => Some(12),
        3390..=3999 => Some(16),
        _ => None,
    }
}
