//! Permissive walkers of zip, tar, 7z and compressed streams that yield every reading a loader could make.
//!
//! Loaders disagree about broken and hostile archives: one believes a zip's directory, another its
//! local headers; one takes the first member of a name, another the last. [`walk`] therefore
//! yields whatever any of them could see, each [`Member`] with the header that said so. What no
//! reading can make sense of is a [`Problem`], and the rest goes on. A [`Meter`] bounds what all of
//! it may cost, nested archives included.
//!
//! Nothing is unpacked to disk, and formats are told by content ([`Format::detect`]), never by name.

mod codec;
mod content;
mod format;
mod member;
mod meter;
mod name;
mod seven_zip;
mod stream;
mod tar;
mod window;
mod zip;

pub use codec::{GzipReader, zstd_reader};
pub use content::Content;
pub use format::{Format, SEARCHED, has_zip_end, is_program, is_unpacker};
pub use member::{Disagreement, DisagreementKind, Member, MemberKind, Problem, Reading, Sink};
pub use meter::{Allowance, Meter, Stop};
pub use name::{component_name, contained_path, display_name};

use std::io::{self, BufReader, Read, Seek};

use gw_finding::ReasonCode;

/// Bytes that can be read from any place.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// An archive's bytes, from the start.
pub enum Input<'i> {
    /// They can be read in order only.
    Stream(&'i mut dyn Read),
    /// They can be read from any place.
    Seekable(&'i mut dyn ReadSeek),
}

impl Read for Input<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Stream(input) => input.read(buffer),
            Self::Seekable(input) => input.read(buffer),
        }
    }
}

/// Shows every member of an archive to `sink`. A compressed stream has one member, which takes its
/// name from `name`, the archive's own.
///
/// Zip and 7z must be seekable; of a stream nothing could be told but that.
pub fn walk(format: Format, input: Input<'_>, name: &str, meter: &Meter<'_>, sink: &mut dyn Sink) {
    match (format, input) {
        (Format::Zip, Input::Seekable(input)) => zip::walk(input, meter, sink),
        (Format::SevenZip, Input::Seekable(input)) => seven_zip::walk(input, meter, sink),
        (Format::Rar, _) => {
            let detail = format!("a {} file, which is not looked into", format.name());
            sink.problem(Problem::whole(ReasonCode::Unsupported, detail));
        }
        (Format::Zip | Format::SevenZip, Input::Stream(_)) => {
            let detail = format!("a {} archive that can only be read in order", format.name());
            sink.problem(Problem::whole(ReasonCode::Unsupported, detail));
        }
        (Format::Tar, input) => tar::walk(input, meter, sink),
        (format, input) => stream::walk(format, BufReader::new(input), name, meter, sink),
    }
}
