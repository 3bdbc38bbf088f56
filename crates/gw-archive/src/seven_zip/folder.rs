use std::cell::RefCell;
use std::io::{self, BufReader, Read, SeekFrom};

use lzma_rust2::filter::bcj::BcjReader;
use lzma_rust2::filter::bcj2::Bcj2Reader;
use lzma_rust2::filter::delta::DeltaReader;

use super::Broken;
use super::bytes::Bytes;
use crate::ReadSeek;
use crate::codec::{
    Deflate64Reader, Lz4Reader, bzip2_reader, lzma_reader, lzma2_reader, zstd_reader,
};

/// How many coders a folder may have, and streams in all (7-Zip allows 32 and 64).
const MOST_CODERS: u64 = 32;
const MOST_STREAMS: u64 = 64;

/// A solid block: packed streams, the coders that they go through, and how these are joined.
#[derive(Debug, Default)]
pub(super) struct Folder {
    coders: Vec<Coder>,
    /// Which input gets which output.
    bonds: Vec<(u64, u64)>,
    /// Which inputs get the packed streams.
    pub(super) packed: Vec<u64>,
    /// The size of what each output gives.
    pub(super) sizes: Vec<u64>,
    pub(super) crc: Option<u32>,
}

#[derive(Debug)]
struct Coder {
    method: u64,
    inputs: u64,
    outputs: u64,
    properties: Vec<u8>,
}

/// Why a folder is not unpacked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    Encrypted,
    Unsupported(String),
}

/// An archive that several packed streams are read from at once.
pub(super) type Shared<'p, 'i> = &'p RefCell<&'i mut (dyn ReadSeek + 'i)>;

impl Folder {
    pub(super) fn parse(bytes: &mut Bytes<'_>) -> Result<Self, Broken> {
        let mut folder = Self::default();
        let count = bytes.count(MOST_CODERS)?;
        let (mut inputs, mut outputs) = (0_u64, 0_u64);
        for _ in 0..count {
            let flags = bytes.byte()?;
            let id = bytes.take(u64::from(flags & 15))?;
            let mut coder = Coder {
                method: id.iter().fold(0, |sum, &byte| (sum << 8) | u64::from(byte)),
                inputs: 1,
                outputs: 1,
                properties: Vec::new(),
            };
            if flags & 0x10 != 0 {
                coder.inputs = bytes.count(MOST_STREAMS)? as u64;
                coder.outputs = bytes.count(MOST_STREAMS)? as u64;
            }
            if flags & 0x20 != 0 {
                let size = bytes.number()?;
                coder.properties = bytes.take(size)?.to_vec();
            }
            inputs += coder.inputs;
            outputs += coder.outputs;
            folder.coders.push(coder);
        }
        if outputs == 0 || inputs > MOST_STREAMS || outputs > MOST_STREAMS {
            return Err(Broken::TooMany(inputs.max(outputs)));
        }
        for _ in 1..outputs {
            folder.bonds.push((bytes.number()?, bytes.number()?));
        }
        let packed = inputs.checked_sub(outputs - 1).ok_or(Broken::Graph)?;
        if packed == 1 {
            let free = (0..inputs).find(|&input| folder.bond(input).is_none());
            folder.packed.push(free.ok_or(Broken::Graph)?);
        } else {
            for _ in 0..packed {
                folder.packed.push(bytes.number()?);
            }
        }
        Ok(folder)
    }

    /// How many outputs its coders have.
    pub(super) fn outputs(&self) -> u64 {
        self.coders.iter().map(|coder| coder.outputs).sum()
    }

    /// The output that an input gets.
    fn bond(&self, input: u64) -> Option<u64> {
        let mut bonds = self.bonds.iter();
        bonds.find(|(to, _)| *to == input).map(|&(_, from)| from)
    }

    /// The output that no coder gets: what the folder is unpacked to.
    fn last(&self) -> Option<u64> {
        let is_free = |output: &u64| self.bonds.iter().all(|(_, from)| from != output);
        (0..self.outputs()).find(is_free)
    }

    /// The size of what it is unpacked to.
    pub(super) fn size(&self) -> u64 {
        let size = self.last().and_then(|last| usize::try_from(last).ok());
        size.and_then(|last| self.sizes.get(last))
            .copied()
            .unwrap_or(0)
    }

    /// Whether it is one packed stream as it is.
    pub(super) fn is_copy(&self) -> bool {
        matches!(
            self.coders.as_slice(),
            [Coder {
                method: 0,
                inputs: 1,
                outputs: 1,
                ..
            }]
        )
    }

    /// Why it is not unpacked, if it is not.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        let mut coders = self.coders.iter().map(|coder| coder.method);
        // All that is cryptography begins so: 7zAES is 06F10701.
        if coders.clone().any(|method| is_within(method, &[0x06])) {
            return Some(Refusal::Encrypted);
        }
        coders
            .find(|&method| !is_known(method))
            .map(|method| Refusal::Unsupported(name(method)))
    }

    /// What unpacks it. `packed` are the places and sizes of its packed streams in the archive.
    pub(super) fn open<'r, 'i: 'r>(
        &self,
        input: Shared<'r, 'i>,
        packed: &[(u64, u64)],
    ) -> io::Result<Box<dyn Read + 'r>> {
        let last = self.last().ok_or_else(|| invalid("a folder in a circle"))?;
        self.output(last, input, packed, self.coders.len())
    }

    /// What an output gives; `left` is how many coders it may go through.
    fn output<'r, 'i: 'r>(
        &self,
        output: u64,
        input: Shared<'r, 'i>,
        packed: &[(u64, u64)],
        left: usize,
    ) -> io::Result<Box<dyn Read + 'r>> {
        let left = left
            .checked_sub(1)
            .ok_or_else(|| invalid("a folder in a circle"))?;
        let (mut first_input, mut first_output) = (0, 0);
        for coder in &self.coders {
            if output < first_output + coder.outputs {
                if coder.outputs != 1 {
                    return Err(invalid("a coder with several outputs"));
                }
                let size = usize::try_from(output).ok();
                let size = size.and_then(|output| self.sizes.get(output)).copied();
                let size = size.ok_or_else(|| invalid("an output without a size"))?;
                let inputs = (first_input..first_input + coder.inputs)
                    .map(|index| self.input(index, input, packed, left))
                    .collect::<io::Result<Vec<_>>>()?;
                return decode(coder, inputs, size);
            }
            first_input += coder.inputs;
            first_output += coder.outputs;
        }
        Err(invalid("an output of no coder"))
    }

    /// What an input gets: another coder's output, or a packed stream.
    fn input<'r, 'i: 'r>(
        &self,
        index: u64,
        input: Shared<'r, 'i>,
        packed: &[(u64, u64)],
        left: usize,
    ) -> io::Result<Box<dyn Read + 'r>> {
        if let Some(output) = self.bond(index) {
            return self.output(output, input, packed, left);
        }
        let stream = self.packed.iter().position(|&to| to == index);
        let &(at, size) = stream
            .and_then(|stream| packed.get(stream))
            .ok_or_else(|| invalid("an input of nothing"))?;
        Ok(Box::new(Packed {
            input,
            at,
            left: size,
        }))
    }
}

/// An archive, to be shared.
pub(super) fn share<'i>(input: &'i mut dyn ReadSeek) -> RefCell<&'i mut (dyn ReadSeek + 'i)> {
    RefCell::new(input)
}

/// A packed stream.
struct Packed<'p, 'i> {
    input: Shared<'p, 'i>,
    at: u64,
    left: u64,
}

impl Read for Packed<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.left).unwrap_or(usize::MAX);
        let room = buffer.len().min(room);
        let buffer = buffer.get_mut(..room).unwrap_or_default();
        let mut input = self
            .input
            .try_borrow_mut()
            .map_err(|_| io::Error::other("the archive is being read"))?;
        input.seek(SeekFrom::Start(self.at))?;
        let count = input.read(buffer)?;
        self.at = self.at.saturating_add(count as u64);
        self.left = self.left.saturating_sub(count as u64);
        Ok(count)
    }
}

/// A coder's output, of `size` bytes.
fn decode<'r>(
    coder: &Coder,
    inputs: Vec<Box<dyn Read + 'r>>,
    size: u64,
) -> io::Result<Box<dyn Read + 'r>> {
    if coder.method == BCJ2 {
        let buffered = inputs.into_iter().map(BufReader::new).collect();
        return Ok(Box::new(Bcj2Reader::try_new(buffered, size)?));
    }
    let [input] = <[_; 1]>::try_from(inputs)
        .map_err(|_| invalid("a coder with another number of inputs than it has"))?;
    let input = BufReader::new(input);
    let properties = coder.properties.as_slice();
    // Filters for programs begin to count at a place.
    let start = match *properties {
        [a, b, c, d] => u32::from_le_bytes([a, b, c, d]) as usize,
        _ => 0,
    };
    let reader: Box<dyn Read + 'r> = match coder.method {
        COPY => Box::new(input),
        DELTA => {
            let distance = properties.first().copied().unwrap_or(0);
            Box::new(DeltaReader::new(input, usize::from(distance) + 1))
        }
        0x04 | 0x0303_0103 => Box::new(BcjReader::new_x86(input, start)),
        0x05 | 0x0303_0205 => Box::new(BcjReader::new_ppc(input, start)),
        0x06 | 0x0303_0401 => Box::new(BcjReader::new_ia64(input, start)),
        0x07 | 0x0303_0501 => Box::new(BcjReader::new_arm(input, start)),
        0x08 | 0x0303_0701 => Box::new(BcjReader::new_arm_thumb(input, start)),
        0x09 | 0x0303_0805 => Box::new(BcjReader::new_sparc(input, start)),
        0x0a => Box::new(BcjReader::new_arm64(input, start)),
        0x0b => Box::new(BcjReader::new_riscv(input, start)),
        LZMA2 => Box::new(lzma2_reader(input, properties)?),
        LZMA => Box::new(lzma_reader(input, properties, size)?),
        DEFLATE => Box::new(flate2::bufread::DeflateDecoder::new(input)),
        DEFLATE64 => Box::new(Deflate64Reader::new(input)),
        BZIP2 => Box::new(bzip2_reader(input)),
        ZSTD => Box::new(zstd_reader(input)?),
        LZ4 => Box::new(Lz4Reader::new(input)),
        method => return Err(invalid(&format!("the coder {}", name(method)))),
    };
    Ok(Box::new(reader.take(size)))
}

const COPY: u64 = 0;
const DELTA: u64 = 0x03;
const LZMA2: u64 = 0x21;
const LZMA: u64 = 0x0003_0101;
const BCJ2: u64 = 0x0303_011b;
const DEFLATE: u64 = 0x0004_0108;
const DEFLATE64: u64 = 0x0004_0109;
const BZIP2: u64 = 0x0004_0202;
const ZSTD: u64 = 0x04f7_1101;
const LZ4: u64 = 0x04f7_1104;

const fn is_known(method: u64) -> bool {
    matches!(
        method,
        COPY | DELTA | LZMA2 | LZMA | BCJ2 | DEFLATE | DEFLATE64 | BZIP2 | ZSTD | LZ4 | 0x04
            ..=0x0b
                | 0x0303_0103
                | 0x0303_0205
                | 0x0303_0401
                | 0x0303_0501
                | 0x0303_0701
                | 0x0303_0805
    )
}

/// Whether a method of more than one byte begins with these.
fn is_within(method: u64, prefix: &[u8]) -> bool {
    let bytes = method.to_be_bytes();
    let first = bytes.iter().position(|&byte| byte != 0).unwrap_or(7);
    let bytes = bytes.get(first..).unwrap_or_default();
    bytes.len() > 1 && bytes.starts_with(prefix)
}

/// What a coder is called.
fn name(method: u64) -> String {
    match method {
        0x0003_0401 => "PPMd".to_owned(),
        0x04f7_1102 => "Brotli".to_owned(),
        0x04f7_1105 => "LZ5".to_owned(),
        0x04f7_1106 => "Lizard".to_owned(),
        0x0002_0302 => "Swap2".to_owned(),
        0x0002_0304 => "Swap4".to_owned(),
        _ => format!("{method:x}"),
    }
}

fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}
