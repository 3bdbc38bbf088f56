use std::borrow::Cow;

use super::machine::Machine;
use super::opcode as op;
use super::text;
use super::value::{Node, Value};

/// Why the machine stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It needs at least so many bytes from the place it is at.
    More(usize),
    /// It is at the end of a pickle.
    Stop,
    /// It is behind an opcode and its length, and its argument of so many bytes is not all there.
    Payload(u8, u64),
    /// An object was given its state. Only if [`Machine::run`] is to say so.
    Built,
    /// A byte that is no opcode.
    Unknown(u8),
    /// A limit is reached.
    Full,
}

/// What is given to [`Machine::run`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Chunk<'c> {
    pub(super) bytes: &'c [u8],
    /// The place of the first byte in the content.
    pub(super) base: u64,
    /// Whether to stop behind each `BUILD`.
    pub(super) builds: bool,
}

impl Machine {
    /// Executes what is whole in a chunk from `place` on, which moves on.
    pub(super) fn run(&mut self, chunk: Chunk<'_>, place: &mut usize) -> Step {
        let bytes = chunk.bytes;
        loop {
            let rest = bytes.get(*place..).unwrap_or_default();
            let Some((opcode, rest)) = rest.split_first() else {
                return Step::More(1);
            };
            let opcode = *opcode;
            self.at = chunk.base.saturating_add(*place as u64);
            #[cfg(test)]
            self.trace.push(self.at);
            // The fast ones first: they have no argument and make nothing.
            let used = match opcode {
                op::BININT1 => match rest.first() {
                    Some(byte) => {
                        self.push(Value::short(u16::from(*byte)));
                        1
                    }
                    None => return Step::More(2),
                },
                op::BINGET => match rest.first() {
                    Some(byte) => {
                        self.recall(u64::from(*byte));
                        1
                    }
                    None => return Step::More(2),
                },
                op::BINPUT => match rest.first() {
                    Some(byte) => {
                        let value = self.top();
                        self.remember(u64::from(*byte), value);
                        1
                    }
                    None => return Step::More(2),
                },
                op::BININT2 => match rest.first_chunk() {
                    Some(number) => {
                        self.push(Value::short(u16::from_le_bytes(*number)));
                        2
                    }
                    None => return Step::More(3),
                },
                op::BININT => match rest.first_chunk() {
                    Some(number) => {
                        let number = i32::from_le_bytes(*number);
                        let value = self.arena.int(i64::from(number));
                        self.push(value);
                        4
                    }
                    None => return Step::More(5),
                },
                op::LONG_BINGET | op::LONG_BINPUT | op::EXT4 => match rest.first_chunk() {
                    Some(number) => {
                        self.long_key(opcode, u32::from_le_bytes(*number));
                        4
                    }
                    None => return Step::More(5),
                },
                op::BINFLOAT | op::FRAME => {
                    if rest.len() < 8 {
                        return Step::More(9);
                    }
                    // Frames have no meaning: what a frame may hold is checked by some unpicklers
                    // and not by others, and those that go on read the bytes in order.
                    if opcode == op::BINFLOAT {
                        self.push(Value::FLOAT);
                    }
                    8
                }
                op::PROTO => match rest.first() {
                    Some(version) => {
                        self.protocol = Some(self.protocol.unwrap_or(0).max(*version));
                        if *version > op::MAX_PROTOCOL {
                            let version = *version;
                            self.break_at(|| format!("there is no protocol {version}"));
                        }
                        1
                    }
                    None => return Step::More(2),
                },
                op::EXT1 => match rest.first() {
                    Some(code) => {
                        self.extension(u32::from(*code));
                        1
                    }
                    None => return Step::More(2),
                },
                op::EXT2 => match rest.first_chunk() {
                    Some(code) => {
                        self.extension(u32::from(u16::from_le_bytes(*code)));
                        2
                    }
                    None => return Step::More(3),
                },
                op::STOP => {
                    self.stop();
                    *place = place.saturating_add(1);
                    return Step::Stop;
                }
                op::BUILD => {
                    self.build();
                    if chunk.builds {
                        *place = place.saturating_add(1);
                        return Step::Built;
                    }
                    0
                }
                _ => match op::argument(opcode) {
                    Some(op::Argument::Fixed(_)) => {
                        self.plain(opcode);
                        0
                    }
                    Some(op::Argument::Lines(count)) => match lines(rest, count) {
                        Some((first, second, used)) => {
                            self.line(opcode, first, second);
                            used
                        }
                        None => return Step::More(rest.len().saturating_add(2)),
                    },
                    Some(op::Argument::Counted { width, signed }) => {
                        let Some(length) = rest.get(..width) else {
                            return Step::More(width.saturating_add(1));
                        };
                        let length = self.length(length, signed);
                        let end = usize::try_from(length)
                            .ok()
                            .and_then(|length| length.checked_add(width));
                        let Some(argument) = end.and_then(|end| rest.get(width..end)) else {
                            *place = place.saturating_add(1).saturating_add(width);
                            return Step::Payload(opcode, length);
                        };
                        let used = width.saturating_add(argument.len());
                        self.counted(opcode, argument, false);
                        used
                    }
                    None => return Step::Unknown(opcode),
                },
            };
            *place = place.saturating_add(1).saturating_add(used);
            if self.is_full() {
                return Step::Full;
            }
        }
    }

    fn long_key(&mut self, opcode: u8, number: u32) {
        match opcode {
            op::LONG_BINGET => self.recall(u64::from(number)),
            op::LONG_BINPUT => {
                let value = self.top();
                self.remember(u64::from(number), value);
            }
            _ => self.extension(number),
        }
    }

    /// A length, little-endian. A negative one is an error everywhere; it counts as none.
    fn length(&mut self, bytes: &[u8], signed: bool) -> u64 {
        let mut length = 0_u64;
        for byte in bytes.iter().rev() {
            length = length << 8 | u64::from(*byte);
        }
        if signed && length > 0x7fff_ffff {
            self.break_at(|| "a length is negative".to_owned());
            return 0;
        }
        length
    }

    /// An opcode without an argument.
    fn plain(&mut self, opcode: u8) {
        match opcode {
            op::MEMOIZE => self.memoize(),
            op::NONE => self.push(Value::NONE),
            op::NEWTRUE => self.push(Value::TRUE),
            op::NEWFALSE => self.push(Value::FALSE),
            op::MARK => self.mark(),
            op::TUPLE => self.gather(|arena, values| arena.tuple(values)),
            op::EMPTY_TUPLE => self.push(Value::EMPTY_TUPLE),
            op::TUPLE1 => self.tuple_of(1),
            op::TUPLE2 => self.tuple_of(2),
            op::TUPLE3 => self.tuple_of(3),
            op::EMPTY_LIST => self.empty(Node::List),
            op::EMPTY_DICT => self.empty(Node::Dict),
            op::EMPTY_SET => self.empty(Node::Set),
            op::LIST => self.gather(|arena, values| arena.list(values)),
            op::DICT => self.gather(|arena, values| arena.dict(values)),
            op::FROZENSET => self.gather(|arena, values| arena.set_of(values)),
            op::APPEND => self.append(),
            op::APPENDS | op::ADDITEMS => self.append_marked(),
            op::SETITEM => self.set_item(),
            op::SETITEMS => self.set_items_marked(),
            op::POP => self.drop_top(),
            op::POP_MARK => {
                let place = self.unmark();
                self.stack.truncate(place);
            }
            op::DUP => {
                let value = self.top();
                self.push(value);
            }
            op::REDUCE | op::NEWOBJ => {
                let args = self.pop();
                let callee = self.pop();
                let value = self.call(callee, args);
                self.push(value);
            }
            op::NEWOBJ_EX => {
                let named = self.pop();
                let args = self.pop();
                let callee = self.pop();
                let value = self.call_with(callee, args, named);
                self.push(value);
            }
            op::OBJ => {
                let mut values = self.take_marked();
                if values.is_empty() {
                    self.break_at(|| "an object has no class".to_owned());
                    return self.push(Value::UNKNOWN);
                }
                let args: Vec<Value> = values.split_off(1);
                let args = self.arena.tuple(&args);
                let callee = values.first().copied().unwrap_or(Value::UNKNOWN);
                let value = self.call(callee, args);
                self.push(value);
            }
            op::BINPERSID => {
                let id = self.pop();
                self.persistent(id);
            }
            op::STACK_GLOBAL => self.stack_global(),
            op::NEXT_BUFFER => self.push(Value::UNKNOWN),
            // READONLY_BUFFER leaves what it is as far as we know it.
            _ => {
                self.top();
            }
        }
    }

    /// An opcode with lines.
    fn line(&mut self, opcode: u8, first: &[u8], second: &[u8]) {
        match opcode {
            op::GLOBAL | op::INST => {
                let (module, attribute) = (self.decode(first), self.decode(second));
                let global = self.global(&module, &attribute);
                if opcode == op::GLOBAL {
                    return self.push(global);
                }
                let args = self.take_marked();
                let args = self.arena.tuple(&args);
                let value = self.call(global, args);
                self.push(value);
            }
            op::INT => match first {
                b"00" => self.push(Value::FALSE),
                b"01" => self.push(Value::TRUE),
                _ => self.number(first),
            },
            op::LONG => self.number(first.strip_suffix(b"L").unwrap_or(first)),
            op::FLOAT => self.push(Value::FLOAT),
            op::STRING => {
                let (content, quoted) = text::string(first);
                if !quoted {
                    self.break_at(|| "a string is not quoted".to_owned());
                }
                self.old_string(&content, false);
            }
            op::UNICODE => {
                let text = text::unicode(first);
                self.text(&text, false);
            }
            op::PERSID => {
                let id = self.decode(first).into_owned();
                let id = self.arena.text(&id, false);
                self.persistent(id);
            }
            _ => match text::key(first) {
                Some(key) if opcode == op::GET => self.recall(key),
                Some(key) => {
                    let value = self.top();
                    self.remember(key, value);
                }
                None => {
                    self.break_at(|| "a key of the memo is no number".to_owned());
                    if opcode == op::GET {
                        self.push(Value::UNKNOWN);
                    }
                }
            },
        }
    }

    fn number(&mut self, line: &[u8]) {
        let value = text::integer(line, &mut self.arena);
        if value.is_none() {
            self.break_at(|| "a number is none".to_owned());
        }
        self.push(value.unwrap_or(Value::NUMBER));
    }

    /// An opcode with a length, of whose argument `bytes` is all, or the start if it is cut.
    pub(super) fn counted(&mut self, opcode: u8, bytes: &[u8], cut: bool) {
        match opcode {
            op::SHORT_BINUNICODE | op::BINUNICODE | op::BINUNICODE8 => {
                if let Ok(text) = std::str::from_utf8(bytes) {
                    self.text(text, cut);
                } else {
                    // Lone surrogates are allowed; we have no way to keep them.
                    if !cut && !only_surrogates(bytes) {
                        self.break_at(|| "a text is not UTF-8".to_owned());
                    }
                    let text = String::from_utf8_lossy(bytes).into_owned();
                    self.text(&text, cut);
                }
            }
            op::LONG1 | op::LONG4 => self.long(bytes, cut),
            op::BINSTRING | op::SHORT_BINSTRING => self.old_string(bytes, cut),
            _ => self.bytes(bytes, cut),
        }
    }

    fn long(&mut self, bytes: &[u8], cut: bool) {
        let mut number = 0_i64;
        if bytes.len() <= 8 && !cut {
            let negative = bytes.last().is_some_and(|byte| *byte >= 0x80);
            let mut padded = [if negative { 0xff } else { 0 }; 8];
            for (place, byte) in padded.iter_mut().zip(bytes) {
                *place = *byte;
            }
            number = i64::from_le_bytes(padded);
        }
        let value = if bytes.len() <= 8 && !cut {
            self.arena.int(number)
        } else {
            let kept = bytes.get(..32).unwrap_or(bytes);
            self.arena.long(kept, cut || kept.len() < bytes.len())
        };
        self.push(value);
    }

    /// A string of Python 2, which Python 3 makes a text of, or bytes if it is told to.
    fn old_string(&mut self, bytes: &[u8], cut: bool) {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.text(text, cut),
            Err(_) => self.bytes(bytes, cut),
        }
    }

    fn decode<'l>(&mut self, line: &'l [u8]) -> Cow<'l, str> {
        let text = String::from_utf8_lossy(line);
        if matches!(text, Cow::Owned(_)) {
            self.break_at(|| "a name is not UTF-8".to_owned());
        }
        text
    }
}

/// One or two lines, without their ends, and how long they are with them.
fn lines(bytes: &[u8], count: usize) -> Option<(&[u8], &[u8], usize)> {
    let end = memchr::memchr(b'\n', bytes)?;
    let (first, rest) = (bytes.get(..end)?, bytes.get(end.checked_add(1)?..)?);
    let used = end.checked_add(1)?;
    if count == 1 {
        return Some((first, &[], used));
    }
    let end = memchr::memchr(b'\n', rest)?;
    Some((
        first,
        rest.get(..end)?,
        used.checked_add(end)?.checked_add(1)?,
    ))
}

/// Whether what is wrong with a text in UTF-8 are encoded surrogates, which Python lets pass.
fn only_surrogates(mut bytes: &[u8]) -> bool {
    loop {
        match std::str::from_utf8(bytes) {
            Ok(_) => return true,
            Err(error) => match bytes.get(error.valid_up_to()..) {
                Some([0xed, 0xa0..=0xbf, 0x80..=0xbf, rest @ ..]) => bytes = rest,
                _ => return false,
            },
        }
    }
}
