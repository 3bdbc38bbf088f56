use proptest::prelude::*;

use crate::tensor::payload::tests::{elf, pickle};
use crate::testing::{Said, scan, scan_weights};

/// Writes a file, field by field.
#[derive(Clone)]
pub(crate) struct Writer {
    version: u32,
    big: bool,
    values: Vec<u8>,
    value_count: u64,
    tensors: Vec<u8>,
    tensor_count: u64,
    data: Vec<u8>,
    alignment: usize,
}

impl Writer {
    pub(crate) fn new(version: u32) -> Self {
        Self {
            version,
            big: false,
            values: Vec::new(),
            value_count: 0,
            tensors: Vec::new(),
            tensor_count: 0,
            data: Vec::new(),
            alignment: 32,
        }
    }

    fn u32(&self, number: u32) -> Vec<u8> {
        if self.big {
            number.to_be_bytes().into()
        } else {
            number.to_le_bytes().into()
        }
    }

    fn u64(&self, number: u64) -> Vec<u8> {
        if self.big {
            number.to_be_bytes().into()
        } else {
            number.to_le_bytes().into()
        }
    }

    fn size(&self, number: u64) -> Vec<u8> {
        if self.version == 1 {
            self.u32(u32::try_from(number).unwrap())
        } else {
            self.u64(number)
        }
    }

    fn text(&self, text: &str) -> Vec<u8> {
        [self.size(text.len() as u64), text.into()].concat()
    }

    pub(crate) fn value(mut self, key: &str, kind: u32, bytes: &[u8]) -> Self {
        self.values
            .extend([self.text(key), self.u32(kind), bytes.into()].concat());
        self.value_count += 1;
        self
    }

    pub(crate) fn string(self, key: &str, text: &str) -> Self {
        let bytes = self.text(text);
        self.value(key, 8, &bytes)
    }

    fn number(self, key: &str, number: u32) -> Self {
        let bytes = self.u32(number);
        self.value(key, 4, &bytes)
    }

    pub(crate) fn tensor(mut self, name: &str, shape: &[u64], kind: u32, data: &[u8]) -> Self {
        self.data
            .resize(self.data.len().next_multiple_of(self.alignment), 0);
        let offset = self.data.len() as u64;
        self.data.extend(data);
        self.info(name, shape, kind, offset)
    }

    fn info(mut self, name: &str, shape: &[u64], kind: u32, offset: u64) -> Self {
        let mut bytes = [
            self.text(name),
            self.u32(u32::try_from(shape.len()).unwrap()),
        ]
        .concat();
        for size in shape {
            bytes.extend(self.size(*size));
        }
        bytes.extend(self.u32(kind));
        bytes.extend(self.u64(offset));
        self.tensors.extend(bytes);
        self.tensor_count += 1;
        self
    }

    pub(crate) fn finish(&self) -> Vec<u8> {
        let mut bytes = b"GGUF".to_vec();
        bytes.extend(self.u32(self.version));
        bytes.extend(self.size(self.tensor_count));
        bytes.extend(self.size(self.value_count));
        bytes.extend(&self.values);
        bytes.extend(&self.tensors);
        bytes.resize(bytes.len().next_multiple_of(self.alignment), 0);
        bytes.extend(&self.data);
        bytes
    }
}

fn honest(version: u32) -> Writer {
    let writer = Writer::new(version);
    let texts = [
        writer.u32(8),
        writer.size(2),
        writer.text("<s>"),
        writer.text("a"),
    ]
    .concat();
    let nested = [
        writer.u32(9),
        writer.size(1),
        writer.u32(0),
        writer.size(3),
        vec![1, 2, 3],
    ]
    .concat();
    writer
        .string("general.architecture", "llama")
        .string("general.name", "Tiny")
        .string("general.license", "apache-2.0")
        .string("general.base_model.0.repo_url", "https://example.com/base")
        .number("general.file_type", 15)
        .number("llama.context_length", 2048)
        .string("tokenizer.ggml.model", "gpt2")
        .value("tokenizer.ggml.tokens", 9, &texts)
        .value("x.nested", 9, &nested)
        .value("x.flag", 7, &[1])
        .tensor("token_embd.weight", &[256, 2], 12, &[1; 288])
        .tensor("norm.weight", &[3], 0, &[0; 12])
}

fn check(writer: &Writer) -> Said {
    scan("m.gguf", &writer.finish())
}

#[test]
fn describes_honest_files() {
    for version in 1..=3 {
        let said = check(&honest(version));
        said.assert_clean();
        let model = &said.models[0];
        assert_eq!(model.format_version, Some(version.to_string()));
        assert_eq!(model.architecture.as_deref(), Some("llama"));
        assert_eq!(model.name.as_deref(), Some("Tiny"));
        assert_eq!(model.quantization.as_deref(), Some("Q4_K_M"));
        assert_eq!(model.tokenizer.as_deref(), Some("gpt2"));
        assert_eq!(model.base_models, ["https://example.com/base"]);
        assert_eq!(model.licenses, ["apache-2.0"]);
        assert_eq!((model.tensors, model.parameters), (Some(2), Some(515)));
        assert_eq!(model.metadata["llama.context_length"], "2048");
    }
    let mut big = Writer::new(3);
    big.big = true;
    let big = big
        .string("general.architecture", "x")
        .tensor("a", &[4], 0, &[0; 16]);
    let said = check(&big);
    said.assert_clean();
    assert_eq!(said.models[0].metadata["byte order"], "big endian");
    check(&Writer::new(3)).assert_clean();
    let mut wide = Writer::new(3).number("general.alignment", 64);
    wide.alignment = 64;
    check(
        &wide
            .tensor("a", &[1], 0, &[0; 4])
            .tensor("b", &[1], 0, &[0; 4]),
    )
    .assert_clean();
}

#[test]
fn reports_counts_that_cannot_be() {
    let bytes = honest(3).finish();
    let with = |at: usize, number: u64| {
        let mut bytes = bytes.clone();
        bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
        scan("m.gguf", &bytes)
    };
    with(8, 1 << 60).assert_found(&[("impossible-size", "tensors: 1152921504606846976")]);
    with(16, u64::MAX).assert_found(&[("impossible-size", "metadata values")]);
    with(24, 1 << 62).assert_found(&[("impossible-size", "a metadata key")]);
    let array = |kind: u32, count: u64| {
        let writer = Writer::new(3);
        let bytes = [writer.u32(kind), writer.u64(count)].concat();
        check(&writer.value("a", 9, &bytes))
    };
    array(8, 1 << 61).assert_found(&[("impossible-size", "items of `a`")]);
    array(10, 1 << 61).assert_found(&[("impossible-size", "items of `a`")]);
    array(99, 1).assert_found(&[("impossible-size", "type 99")]);
    check(&Writer::new(3).value("a", 13, &[0; 8])).assert_found(&[("impossible-size", "type 13")]);
    let text = (1_u64 << 63).to_le_bytes();
    check(&Writer::new(3).value("a", 8, &text))
        .assert_found(&[("impossible-size", "the text `a`")]);
    let mut deep = Vec::new();
    for _ in 0..20 {
        deep.extend(9_u32.to_le_bytes());
        deep.extend(1_u64.to_le_bytes());
    }
    deep.extend([0; 64]);
    check(&Writer::new(3).value("a", 9, &deep)).assert_incomplete("too-deep", "deeper than 8");
}

#[test]
fn reports_tensors_that_cannot_be() {
    let one = |shape: &[u64], kind: u32, offset: u64, data: usize| {
        let mut writer = Writer::new(3).info("a", shape, kind, offset);
        writer.data = vec![0; data];
        check(&writer)
    };
    one(&[4], 0, 0, 16).assert_clean();
    one(&[1, 1, 1, 1, 1], 0, 0, 4).assert_found(&[("impossible-size", "5 dimensions")]);
    one(&[1 << 32, 1 << 32], 0, 0, 4).assert_found(&[("impossible-size", "overflows")]);
    one(&[1 << 63], 0, 0, 4).assert_found(&[("impossible-size", "negative")]);
    one(&[1 << 62], 0, 0, 4).assert_found(&[("impossible-size", "than can be counted")]);
    one(&[4], 77, 0, 4).assert_found(&[("impossible-size", "its type is 77")]);
    one(&[33], 2, 0, 36).assert_found(&[("impossible-size", "blocks of 32")]);
    one(&[4], 0, 8, 24).assert_found(&[("impossible-size", "no multiple of 32")]);
    one(&[4], 0, 0, 8).assert_found(&[("impossible-size", "cut off")]);
    one(&[4], 0, u64::MAX - 31, 16).assert_found(&[
        ("impossible-size", "cut off"),
        ("hidden-data", "more than padding"),
    ]);
    check(&Writer::new(3).tensor(&"n".repeat(65), &[1], 0, &[0; 4]))
        .assert_found(&[("impossible-size", "has 65 bytes")]);
    for alignment in [0, 3, 33] {
        check(&Writer::new(3).number("general.alignment", alignment))
            .assert_found(&[("impossible-size", "power of two")]);
    }
}

#[test]
fn reports_how_tensors_lie() {
    let two = |offset: u64| {
        let mut writer = Writer::new(3)
            .info("a", &[16], 0, 0)
            .info("b", &[16], 0, offset);
        writer.data = vec![0; usize::try_from(offset).unwrap() + 64];
        check(&writer)
    };
    two(64).assert_clean();
    two(32).assert_found(&[("overlapping-tensors", "share 32 bytes")]);
    two(0).assert_found(&[("overlapping-tensors", "share 64 bytes")]);
    two(128).assert_found(&[("hidden-data", "The 64 bytes before")]);
    check(
        &Writer::new(3)
            .tensor("a", &[1], 0, &[0; 4])
            .info("a", &[0], 0, 0),
    )
    .assert_found(&[("duplicate-key", "`a` is given twice")]);
    check(&honest(3).string("general.name", "Other"))
        .assert_found(&[("duplicate-key", "general.name")]);
    let trailer = |bytes: &[u8]| scan("m.gguf", &[&honest(3).finish(), bytes].concat());
    trailer(&[0; 20]).assert_clean();
    trailer(&[0; 40]).assert_found(&[("hidden-data", "40 bytes")]);
    trailer(&[&[0; 20][..], &elf()].concat()).assert_found(&[("embedded-executable", "ELF")]);
}

#[test]
fn reports_what_metadata_should_not_hold() {
    check(&honest(3).string("note", "<script>alert(1)</script>"))
        .assert_found(&[("suspicious-metadata", "a web page")]);
    let program = elf();
    let writer = Writer::new(3);
    let bytes = [writer.u32(0), writer.size(program.len() as u64), program].concat();
    check(&writer.value("blob", 9, &bytes))
        .assert_found(&[("embedded-executable", "`blob` is an ELF program")]);
    let said = scan("m.gguf", &pickle());
    said.assert_found(&[("wrong-format", "a pickle")]);
    scan("m.gguf", b"GGUF\x09\0\0\0").assert_incomplete("unsupported", "version 9");
    scan("m.gguf", b"GGUF\x03\0").assert_incomplete("malformed", "ends at byte 6");
    let templated = |key: &str, template: &str| check(&honest(3).string(key, template));
    let honest_template =
        "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}{% endfor %}";
    templated("tokenizer.chat_template", honest_template).assert_clean();
    for key in [
        "tokenizer.chat_template",
        "tokenizer.chat_template.tool_use",
    ] {
        let said = templated(
            key,
            "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        );
        assert!(
            said.findings
                .iter()
                .any(|(rule, _)| rule.starts_with("template")),
            "{said:?}"
        );
    }
    check(&Writer::new(3).number("general.architecture", 1))
        .assert_incomplete("malformed", "must be a text");
}

#[test]
fn judges_ten_gigabytes_in_milliseconds() {
    let numbers = 10_u64 << 28;
    let header = Writer::new(3).info("a", &[numbers], 0, 0).finish();
    let sparse = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(sparse.path(), &header).unwrap();
    sparse
        .as_file()
        .set_len(header.len() as u64 + numbers * 4)
        .unwrap();
    let mut file = std::fs::File::open(sparse.path()).unwrap();
    let location = gw_finding::Location::file("m.gguf");
    let mut output = gw_analysis::Output::default();
    let start = std::time::Instant::now();
    let mut report = crate::report::Report::new(&location, false, &mut output);
    crate::reader::Reader::read(
        &super::Gguf,
        crate::Content::Seekable(&mut file),
        &mut report,
    );
    println!("10 GB of GGUF in {:?}", start.elapsed());
    assert!(output.findings.is_empty() && output.incomplete.is_empty());
}

proptest! {
    #[test]
    fn changed_files_never_panic(at in any::<prop::sample::Index>(), to in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let mut bytes = honest(3).finish();
        let at = at.index(bytes.len());
        bytes[at] = to;
        scan_weights("m.gguf", &bytes);
        scan("m.gguf", &bytes[..cut.index(bytes.len())]);
    }

    #[test]
    fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        scan("m.gguf", &[&b"GGUF\x03\0\0\0"[..], &bytes].concat());
    }
}
