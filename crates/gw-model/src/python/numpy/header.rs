use std::io;

use gw_finding::ReasonCode;

use super::{DType, exactly};
use crate::Content;
use crate::python::literal::Literal;
use crate::tensor::extent;

/// What every `.npy` file begins with.
pub(crate) const MAGIC: &[u8] = b"\x93NUMPY";

/// How long a header may be, in bytes. NumPy reads 10,000 unless told otherwise; a structured type
/// of thousands of fields is longer.
const MAX_HEADER: u64 = 4 << 20;

/// How many bytes after an array are looked at to tell what they are.
const ENOUGH: u64 = crate::tensor::payload::ENOUGH as u64;

/// The header of an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) dtype: DType,
    /// The array's dimensions.
    pub(crate) shape: Vec<u64>,
}

/// Why there is no header.
#[derive(Debug)]
pub(crate) enum HeaderProblem {
    /// The magic number is not there but these bytes, the first of what is left.
    NoMagic(Vec<u8>),
    /// A size that cannot be.
    Impossible(String),
    /// Something else.
    Unread(ReasonCode, String),
}

impl Header {
    /// Reads a header where the content stands; afterwards it stands behind it.
    pub(crate) fn read(content: &mut Content<'_>) -> io::Result<Result<Self, HeaderProblem>> {
        match exactly::<6>(content)? {
            Ok(magic) if magic == MAGIC => {}
            Ok(other) => {
                let mut bytes = other.to_vec();
                bytes.extend(content.take_up_to(ENOUGH)?);
                return Ok(Err(HeaderProblem::NoMagic(bytes)));
            }
            Err(bytes) => return Ok(Err(HeaderProblem::NoMagic(bytes))),
        }
        let cut = || {
            Err(HeaderProblem::Impossible(
                "it ends in its header".to_owned(),
            ))
        };
        let Ok([major, minor]) = exactly::<2>(content)? else {
            return Ok(cut());
        };
        let length = match (major, minor) {
            (1, 0) => exactly::<2>(content)?.map(|bytes| u64::from(u16::from_le_bytes(bytes))),
            (2 | 3, 0) => exactly::<4>(content)?.map(|bytes| u64::from(u32::from_le_bytes(bytes))),
            _ => {
                let detail = format!("version {major}.{minor} of the format is not known");
                return Ok(Err(HeaderProblem::Unread(ReasonCode::Unsupported, detail)));
            }
        };
        let Ok(length) = length else {
            return Ok(cut());
        };
        let at = content.position()?;
        let left = content.size()?.map(|size| size.saturating_sub(at));
        if left.is_some_and(|left| length > left) {
            return Ok(Err(HeaderProblem::Impossible(format!(
                "its header is said to have {length} bytes; only {} follow",
                left.unwrap_or(0)
            ))));
        }
        if length > MAX_HEADER {
            let detail = format!("a header of {length} bytes; at most {MAX_HEADER} are read");
            return Ok(Err(HeaderProblem::Unread(ReasonCode::TooLarge, detail)));
        }
        let bytes = content.take_up_to(length)?;
        if (bytes.len() as u64) < length {
            return Ok(cut());
        }
        // Versions 1 and 2 are Latin-1, of which identifiers are the part that is UTF-8 too.
        let text = if major == 3 {
            String::from_utf8_lossy(&bytes).into_owned()
        } else {
            bytes.iter().map(|byte| char::from(*byte)).collect()
        };
        Ok(Self::parse(&text).ok_or_else(|| {
            HeaderProblem::Unread(
                ReasonCode::Malformed,
                "its header is not a dictionary with descr, fortran_order and shape".to_owned(),
            )
        }))
    }

    fn parse(text: &str) -> Option<Self> {
        let literal = Literal::parse(text)?;
        let shape = literal.get("shape")?.items()?;
        let shape = shape.iter().map(|size| match size {
            Literal::Int(size) => u64::try_from(*size).ok(),
            _ => None,
        });
        Some(Self {
            dtype: DType::of(literal.get("descr")?)?,
            shape: shape.collect::<Option<_>>()?,
        })
    }

    /// How many elements the array has; none if that overflows.
    pub(crate) fn numbers(&self) -> Option<u64> {
        extent::numbers(self.shape.iter().copied())
    }

    /// How many bytes the array has. None if that overflows; nothing inside if the size of an
    /// element is not known.
    #[allow(clippy::option_option, reason = "the two have different consequences")]
    pub(crate) fn length(&self) -> Option<Option<u64>> {
        let numbers = self.numbers()?;
        match self.dtype.size {
            Some(size) => numbers.checked_mul(size).map(Some),
            None => Some(None),
        }
    }
}
