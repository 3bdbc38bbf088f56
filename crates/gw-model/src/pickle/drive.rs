use std::io::{self, Read};

use crate::Content;

use super::machine::Machine;
use super::step::{Chunk, Step};

/// How much is read at once.
const BUFFER: usize = 256 << 10;
/// How much of a payload is kept.
const KEPT: usize = 1 << 20;
/// How long a line may be that is not in memory as a whole.
const MAX_WAIT: usize = 16 << 20;

/// How a stream ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// With `STOP`.
    Stopped,
    /// The content ends before; the place in bytes.
    Truncated(u64),
    /// With a byte that is no opcode; the place, and the byte.
    UnknownOpcode(u64, u8),
    /// A limit was reached; of what.
    Limit(&'static str),
    /// The content could not be read.
    Unreadable(String),
}

/// The bytes of a content in order: all of them, or a window that moves on.
pub(super) enum Source<'s, 'c> {
    All {
        bytes: &'c [u8],
        place: usize,
    },
    Window {
        content: &'s mut Content<'c>,
        /// What was read; what is before `place` is done.
        buffer: Vec<u8>,
        place: usize,
        /// The place of the buffer's start in the content.
        base: u64,
        /// Whether the buffer goes to the end of the content.
        last: bool,
    },
}

impl<'s, 'c> Source<'s, 'c> {
    pub(super) fn new(content: &'s mut Content<'c>) -> io::Result<Self> {
        let base = content.position()?;
        Ok(match content.all() {
            Some(bytes) => Self::All {
                bytes,
                place: usize::try_from(base).unwrap_or(usize::MAX).min(bytes.len()),
            },
            None => Self::Window {
                content,
                buffer: Vec::new(),
                place: 0,
                base,
                last: false,
            },
        })
    }

    /// The place that is next, in bytes from the start of the content.
    pub(super) fn position(&self) -> u64 {
        match self {
            Self::All { place, .. } => *place as u64,
            Self::Window { base, place, .. } => base.saturating_add(*place as u64),
        }
    }

    /// What is there from the current place on.
    pub(super) fn rest(&self) -> &[u8] {
        match self {
            Self::All { bytes, place } => bytes.get(*place..).unwrap_or_default(),
            Self::Window { buffer, place, .. } => buffer.get(*place..).unwrap_or_default(),
        }
    }

    /// Whether [`Source::rest`] goes to the end.
    const fn is_last(&self) -> bool {
        match self {
            Self::All { .. } => true,
            Self::Window { last, .. } => *last,
        }
    }

    fn run(&mut self, machine: &mut Machine, builds: bool) -> Step {
        let (bytes, place, base) = match self {
            Self::All { bytes, place } => (*bytes, place, 0),
            Self::Window {
                buffer,
                place,
                base,
                ..
            } => (&**buffer, place, *base),
        };
        let chunk = Chunk {
            bytes,
            base,
            builds,
        };
        machine.run(chunk, place)
    }

    /// Makes at least `count` bytes be there, if there are as many.
    pub(super) fn want(&mut self, count: usize) -> io::Result<()> {
        if let Self::Window {
            content,
            buffer,
            place,
            base,
            last,
        } = self
            && !*last
            && buffer.len().saturating_sub(*place) < count
        {
            buffer.drain(..*place);
            *base = base.saturating_add(*place as u64);
            *place = 0;
            let more = count.saturating_sub(buffer.len()).max(BUFFER) as u64;
            let read = Read::by_ref(*content).take(more).read_to_end(buffer)?;
            *last = (read as u64) < more;
        }
        Ok(())
    }

    /// Leaves out an array's padding and bytes; whether they are all there.
    pub(super) fn skip_padded(&mut self, padded: bool, count: u64) -> io::Result<bool> {
        let mut count = count;
        if padded {
            self.want(1)?;
            let Some(padding) = self.rest().first() else {
                return Ok(false);
            };
            count = count.saturating_add(1).saturating_add(u64::from(*padding));
        }
        Ok(self.skip(count)? == count)
    }

    /// Leaves out `count` bytes; returns how many there were.
    pub(super) fn skip(&mut self, count: u64) -> io::Result<u64> {
        let here = self.rest().len() as u64;
        match self {
            Self::All { place, .. } => {
                *place = place.saturating_add(usize::try_from(count.min(here)).unwrap_or(0));
                Ok(count.min(here))
            }
            Self::Window { place, .. } if count <= here => {
                *place = place.saturating_add(usize::try_from(count).unwrap_or(0));
                Ok(count)
            }
            Self::Window {
                content,
                buffer,
                place,
                base,
                last,
            } => {
                let position = base.saturating_add(*place as u64);
                let mut skipped = here;
                if !*last {
                    let more = count.saturating_sub(here);
                    // Of seekable content the end is not noticed when it is skipped.
                    let left = match content.size()? {
                        Some(size) => size.saturating_sub(content.position()?),
                        None => more,
                    };
                    skipped = skipped.saturating_add(content.skip(more.min(left))?);
                }
                buffer.clear();
                *place = 0;
                *base = position.saturating_add(skipped);
                Ok(skipped)
            }
        }
    }
}

/// Where a stream pauses.
pub(super) enum Pause {
    End(End),
    /// Behind a `BUILD`.
    Built,
}

/// Runs a stream, to its end or to the next `BUILD`.
pub(super) fn stream(machine: &mut Machine, source: &mut Source<'_, '_>, builds: bool) -> Pause {
    match try_stream(machine, source, builds) {
        Ok(pause) => pause,
        Err(error) => Pause::End(End::Unreadable(error.to_string())),
    }
}

fn try_stream(
    machine: &mut Machine,
    source: &mut Source<'_, '_>,
    builds: bool,
) -> io::Result<Pause> {
    let end = loop {
        match source.run(machine, builds) {
            Step::Stop => break End::Stopped,
            Step::Unknown(byte) => break End::UnknownOpcode(source.position(), byte),
            Step::Full => break End::Limit(machine.full.unwrap_or("values")),
            Step::Built => return Ok(Pause::Built),
            Step::More(count) => {
                if source.is_last() {
                    break End::Truncated(source.position());
                }
                if count > MAX_WAIT {
                    break End::Limit("bytes in a line");
                }
                // Twice as much each time, so that a long line is not read again and again.
                source.want(count.saturating_mul(2))?;
            }
            Step::Payload(opcode, length) => {
                let kept = usize::try_from(length).unwrap_or(KEPT).min(KEPT);
                source.want(kept)?;
                let head = source.rest();
                let head = head.get(..kept).unwrap_or(head);
                machine.counted(opcode, head, (head.len() as u64) < length);
                if source.skip(length)? < length {
                    break End::Truncated(source.position());
                }
            }
        }
    };
    Ok(Pause::End(end))
}
