//! The opcodes of protocols 0 to 5 (CPython's `pickletools`).

macro_rules! opcodes {
    ($($name:ident = $byte:literal),* $(,)?) => {
        $(pub(super) const $name: u8 = $byte;)*
        /// Every opcode's byte.
        #[cfg(test)]
        pub(super) const ALL: &[u8] = &[$($byte),*];
    };
}

opcodes! {
    MARK = b'(',
    STOP = b'.',
    POP = b'0',
    POP_MARK = b'1',
    DUP = b'2',
    FLOAT = b'F',
    INT = b'I',
    BININT = b'J',
    BININT1 = b'K',
    LONG = b'L',
    BININT2 = b'M',
    NONE = b'N',
    PERSID = b'P',
    BINPERSID = b'Q',
    REDUCE = b'R',
    STRING = b'S',
    BINSTRING = b'T',
    SHORT_BINSTRING = b'U',
    UNICODE = b'V',
    BINUNICODE = b'X',
    APPEND = b'a',
    BUILD = b'b',
    GLOBAL = b'c',
    DICT = b'd',
    EMPTY_DICT = b'}',
    APPENDS = b'e',
    GET = b'g',
    BINGET = b'h',
    INST = b'i',
    LONG_BINGET = b'j',
    LIST = b'l',
    EMPTY_LIST = b']',
    OBJ = b'o',
    PUT = b'p',
    BINPUT = b'q',
    LONG_BINPUT = b'r',
    SETITEM = b's',
    TUPLE = b't',
    EMPTY_TUPLE = b')',
    SETITEMS = b'u',
    BINFLOAT = b'G',
    PROTO = 0x80,
    NEWOBJ = 0x81,
    EXT1 = 0x82,
    EXT2 = 0x83,
    EXT4 = 0x84,
    TUPLE1 = 0x85,
    TUPLE2 = 0x86,
    TUPLE3 = 0x87,
    NEWTRUE = 0x88,
    NEWFALSE = 0x89,
    LONG1 = 0x8a,
    LONG4 = 0x8b,
    BINBYTES = b'B',
    SHORT_BINBYTES = b'C',
    SHORT_BINUNICODE = 0x8c,
    BINUNICODE8 = 0x8d,
    BINBYTES8 = 0x8e,
    EMPTY_SET = 0x8f,
    ADDITEMS = 0x90,
    FROZENSET = 0x91,
    NEWOBJ_EX = 0x92,
    STACK_GLOBAL = 0x93,
    MEMOIZE = 0x94,
    FRAME = 0x95,
    BYTEARRAY8 = 0x96,
    NEXT_BUFFER = 0x97,
    READONLY_BUFFER = 0x98,
}

/// The highest protocol there is.
pub(super) const MAX_PROTOCOL: u8 = 5;

/// What follows an opcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Argument {
    /// So many bytes.
    Fixed(usize),
    /// So many lines.
    Lines(usize),
    /// A length of so many bytes, little-endian, and then as many bytes; the length is signed or
    /// not.
    Counted { width: usize, signed: bool },
}

/// What follows an opcode; nothing if it is none.
pub(super) const fn argument(opcode: u8) -> Option<Argument> {
    Some(match opcode {
        FLOAT | INT | LONG | PERSID | STRING | UNICODE | GET | PUT => Argument::Lines(1),
        GLOBAL | INST => Argument::Lines(2),
        BININT1 | BINGET | BINPUT | PROTO | EXT1 => Argument::Fixed(1),
        BININT2 | EXT2 => Argument::Fixed(2),
        BININT | LONG_BINGET | LONG_BINPUT | EXT4 => Argument::Fixed(4),
        BINFLOAT | FRAME => Argument::Fixed(8),
        SHORT_BINSTRING | SHORT_BINBYTES | SHORT_BINUNICODE | LONG1 => Argument::Counted {
            width: 1,
            signed: false,
        },
        BINUNICODE | BINBYTES => Argument::Counted {
            width: 4,
            signed: false,
        },
        BINSTRING | LONG4 => Argument::Counted {
            width: 4,
            signed: true,
        },
        BINUNICODE8 | BINBYTES8 | BYTEARRAY8 => Argument::Counted {
            width: 8,
            signed: false,
        },
        MARK | STOP | POP | POP_MARK | DUP | NONE | BINPERSID | REDUCE | APPEND | BUILD | DICT
        | EMPTY_DICT | APPENDS | LIST | EMPTY_LIST | OBJ | SETITEM | TUPLE | EMPTY_TUPLE
        | SETITEMS | NEWOBJ | TUPLE1 | TUPLE2 | TUPLE3 | NEWTRUE | NEWFALSE | EMPTY_SET
        | ADDITEMS | FROZENSET | NEWOBJ_EX | STACK_GLOBAL | MEMOIZE | NEXT_BUFFER
        | READONLY_BUFFER => Argument::Fixed(0),
        _ => return None,
    })
}

/// What is behind the instruction that some bytes begin with; nothing if it is none, or not all
/// there.
pub(super) fn behind(bytes: &[u8]) -> Option<&[u8]> {
    let (opcode, rest) = bytes.split_first()?;
    match argument(*opcode)? {
        Argument::Fixed(count) => rest.get(count..),
        Argument::Lines(count) => (0..count).try_fold(rest, |rest, _| {
            let end = memchr::memchr(b'\n', rest)?;
            rest.get(end..)?.get(1..)
        }),
        Argument::Counted { width, .. } => {
            let length = rest.get(..width)?.iter().rev();
            let length = length.fold(0_u64, |length, byte| length << 8 | u64::from(*byte));
            rest.get(width..)?.get(usize::try_from(length).ok()?..)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_opcode_has_an_argument() {
        assert_eq!(ALL.len(), 68);
        for byte in 0..=255 {
            assert_eq!(argument(byte).is_some(), ALL.contains(&byte), "{byte}");
        }
    }
}
