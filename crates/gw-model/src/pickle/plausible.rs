use super::opcode as op;

/// Whether some bytes are the start of a pickle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Guess {
    /// No unpickler would get far.
    No,
    /// They can be executed as protocol 0 or 1, which have no magic, and name something.
    Weak,
    /// They have the magic of protocol 2 or higher, and can be executed.
    Strong,
}

/// How many opcodes without anything named are no accident.
const MANY: usize = 24;
/// And how many with something named.
const FEW: usize = 4;
/// How long an argument may be said to be, if it goes on behind the head.
const LONGEST: u64 = 1 << 32;

/// Whether something begins as pickles of protocol 2 and higher do: with the protocol, and then an
/// instruction.
pub(super) const fn has_magic(head: &[u8]) -> bool {
    match head {
        [op::PROTO, version, opcode, ..] => {
            *version <= op::MAX_PROTOCOL && op::argument(*opcode).is_some()
        }
        _ => false,
    }
}

/// Guesses by the first bytes: executes them as far as the height of the stack goes.
pub(super) fn guess(head: &[u8]) -> Guess {
    let mut walk = Walk {
        height: 0,
        marks: Vec::new(),
        named: false,
        executed: false,
        stopped: false,
        opcodes: 0,
    };
    let (magic, rest) = match head {
        [0x80, 0..=5, rest @ ..] => (true, rest),
        _ => (false, head),
    };
    let good = walk.walk(rest);
    let executes = walk.named && walk.executed;
    match (magic, good) {
        (true, true) if walk.opcodes > 0 => Guess::Strong,
        (true, false) if executes || walk.opcodes >= MANY => Guess::Strong,
        (false, true) if executes || walk.named && (walk.stopped || walk.opcodes >= FEW) => {
            Guess::Weak
        }
        (false, true) if walk.opcodes >= MANY => Guess::Weak,
        (false, false) if executes => Guess::Weak,
        _ => Guess::No,
    }
}

struct Walk {
    height: usize,
    marks: Vec<usize>,
    /// Whether something is imported.
    named: bool,
    /// Whether something is called.
    executed: bool,
    /// Whether there is a `STOP`.
    stopped: bool,
    opcodes: usize,
}

impl Walk {
    /// Whether all that is there can be executed, up to `STOP` or the end.
    fn walk(&mut self, mut bytes: &[u8]) -> bool {
        while let Some((opcode, rest)) = bytes.split_first() {
            let Some(argument) = op::argument(*opcode) else {
                return false;
            };
            let used = match argument {
                op::Argument::Fixed(count) => Some(count),
                op::Argument::Lines(count) => match check_lines(*opcode, rest, count) {
                    Ok(used) => used,
                    Err(()) => return false,
                },
                op::Argument::Counted { width, .. } => {
                    let mut length = 0_u64;
                    for byte in rest.get(..width).unwrap_or_default().iter().rev() {
                        length = length << 8 | u64::from(*byte);
                    }
                    if length > LONGEST {
                        return false;
                    }
                    usize::try_from(length)
                        .ok()
                        .and_then(|length| length.checked_add(width))
                }
            };
            if !self.step(*opcode) {
                return false;
            }
            self.opcodes = self.opcodes.saturating_add(1);
            if *opcode == op::STOP {
                self.stopped = true;
                return true;
            }
            match used.and_then(|used| rest.get(used..)) {
                Some(rest) => bytes = rest,
                None => return true,
            }
        }
        true
    }

    /// Changes the height of the stack; false if there is too little on it.
    fn step(&mut self, opcode: u8) -> bool {
        let (takes, gives) = match opcode {
            op::MARK => {
                self.marks.push(self.height);
                return true;
            }
            op::PROTO | op::FRAME => (0, 0),
            op::POP if self.marks.last() == Some(&self.height) => {
                self.marks.pop();
                return true;
            }
            op::STOP => (1, 0),
            op::POP => (1, 0),
            op::DUP => (1, 2),
            op::MEMOIZE | op::PUT | op::BINPUT | op::LONG_BINPUT | op::READONLY_BUFFER => (1, 1),
            op::TUPLE1 | op::BINPERSID => (1, 1),
            op::TUPLE2 | op::REDUCE | op::NEWOBJ | op::STACK_GLOBAL | op::BUILD | op::APPEND => {
                (2, 1)
            }
            op::TUPLE3 | op::SETITEM | op::NEWOBJ_EX => (3, 1),
            op::POP_MARK
            | op::APPENDS
            | op::ADDITEMS
            | op::SETITEMS
            | op::TUPLE
            | op::LIST
            | op::DICT
            | op::FROZENSET
            | op::OBJ
            | op::INST => {
                let Some(mark) = self.marks.pop() else {
                    return false;
                };
                let below = matches!(opcode, op::APPENDS | op::ADDITEMS | op::SETITEMS);
                if below && mark == 0 || opcode == op::OBJ && self.height == mark {
                    return false;
                }
                self.height = mark;
                (0, usize::from(!below && opcode != op::POP_MARK))
            }
            _ => (0, 1),
        };
        self.named |= matches!(
            opcode,
            op::GLOBAL | op::INST | op::STACK_GLOBAL | op::EXT1 | op::EXT2 | op::EXT4
        );
        self.executed |= matches!(
            opcode,
            op::REDUCE | op::NEWOBJ | op::NEWOBJ_EX | op::OBJ | op::INST | op::BUILD
        );
        let floor = self.marks.last().copied().unwrap_or(0);
        match self.height.checked_sub(takes) {
            Some(height) if height >= floor => self.height = height.saturating_add(gives),
            _ => return false,
        }
        true
    }
}

/// How long the lines behind an opcode are, if they end here, and they are what the opcode takes.
fn check_lines(opcode: u8, bytes: &[u8], count: usize) -> Result<Option<usize>, ()> {
    let mut used = 0_usize;
    for _ in 0..count {
        let rest = bytes.get(used..).unwrap_or_default();
        let Some(end) = memchr::memchr(b'\n', rest) else {
            return if fits(opcode, rest) || rest.is_empty() {
                Ok(None)
            } else {
                Err(())
            };
        };
        let line = rest.get(..end).unwrap_or_default();
        if !fits(opcode, line) {
            return Err(());
        }
        used = used.saturating_add(end).saturating_add(1);
    }
    Ok(Some(used))
}

fn fits(opcode: u8, line: &[u8]) -> bool {
    match opcode {
        op::GLOBAL | op::INST => {
            // Names of modules are any text, but not any bytes.
            !line.is_empty()
                && line.len() < 256
                && line.iter().all(|byte| {
                    byte.is_ascii_alphanumeric() || b"._-".contains(byte) || *byte >= 0x80
                })
        }
        op::INT | op::LONG | op::FLOAT | op::GET | op::PUT => {
            !line.is_empty()
                && line
                    .iter()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"+-._ \t\r".contains(byte))
                && (opcode == op::FLOAT || line.iter().any(u8::is_ascii_digit))
        }
        op::STRING => matches!(line.first(), Some(b'\'' | b'"')),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pickles_are_told_from_other_files() {
        for (head, expected) in [
            (&b"\x80\x04\x95\x0b\0\0\0\0\0\0\0]\x94(K\x01K\x02e."[..], Guess::Strong),
            (b"\x80\x02]q\0.", Guess::Strong),
            (b"cos\nsystem\n(S'id'\ntR.", Guess::Weak),
            (b"cposix\nsystem\n(S'id'\ntR\xff\xff", Guess::Weak),
            (b"(S'id'\nios\nsystem\n.", Guess::Weak),
            (b"ccopy_reg\n_reconstructor\np0\n(c__main__\nA\np1\nc__builtin__\nobject\np2\nNtp3\nRp4\n.", Guess::Weak),
            (b"N0cos\nsystem\n", Guess::No),
            (b"(dp0\nS'a'\np1\nI1\ns.", Guess::No),
            (b"", Guess::No),
            (b"import os\nimport sys\n", Guess::No),
            (b"class A:\n    pass\n", Guess::No),
            (b"cmake_minimum_required(VERSION 3.1)\nproject(x)\n", Guess::No),
            (b"# a comment\n", Guess::No),
            (b"{\"a\": 1}", Guess::No),
            (b"[package]\nname = 1\n", Guess::No),
            (b"]\n", Guess::No),
            (b"User-agent: *\nDisallow: /\n", Guess::No),
            (b"\x89PNG\r\n\x1a\n", Guess::No),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Guess::No),
            (b"GIF89a", Guess::No),
            (b"PK\x03\x04\x14\0\0\0", Guess::No),
            (b"\x7fELF\x02\x01\x01", Guess::No),
            (b"BM\x36\0\0\0", Guess::No),
            (b"GGUF\x03\0\0\0", Guess::No),
            (b"\x80\x02\0\0\0\0\0\0\x9a\x99", Guess::No),
            (b"I am here\nand there\n", Guess::No),
            (b"config\nvalue\n", Guess::No),
            (b"%PDF-1.4\n%\xe2\xe3\n", Guess::No),
            (b"<html>\n<head>\n", Guess::No),
        ] {
            assert_eq!(guess(head), expected, "{:?}", head.escape_ascii().to_string());
        }
    }
}
