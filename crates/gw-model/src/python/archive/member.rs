//! What a member of a model's archive is, kept until it is known which archives are models: the
//! same library in a package of Python is what one expects there.

use std::io;

use gw_finding::ReasonCode;

use crate::Content;
use crate::code::marshal::{self, CodeSummary};
use crate::python::source::{self, SourceSummary};
use crate::python::torchscript::{self, Operator};
use crate::reader::Reader;
use crate::report::Report;
use crate::tensor::payload::{self, Class};

/// How much of a small member is read: versions, byte orders.
const SMALL: u64 = 4096;

/// How much source or compiled code is read from one member.
const CODE: u64 = 16 << 20;

/// A member of an archive that says something about the archive.
pub(crate) enum Member {
    /// Python source, and the operators that it would use as TorchScript.
    Source(SourceSummary, Vec<Operator>),
    /// Compiled Python code.
    Compiled(CodeSummary),
    /// Machine code; what, with an article.
    Native(&'static str),
    /// Source of machine code that is compiled when the model is loaded.
    NativeSource,
    /// A script for a command interpreter.
    Script,
    /// A small file with one word, in which frameworks keep versions and the like.
    Word(String),
    /// Numbers: how many bytes, and what they begin as if that is something else.
    Storage(u64, Option<&'static str>),
}

/// Reads members that are code.
pub(crate) struct CodeMember;

impl Reader for CodeMember {
    fn claims(&self, path: &str, head: &[u8]) -> bool {
        is_source(path)
            || is_native_name(path)
            || is_script_name(path)
            || head.starts_with(b"#!")
            || marshal::pyc_header(head).is_some()
            || is_native(head)
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        // Files of a folder are somebody's program; which of them belong to a model only the
        // model's own files say.
        let is_compiled = |content: &mut Content<'_>| {
            let head = content.take_up_to(16).unwrap_or_default();
            content.go_to(0).is_ok() && marshal::pyc_header(&head).is_some()
        };
        if report.location().inside.is_empty()
            && !in_code_folder(report.path())
            && !is_compiled(&mut content)
        {
            return;
        }
        if is_storage(report.path()) {
            return;
        }
        match member(&mut content, report.path()) {
            Ok(Some(Ok(member))) => {
                if let Member::Source(summary, _) = &member {
                    for (reason, detail) in &summary.problems {
                        if *reason != ReasonCode::Malformed {
                            report.incomplete(*reason, detail.clone());
                        }
                    }
                }
                report.keep(member);
            }
            Ok(Some(Err(error))) => report.incomplete(error.reason, error.message),
            Ok(None) => {}
            Err(error) => report.incomplete(ReasonCode::Unreadable, error.to_string()),
        }
    }
}

type Read = io::Result<Option<Result<Member, marshal::MarshalError>>>;

fn member(content: &mut Content<'_>, path: &str) -> Read {
    let mut bytes = content.take_up_to(payload::ENOUGH as u64)?;
    if let Some(kind) = payload::kind(&bytes)
        && kind.class == Class::Program
    {
        return Ok(Some(Ok(Member::Native(kind.name))));
    }
    if is_native_name(path) {
        return Ok(Some(Ok(if is_native_source(path) {
            Member::NativeSource
        } else {
            Member::Native("a library by its name")
        })));
    }
    if marshal::pyc_header(&bytes).is_some() {
        bytes.extend(content.take_up_to(CODE)?);
        return Ok(Some(marshal::read_pyc(&bytes).map(Member::Compiled)));
    }
    let first = bytes
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let python = first.starts_with(b"#!") && contains(first, b"python");
    if is_source(path) || python {
        bytes.extend(content.take_up_to(CODE)?);
        let summary = source::read(&bytes);
        let operators = torchscript::operators(&bytes);
        return Ok(Some(Ok(Member::Source(summary, operators))));
    }
    if first.starts_with(b"#!") || is_script_name(path) {
        return Ok(Some(Ok(Member::Script)));
    }
    Ok(None)
}

/// Reads members that are data of frameworks.
pub(crate) struct DataMember;

impl Reader for DataMember {
    fn claims(&self, path: &str, head: &[u8]) -> bool {
        is_word(path) || (is_storage(path) && !head.is_empty())
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        // On disk, only what an unpacked archive of PyTorch's has.
        if report.location().inside.is_empty()
            && !is_word(report.path())
            && !is_numbered(report.path())
        {
            return;
        }
        match data(&mut content, report.path()) {
            Ok(member) => report.keep(member),
            Err(error) => report.incomplete(ReasonCode::Unreadable, error.to_string()),
        }
    }
}

fn data(content: &mut Content<'_>, path: &str) -> io::Result<Member> {
    if is_word(path) {
        let bytes = content.take_up_to(SMALL)?;
        return Ok(Member::Word(
            String::from_utf8_lossy(&bytes).trim().to_owned(),
        ));
    }
    let size = content.size()?;
    let start = content.take_up_to(payload::ENOUGH as u64)?;
    let other = payload::kind(&start)
        .filter(|kind| matches!(kind.class, Class::Program | Class::Pickle | Class::Archive))
        .map(|kind| kind.name);
    let size = match size {
        Some(size) => size,
        None => (start.len() as u64).saturating_add(content.skip(u64::MAX)?),
    };
    Ok(Member::Storage(size, other))
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn extension(path: &str) -> String {
    name(path)
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase())
        .unwrap_or_default()
}

/// Whether a file lies in a folder into which MLflow puts the code of a model.
fn in_code_folder(path: &str) -> bool {
    let mut parts = path.split('/').rev();
    parts.next();
    parts.any(|part| part == "code")
}

fn is_source(path: &str) -> bool {
    matches!(extension(path).as_str(), "py" | "pyw" | "pyi")
}

fn is_native_source(path: &str) -> bool {
    matches!(
        extension(path).as_str(),
        "c" | "cc" | "cpp" | "cxx" | "cu" | "s" | "ptx"
    )
}

fn is_native_name(path: &str) -> bool {
    let name = name(path);
    is_native_source(path)
        || name.contains(".so.")
        || matches!(
            extension(path).as_str(),
            "so" | "dll" | "dylib" | "pyd" | "exe" | "o" | "obj" | "cubin" | "wasm" | "elf"
        )
}

fn is_script_name(path: &str) -> bool {
    matches!(
        extension(path).as_str(),
        "sh" | "bash" | "zsh" | "bat" | "cmd" | "ps1" | "psm1" | "vbs" | "js" | "pl" | "rb" | "hta"
    )
}

fn is_native(head: &[u8]) -> bool {
    [
        &b"\x7fELF"[..],
        b"MZ",
        b"\xcf\xfa\xed\xfe",
        b"\xce\xfa\xed\xfe",
        b"\xfe\xed\xfa\xcf",
        b"\xca\xfe\xba\xbe",
        b"\0asm",
    ]
    .iter()
    .any(|magic| head.starts_with(magic))
}

fn is_word(path: &str) -> bool {
    matches!(
        name(path),
        "version"
            | "byteorder"
            | ".format_version"
            | ".storage_alignment"
            | "archive_format"
            | "archive_version"
            | "extern_modules"
            | "python_version"
    )
}

/// Whether a member lies where torch keeps storages: `data/0`, `.data/12.storage`, `data/weights/x`.
fn is_storage(path: &str) -> bool {
    let Some((folder, name)) = path.rsplit_once('/') else {
        return false;
    };
    let folder = folder.rsplit('/').next().unwrap_or(folder);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match folder {
        _ if digits(name) => true,
        // Keys are numbers in files that torch writes, and whatever an attacker likes in others.
        "data" | "constants" | "tensors" => !name.contains('.') || name.ends_with(".storage"),
        ".data" => name.strip_suffix(".storage").is_some_and(digits),
        _ => name.ends_with(".storage"),
    }
}

/// Whether a path is a number in a folder that is named like one of torch's for storages.
fn is_numbered(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    let (name, folder) = (parts.next(), parts.next());
    name.is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
        && matches!(
            folder,
            Some("data" | "constants" | "tensors" | "traced_inputs")
        )
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(bytes, part).is_some()
}
