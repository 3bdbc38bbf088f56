//! Permissive walkers of zip, tar and compressed streams that yield every reading a loader could make.
//!
//! Loaders disagree about broken and hostile archives: one believes a zip's directory, another its
//! local headers; one takes the first member of a name, another the last. [`walk`] therefore
//! yields whatever any of them could see, each [`Member`] with the header that said so. What no
//! reading can make sense of is a [`Problem`], and the rest goes on. A [`Meter`] bounds what all of
//! it may cost, nested archives included.
//!
//! Nothing is unpacked to disk, and formats are told by content ([`Format::detect`]), never by name.

mod compressed;
mod format;
mod member;
mod meter;
mod name;
mod tar;
mod zip;

pub use compressed::{GzipReader, zstd_reader};
pub use format::{Format, has_zip_end};
pub use member::{Member, MemberKind, Problem, Reading, Sink};
pub use meter::{Allowance, Meter, Stop};
pub use name::{component_name, contained_path, display_name};

use std::io::{BufReader, Read, Seek};

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

/// Shows every member of an archive to `sink`. A compressed stream has one member, which takes its
/// name from `name`, the archive's own.
///
/// Zip must be seekable; of a stream nothing could be told but that.
pub fn walk(format: Format, input: Input<'_>, name: &str, meter: &Meter<'_>, sink: &mut dyn Sink) {
    let mut seekable = match (format, input) {
        (Format::Zip, Input::Seekable(input)) => return zip::walk(input, meter, sink),
        (Format::Zip, Input::Stream(_)) => {
            let detail = "a zip archive that can only be read in order";
            return sink.problem(Problem::whole(ReasonCode::Unsupported, detail));
        }
        (_, input) => input,
    };
    let input: &mut dyn Read = match &mut seekable {
        Input::Stream(input) => input,
        Input::Seekable(input) => input,
    };
    match format {
        Format::Tar => tar::walk(input, meter, sink),
        Format::Gzip => compressed::walk_gzip(BufReader::new(input), name, meter, sink),
        Format::Zstd => compressed::walk_zstd(BufReader::new(input), name, meter, sink),
        Format::Zip => {}
        Format::Xz | Format::Bzip2 | Format::SevenZip | Format::Rar => {
            let detail = format!("a {} file, which is not looked into", format.name());
            sink.problem(Problem::whole(ReasonCode::Unsupported, detail));
        }
    }
}
