//! Compressed streams: one content, no directory.

use std::io::{BufRead, Read};

use gw_finding::ReasonCode;

use crate::codec::{
    GzipReader, Lz4Reader, ZlibReader, bzip2_reader, lzma_alone_reader, wants_too_much, xz_reader,
    zstd_reader,
};
use crate::meter::{Meter, Metered};
use crate::{Content, Format, Member, MemberKind, Problem, Reading, Sink};

/// Shows what a compressed stream expands to.
pub(crate) fn walk(
    format: Format,
    input: impl BufRead,
    name: &str,
    meter: &Meter<'_>,
    sink: &mut dyn Sink,
) {
    let mut show = Show {
        format,
        member: member(format, name),
        meter,
        sink,
    };
    match format {
        Format::Gzip => {
            let mut reader = GzipReader::new(input);
            if show.member(&mut reader)
                && let Some(detail) = reader.trailing()
            {
                show.problem(ReasonCode::Malformed, detail);
            }
        }
        Format::Zlib => {
            let mut reader = ZlibReader::new(input);
            if show.member(&mut reader) && reader.has_more() {
                let detail = "something follows the end of the zlib stream";
                show.problem(ReasonCode::Malformed, detail);
            }
        }
        Format::Zstd => match zstd_reader(input) {
            Ok(mut reader) => _ = show.member(&mut reader),
            Err(error) => show.unopened(&error),
        },
        Format::Xz => _ = show.member(&mut xz_reader(input)),
        Format::Lzma => match lzma_alone_reader(input) {
            Ok(mut reader) => _ = show.member(&mut reader),
            Err(error) => show.unopened(&error),
        },
        Format::Bzip2 => _ = show.member(&mut bzip2_reader(input)),
        Format::Lz4 => _ = show.member(&mut Lz4Reader::new(input)),
        Format::Zip | Format::Tar | Format::SevenZip | Format::Rar => {}
    }
}

struct Show<'s, 'm> {
    format: Format,
    member: Member,
    meter: &'s Meter<'m>,
    sink: &'s mut dyn Sink,
}

impl Show<'_, '_> {
    /// Shows the one member; whether it was read to its end.
    fn member(&mut self, reader: &mut dyn Read) -> bool {
        if !self.meter.member() {
            return false;
        }
        let mut reader = Metered::expanding(reader, self.meter);
        self.sink
            .member(&self.member, &mut Content::Stream(&mut reader));
        let (read, ended) = (reader.read, reader.ended);
        if let Some((kind, error)) = reader.error.take() {
            let (reason, what) = if wants_too_much(kind, &error) {
                (ReasonCode::TooLarge, "asks for too large a window")
            } else if kind == std::io::ErrorKind::Unsupported {
                (ReasonCode::Unsupported, "cannot be expanded")
            } else {
                (ReasonCode::Malformed, "is broken")
            };
            let name = self.format.name();
            let detail = format!("the {name} stream {what} after {read} bytes: {error}");
            self.problem(reason, &detail);
        }
        ended
    }

    fn unopened(&mut self, error: &std::io::Error) {
        let reason = if wants_too_much(error.kind(), &error.to_string()) {
            ReasonCode::TooLarge
        } else {
            ReasonCode::Malformed
        };
        let detail = format!(
            "the {} stream cannot be opened: {error}",
            self.format.name()
        );
        self.problem(reason, &detail);
    }

    fn problem(&mut self, reason: ReasonCode, detail: &str) {
        self.sink.problem(Problem::whole(reason, detail));
    }
}

/// The one member of a compressed stream: its name is the stream's without the ending.
fn member(format: Format, name: &str) -> Member {
    let (drop, replace): (&[&str], &[(&str, &str)]) = match format {
        Format::Gzip => (&["gz", "gzip", "Z"], &[("tgz", "tar"), ("svgz", "svg")]),
        Format::Zlib => (&["z", "zz", "zlib"], &[]),
        Format::Zstd => (&["zst", "zstd"], &[("tzst", "tar")]),
        Format::Xz => (&["xz"], &[("txz", "tar")]),
        Format::Lzma => (&["lzma"], &[("tlz", "tar")]),
        Format::Bzip2 => (&["bz2", "bz", "bzip2"], &[("tbz2", "tar"), ("tbz", "tar")]),
        Format::Lz4 => (&["lz4"], &[("tlz4", "tar")]),
        Format::Zip | Format::Tar | Format::SevenZip | Format::Rar => (&[], &[]),
    };
    let name = name.rsplit('/').next().unwrap_or(name);
    let mut path = name.to_owned();
    if let Some((stem, ending)) = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) {
        let is = |known: &str| ending.eq_ignore_ascii_case(known);
        if drop.iter().any(|known| is(known)) {
            stem.clone_into(&mut path);
        } else if let Some((_, inner)) = replace.iter().find(|(known, _)| is(known)) {
            path = format!("{stem}.{inner}");
        }
    }
    Member {
        path,
        kind: MemberKind::File,
        size: None,
        reading: Reading::Stream,
    }
}
