/// The size of a block, in bytes.
pub(crate) const BLOCK: usize = 512;

/// The fields of a header block.
pub(super) struct Header {
    /// The name, with the prefix of ustar.
    pub(super) name: Vec<u8>,
    pub(super) mode: u64,
    /// The size of the content as stored, in bytes.
    pub(super) size: u64,
    pub(super) kind: u8,
    pub(super) link: Vec<u8>,
    /// Whether this is GNU's own kind of sparse file.
    pub(super) is_sparse_gnu: bool,
    /// Whether a block with more of its map follows.
    pub(super) is_extended: bool,
}

/// Whether a file that starts with `head` starts with a header.
pub(crate) fn is_header(head: &[u8]) -> bool {
    let Some(block) = head.first_chunk::<BLOCK>() else {
        return false;
    };
    // Chance alone could make a checksum right, as it is for a block of which only the checksum's
    // field is filled: a name or the magic of ustar makes sure.
    let is_named =
        block.first() != Some(&0) || block.get(257..262).is_some_and(|magic| magic == b"ustar");
    is_named && Header::parse(block).is_some()
}

impl Header {
    pub(super) fn parse(block: &[u8; BLOCK]) -> Option<Self> {
        if !has_checksum(block) {
            return None;
        }
        let kind = *block.get(156)?;
        let magic = block.get(257..265)?;
        let is_gnu = magic == b"ustar  \0";
        let mut name = text(block.get(..100)?);
        if magic.starts_with(b"ustar\0") || (magic.starts_with(b"ustar") && !is_gnu) {
            let prefix = text(block.get(345..500)?);
            if !prefix.is_empty() {
                name = [prefix, b"/".to_vec(), name].concat();
            }
        }
        let is_sparse_gnu = kind == b'S';
        Some(Self {
            name,
            mode: number(block.get(100..108)?).unwrap_or(0),
            // Links have no content, whatever the size says, except in old pax archives.
            size: match kind {
                b'1' | b'2' | b'3' | b'4' | b'6' => 0,
                _ => number(block.get(124..136)?)?,
            },
            kind: if kind == 0 { b'0' } else { kind },
            link: text(block.get(157..257)?),
            is_sparse_gnu,
            is_extended: is_sparse_gnu && *block.get(482)? != 0,
        })
    }
}

/// Whether the checksum is right: the sum of all bytes with the field itself as spaces; some old
/// programs summed signed bytes.
fn has_checksum(block: &[u8; BLOCK]) -> bool {
    let Some(stated) = block.get(148..156).and_then(number) else {
        return false;
    };
    let (mut unsigned, mut signed) = (0_u64, 0_i64);
    for (index, &byte) in block.iter().enumerate() {
        let byte = if (148..156).contains(&index) {
            b' '
        } else {
            byte
        };
        unsigned += u64::from(byte);
        signed += i64::from(byte.cast_signed());
    }
    stated == unsigned || i64::try_from(stated) == Ok(signed)
}

fn text(field: &[u8]) -> Vec<u8> {
    field
        .split(|&byte| byte == 0)
        .next()
        .unwrap_or_default()
        .to_vec()
}

/// An octal number, or a binary one with the high bit set (GNU, star). Negative ones are none.
fn number(field: &[u8]) -> Option<u64> {
    match field {
        [0x80, rest @ ..] => rest.iter().try_fold(0_u64, |sum, &byte| {
            sum.checked_mul(256)?.checked_add(u64::from(byte))
        }),
        [0x81..=0xff, ..] => None,
        _ => {
            let digits = field.trim_ascii_start();
            let end = digits.iter().position(|byte| matches!(byte, 0 | b' '));
            let digits = digits.get(..end.unwrap_or(digits.len()))?;
            if digits.is_empty() {
                return Some(0);
            }
            digits.iter().try_fold(0_u64, |sum, &byte| {
                let digit = (byte as char).to_digit(8)?;
                sum.checked_mul(8)?.checked_add(u64::from(digit))
            })
        }
    }
}
