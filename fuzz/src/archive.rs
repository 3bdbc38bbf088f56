//! Archives: every member of every reading is read to its end, within an allowance.

use std::io::{Cursor, Read as _, SeekFrom, Write as _, copy, sink};

use flate2::Compression;
use flate2::write::GzEncoder;
use gw_archive::{
    Allowance, Content, Disagreement, Format, Input, Member, Meter, Problem, Sink, walk,
};

struct Reader {
    /// Bytes that it was shown.
    seen: u64,
}

impl Sink for Reader {
    fn member(&mut self, member: &Member, content: &mut Content<'_>) {
        let safe = |part: &str| !matches!(part, ".." | ".");
        assert!(!member.path.starts_with('/'), "{:?}", member.path);
        assert!(member.path.split('/').all(safe), "{:?}", member.path);
        // Content that can be read from any place is the same from every place.
        if let Some(input) = content.seekable() {
            let mut end = Vec::new();
            let _ = input.seek(SeekFrom::End(-7));
            let _ = input.take(7).read_to_end(&mut end);
            let _ = input.seek(SeekFrom::Start(0));
        }
        // An error ends the content, and the walk reports it.
        self.seen += copy(content, &mut sink()).unwrap_or(0);
    }

    fn problem(&mut self, problem: Problem) {
        assert!(
            !problem.detail.is_empty(),
            "{:?} without a word",
            problem.reason
        );
    }

    fn disagreement(&mut self, disagreement: Disagreement) {
        assert!(!disagreement.detail.is_empty(), "{:?}", disagreement.kind);
    }
}

/// An archive of the format that its content tells.
pub fn any(data: &[u8]) {
    if let Some(format) = Format::detect(data) {
        read(format, data);
    }
}

/// A tar, which a name can tell as well.
pub fn tar(data: &[u8]) {
    read(Format::Tar, data);
}

fn read(format: Format, data: &[u8]) {
    const TOTAL: u64 = 4 << 20;
    let allowance = Allowance {
        members: 1000,
        ratio: 200,
        grace: 1 << 20,
        total: TOTAL,
    };
    let meter = Meter::new(allowance, data.len() as u64, &|| false);
    let mut reader = Reader { seen: 0 };
    walk(
        format,
        Input::Seekable(&mut Cursor::new(data)),
        "archive",
        &meter,
        &mut reader,
    );
    assert!(
        reader.seen <= TOTAL + (64 << 10),
        "{} bytes were shown",
        reader.seen
    );
    if !format.must_seek() {
        let meter = Meter::new(allowance, data.len() as u64, &|| false);
        walk(
            format,
            Input::Stream(&mut &*data),
            "archive",
            &meter,
            &mut Reader { seen: 0 },
        );
    }
}

/// Zips, stored and deflated.
pub fn zips() -> Vec<Vec<u8>> {
    let zip = |method| {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        for (name, content) in [("a/b.txt", "text"), ("../c", "more text, more text")] {
            zip.start_file(name, options).expect("a name is a name");
            zip.write_all(content.as_bytes())
                .expect("memory takes bytes");
        }
        zip.finish().expect("memory takes bytes").into_inner()
    };
    vec![
        zip(zip::CompressionMethod::Stored),
        zip(zip::CompressionMethod::Deflated),
    ]
}

/// Tars: plain, and with extended headers.
pub fn tars() -> Vec<Vec<u8>> {
    let mut plain = entry("a/b.txt", b'0', b"text");
    plain.extend(entry("link", b'2', b""));
    plain.extend([0; 1024]);
    let mut long = entry("././@LongLink", b'L', b"a/very/long/name\0");
    long.extend(entry("short", b'0', b"text"));
    long.extend(entry("pax", b'x', b"18 path=other/name\n12 size=0004\n"));
    long.extend(entry("short", b'0', b"text"));
    long.extend([0; 1024]);
    vec![plain, long]
}

/// A member with a header of ustar.
fn entry(name: &str, kind: u8, content: &[u8]) -> Vec<u8> {
    let mut header = [0_u8; 512];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, name.as_bytes());
    put(100, b"0000644\0");
    put(124, format!("{:011o}\0", content.len()).as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, &[kind]);
    put(157, b"target");
    put(257, b"ustar\x0000");
    let sum: u32 = header.iter().copied().map(u32::from).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut bytes = header.to_vec();
    bytes.extend_from_slice(content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

/// Gzip streams: one member, and two.
pub fn gzips() -> Vec<Vec<u8>> {
    let gzip = |content: &[u8]| {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(content).expect("memory takes bytes");
        gzip.finish().expect("memory takes bytes")
    };
    let one = gzip(b"text text text");
    let two = [one.clone(), gzip(b"more")].concat();
    vec![one, two]
}

/// Zstandard frames: one, and one after a frame to skip.
pub fn zstds() -> Vec<Vec<u8>> {
    let one = zstd::encode_all(&b"text text text"[..], 3).expect("memory takes bytes");
    let skipped = [&b"\x50\x2a\x4d\x18\x03\0\0\0abc"[..], &one].concat();
    vec![one, skipped]
}

/// Streams that need no encoder: bzip2, xz, lzma, lz4 and zlib of little or nothing.
pub fn streams() -> Vec<Vec<u8>> {
    let lzma =
        b"]\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0\x24\x19\x49\x98\x6f\x16\x02\x8c\xe8\xe6\
        \x5b\xb1\x47\xc6\xce\xb7\x63\xff\xff\x3c\xac\0\0";
    let mut lz4 = b"\x04\x22\x4d\x18\x60\x40\x82".to_vec();
    lz4.extend((4_u32 | 1 << 31).to_le_bytes());
    lz4.extend(b"text\0\0\0\0");
    vec![
        b"BZh9\x17\x72\x45\x38\x50\x90\0\0\0\0".to_vec(),
        b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4\x46\0\0\0\0\x1c\xdf\x44\x21\x1f\xb6\xf3\x7d\x01\0\0\0\0\x04YZ"
            .to_vec(),
        lzma.to_vec(),
        lz4,
        b"\x02\x21\x4c\x18\x05\0\0\0\x40text".to_vec(),
        b"x\x9c\x03\0\0\0\0\x01".to_vec(),
    ]
}

/// A 7z, which its checksums do not have to fit to be read.
pub fn seven_zip(data: &[u8]) {
    read(Format::SevenZip, data);
}

/// 7z archives: one file, stored, and deflated.
pub fn seven_zips() -> Vec<Vec<u8>> {
    let archive = |coder: &[u8], packed: &[u8]| {
        let mut header = vec![1, 4, 6, 0, 1, 9, packed.len() as u8, 0, 7, 11, 1, 0, 1];
        header.push(coder.len() as u8);
        header.extend(coder);
        header.extend([12, 14, 0, 8, 10, 1, 0, 0, 0, 0, 0, 0]);
        header.extend([5, 1, 17, 5, 0, b'a', 0, 0, 0, 0, 0]);
        let mut bytes = b"7z\xbc\xaf\x27\x1c\0\x04\0\0\0\0".to_vec();
        bytes.extend((packed.len() as u64).to_le_bytes());
        bytes.extend((header.len() as u64).to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(packed);
        bytes.extend(header);
        bytes
    };
    let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    deflate
        .write_all(b"text text text")
        .expect("memory takes bytes");
    let deflated = deflate.finish().expect("memory takes bytes");
    vec![
        archive(&[0], b"text text text"),
        archive(&[4, 1, 8], &deflated),
    ]
}
