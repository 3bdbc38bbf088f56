use std::hash::Hasher;
use std::io::{self, BufRead, Read};

use lz4_flex::block::{decompress_into, decompress_into_with_dict};
use twox_hash::XxHash32;

const MAGIC: u32 = 0x184d_2204;
const LEGACY: u32 = 0x184c_2102;

/// How far back a block may refer into the blocks before it, in bytes.
const WINDOW: usize = 64 << 10;

/// The size of a legacy frame's blocks, in bytes: the largest that there is.
const LEGACY_BLOCK: usize = 8 << 20;

/// How many bytes a legacy block of that size may have when it cannot be compressed
/// (`LZ4_COMPRESSBOUND`).
const LEGACY_BOUND: u32 = (8 << 20) + (8 << 20) / 255 + 16;

/// Expands all frames of an lz4 stream (LZ4 frame format 1.6.4), legacy and skippable ones
/// included. It holds at most one block, 8 MiB, compressed and expanded.
pub(crate) struct Lz4Reader<R> {
    input: R,
    state: State,
    compressed: Vec<u8>,
    /// Room for a block, which does not shrink: what blocks cost must not depend on what size
    /// they could have had.
    room: Vec<u8>,
    /// How much of `room` the last block fills.
    filled: usize,
    /// How much of that was given out.
    given: usize,
    /// The last bytes of the blocks before, of frames whose blocks refer to them.
    history: Vec<u8>,
}

enum State {
    /// At a frame's magic number; whether any frame came before.
    Between(bool),
    Frame(Box<Frame>),
    Legacy,
    Done,
}

/// What a frame's header says.
struct Frame {
    is_linked: bool,
    has_block_checksums: bool,
    max_block: usize,
    size: Option<u64>,
    checksum: Option<XxHash32>,
    expanded: u64,
}

impl<R: BufRead> Lz4Reader<R> {
    pub(crate) const fn new(input: R) -> Self {
        Self {
            input,
            state: State::Between(false),
            compressed: Vec::new(),
            room: Vec::new(),
            filled: 0,
            given: 0,
            history: Vec::new(),
        }
    }

    /// Goes on until something is expanded or all is done.
    fn more(&mut self) -> io::Result<()> {
        match std::mem::replace(&mut self.state, State::Done) {
            State::Done => Ok(()),
            State::Between(any) => {
                self.state = self.begin(any)?;
                Ok(())
            }
            State::Frame(mut frame) => {
                let goes_on = self.block(&mut frame)?;
                self.state = if goes_on {
                    State::Frame(frame)
                } else {
                    State::Between(true)
                };
                Ok(())
            }
            State::Legacy => {
                self.state = self.legacy_block()?;
                Ok(())
            }
        }
    }

    /// Reads a frame's magic number and header.
    fn begin(&mut self, any: bool) -> io::Result<State> {
        let Some(magic) = self.number_or_end()? else {
            return Ok(State::Done);
        };
        match magic {
            MAGIC => self.header(),
            LEGACY => Ok(State::Legacy),
            0x184d_2a50..=0x184d_2a5f => {
                let size = u64::from(self.number()?);
                let mut skipped = Read::by_ref(&mut self.input).take(size);
                if io::copy(&mut skipped, &mut io::sink())? < size {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                Ok(State::Between(any))
            }
            _ if any => Err(invalid(
                "something that is no lz4 frame follows the last one",
            )),
            _ => Err(invalid("no lz4 frame")),
        }
    }

    fn header(&mut self) -> io::Result<State> {
        let mut descriptor = vec![self.byte()?, self.byte()?];
        let [flags, blocks] = [0, 1].map(|at| descriptor.get(at).copied().unwrap_or(0));
        if flags >> 6 != 1 || flags & 2 != 0 || blocks & 0x8f != 0 {
            return Err(invalid("an lz4 frame of an unknown version"));
        }
        let mut size = None;
        if flags & 8 != 0 {
            let mut bytes = [0; 8];
            self.input.read_exact(&mut bytes)?;
            descriptor.extend(bytes);
            size = Some(u64::from_le_bytes(bytes));
        }
        if flags & 1 != 0 {
            let detail = "an lz4 frame that needs a dictionary";
            return Err(io::Error::new(io::ErrorKind::Unsupported, detail));
        }
        let check = (XxHash32::oneshot(0, &descriptor) >> 8) & 0xff;
        if u32::from(self.byte()?) != check {
            return Err(invalid("an lz4 frame's header with a wrong checksum"));
        }
        let max_block = match blocks >> 4 {
            4 => 64 << 10,
            5 => 256 << 10,
            6 => 1 << 20,
            7 => 4 << 20,
            _ => return Err(invalid("an lz4 frame with an unknown block size")),
        };
        self.history.clear();
        (self.filled, self.given) = (0, 0);
        Ok(State::Frame(Box::new(Frame {
            is_linked: flags & 0x20 == 0,
            has_block_checksums: flags & 0x10 != 0,
            max_block,
            size,
            checksum: (flags & 4 != 0).then(|| XxHash32::with_seed(0)),
            expanded: 0,
        })))
    }

    /// Expands the next block; whether there was one.
    fn block(&mut self, frame: &mut Frame) -> io::Result<bool> {
        let word = self.number()?;
        if word == 0 {
            if frame.size.is_some_and(|size| size != frame.expanded) {
                return Err(invalid("an lz4 frame of another size than declared"));
            }
            if let Some(checksum) = &frame.checksum
                && self.number()? != sum(checksum)
            {
                return Err(invalid("an lz4 frame with a wrong checksum"));
            }
            return Ok(false);
        }
        let size = (word & 0x7fff_ffff) as usize;
        if size > frame.max_block {
            return Err(invalid("an lz4 block larger than declared"));
        }
        self.take(size)?;
        if frame.has_block_checksums && self.number()? != XxHash32::oneshot(0, &self.compressed) {
            return Err(invalid("an lz4 block with a wrong checksum"));
        }
        if frame.is_linked {
            self.remember();
        }
        if word >> 31 == 1 {
            self.make_room(size);
            for (to, from) in self.room.iter_mut().zip(&self.compressed) {
                *to = *from;
            }
            (self.filled, self.given) = (size, 0);
        } else {
            self.expand(frame.max_block)?;
        }
        frame.expanded = frame.expanded.saturating_add(self.filled as u64);
        if let Some(checksum) = &mut frame.checksum {
            checksum.write(self.room.get(..self.filled).unwrap_or_default());
        }
        Ok(true)
    }

    /// Expands a legacy frame's next block, or goes on to what follows the frame.
    fn legacy_block(&mut self) -> io::Result<State> {
        let Some(size) = self.number_or_end()? else {
            return Ok(State::Done);
        };
        match size {
            MAGIC => return self.header(),
            LEGACY => return Ok(State::Legacy),
            size if size > LEGACY_BOUND => {
                return Err(invalid(
                    "something that is no lz4 frame follows the last one",
                ));
            }
            size => self.take(size as usize)?,
        }
        self.history.clear();
        self.expand(LEGACY_BLOCK)?;
        Ok(State::Legacy)
    }

    fn expand(&mut self, most: usize) -> io::Result<()> {
        self.make_room(most);
        (self.filled, self.given) = (0, 0);
        let room = self.room.get_mut(..most).unwrap_or_default();
        let result = if self.history.is_empty() {
            decompress_into(&self.compressed, room)
        } else {
            decompress_into_with_dict(&self.compressed, room, &self.history)
        };
        match result {
            Ok(size) => {
                self.filled = size.min(most);
                Ok(())
            }
            Err(error) => {
                let detail = error.to_string();
                Err(io::Error::new(io::ErrorKind::InvalidData, detail))
            }
        }
    }

    fn make_room(&mut self, most: usize) {
        if self.room.len() < most {
            self.room.resize(most, 0);
        }
    }

    /// Keeps the end of the block that was expanded last.
    fn remember(&mut self) {
        let block = self.room.get(..self.filled).unwrap_or_default();
        let end = block.get(block.len().saturating_sub(WINDOW)..);
        self.history.extend_from_slice(end.unwrap_or_default());
        let surplus = self.history.len().saturating_sub(WINDOW);
        self.history.drain(..surplus);
    }

    fn take(&mut self, size: usize) -> io::Result<()> {
        self.compressed.clear();
        let mut input = Read::by_ref(&mut self.input).take(size as u64);
        if input.read_to_end(&mut self.compressed)? < size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    fn byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.input.read_exact(&mut byte)?;
        Ok(u8::from_le_bytes(byte))
    }

    fn number(&mut self) -> io::Result<u32> {
        let mut bytes = [0; 4];
        self.input.read_exact(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    /// A number, or nothing at the end of the input.
    fn number_or_end(&mut self) -> io::Result<Option<u32>> {
        if self.input.fill_buf()?.is_empty() {
            return Ok(None);
        }
        self.number().map(Some)
    }
}

impl<R: BufRead> Read for Lz4Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let mut left = self.room.get(self.given..self.filled).unwrap_or_default();
            if !left.is_empty() {
                let count = left.read(buffer)?;
                self.given = self.given.saturating_add(count);
                return Ok(count);
            }
            if matches!(self.state, State::Done) {
                return Ok(0);
            }
            self.more()?;
        }
    }
}

#[allow(clippy::cast_possible_truncation)]
fn sum(hasher: &XxHash32) -> u32 {
    hasher.finish() as u32
}

fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}
