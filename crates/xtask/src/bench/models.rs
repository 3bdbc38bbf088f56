//! Models, beside a scanner of pickles that is written in Python and the reference tool for
//! signing models.

use std::fs::File;
use std::io::{BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::timing::Times;
use super::{RUNS, Row};
use crate::{run, tools};

/// The other programs, and what they need that pip would not choose by itself.
const PINS: [&str; 3] = [
    "picklescan==1.0.5",
    "model-signing==1.1.1",
    "pyopenssl==26.4.0",
];

/// How often what takes a second is run.
const FEW: usize = 5;

/// Opcodes of the long pickle; each pair has four bytes.
const OPCODES: usize = 10_000_000;

/// How large the archive of tensors says it is, in bytes; on the disk it has holes.
const TENSORS: u64 = 8 << 30;

/// How large the folder to sign is, in bytes and in files.
const SIGNED: (usize, usize) = (2 << 30, 4);

/// Our program and theirs.
pub(super) struct Models {
    ours: PathBuf,
    bin: PathBuf,
    folder: PathBuf,
}

impl Models {
    /// Installs the other programs into `folder`.
    pub(super) fn prepare(root: &Path, folder: &Path, ours: PathBuf) -> anyhow::Result<Self> {
        let bin = folder.join("models/bin");
        if !bin.join("model_signing").is_file() {
            tools::PYTHON.require(root)?;
            eprintln!("xtask: installing {}, once", PINS.join(", "));
            run::run(run::command("python3", folder).args(["-m", "venv", "models"]))?;
            run::run(
                run::command(bin.join("python"), folder)
                    .args([
                        "-m",
                        "pip",
                        "install",
                        "--quiet",
                        "--disable-pip-version-check",
                    ])
                    .args(PINS),
            )?;
        }
        Ok(Self {
            ours,
            bin,
            folder: folder.to_owned(),
        })
    }

    /// Measures everything, with files made in `scratch`.
    pub(super) fn rows(&self, scratch: &Path) -> anyhow::Result<Vec<Row>> {
        let tiny = scratch.join("tiny.pkl");
        std::fs::write(&tiny, b"\x80\x02}q\x00X\x01\x00\x00\x00aq\x01K\x01s.")?;
        let long = scratch.join("long.pkl");
        std::fs::write(&long, long_pickle())?;
        let torch = scratch.join("tensors.pt");
        torch_zip(&torch)?;
        Ok(vec![
            self.row("start, and a pickle of 20 bytes", "<= 20 ms", &tiny, RUNS)?,
            self.row(
                "pickle of 20 MB, 10 million opcodes",
                "<= 500 ms",
                &long,
                FEW,
            )?,
            self.row(
                "torch zip of 8 GiB, its structure",
                "<= 10 ms + start",
                &torch,
                RUNS,
            )?,
            self.signing(scratch)?,
        ])
    }

    fn row(
        &self,
        what: &str,
        budget: &'static str,
        file: &Path,
        runs: usize,
    ) -> anyhow::Result<Row> {
        let mut ours = run::command(&self.ours, &self.folder);
        ours.args(["--quiet", "model", "inspect"]).arg(file);
        let ours = Times::of(runs, &mut ours, &[0, 1, 2])?;
        let mut theirs = run::command(self.bin.join("picklescan"), &self.folder);
        theirs.arg("--path").arg(file);
        // 1 is that it found something, 2 that it could not read the file.
        let theirs = Times::of(runs.min(FEW), &mut theirs, &[0, 1, 2])?;
        let ratio = theirs.median() / ours.median();
        Ok(Row {
            what: what.to_owned(),
            budget,
            ours: ours.to_string(),
            other: format!("picklescan: {theirs} ({ratio:.1} times ours)"),
        })
    }

    /// Signing hashes everything and writes a small file.
    fn signing(&self, scratch: &Path) -> anyhow::Result<Row> {
        let model = scratch.join("model");
        std::fs::create_dir_all(&model)?;
        let (bytes, files) = SIGNED;
        let chunk: Vec<u8> = (0_u32..1 << 20)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect();
        for file in 0..files {
            let mut out = BufWriter::new(File::create(model.join(format!("weights-{file}.bin")))?);
            for _ in 0..bytes / files / chunk.len() {
                out.write_all(&chunk)?;
            }
            out.flush()?;
        }
        let key = scratch.join("key.pem");
        let mut openssl = run::command("openssl", scratch);
        openssl.args([
            "ecparam",
            "-name",
            "prime256v1",
            "-genkey",
            "-noout",
            "-out",
        ]);
        run::run(openssl.arg(&key))?;
        let mut ours = run::command(&self.ours, scratch);
        ours.args(["--quiet", "sign"]).arg(&model);
        ours.args(["--signature", "ours.sig", "--private-key"])
            .arg(&key);
        let ours = Times::of(FEW, &mut ours, &[0])?;
        let mut theirs = run::command(self.bin.join("model_signing"), scratch);
        theirs.args(["sign", "key"]).arg(&model);
        theirs
            .args(["--signature", "theirs.sig", "--private-key"])
            .arg(&key);
        let theirs = Times::of(FEW, &mut theirs, &[0])?;
        let rate = |times: &Times| bytes as f64 / 1e9 / times.median();
        Ok(Row {
            what: format!("signing {} GiB in {files} files", bytes >> 30),
            budget: ">= 1.4 GB/s",
            ours: format!("{ours}, {:.2} GB/s", rate(&ours)),
            other: format!("model-signing: {theirs}, {:.2} GB/s", rate(&theirs)),
        })
    }
}

/// Numbers that are put on the stack and taken off it again.
fn long_pickle() -> Vec<u8> {
    let mut pickle = b"\x80\x02".to_vec();
    pickle.extend(b"M\x01\x020".repeat(OPCODES / 2));
    pickle.extend(b"N.");
    pickle
}

/// An archive as PyTorch writes it: a pickle, and one stored member of tensors, which is a hole.
fn torch_zip(path: &Path) -> anyhow::Result<()> {
    let pickle = b"\x80\x02}q\x00X\x01\x00\x00\x00aq\x01K\x01s.";
    let members: [(&[u8], u64, &[u8]); 3] = [
        (b"archive/data.pkl", pickle.len() as u64, pickle),
        (b"archive/version", 2, b"3\n"),
        (b"archive/data/0", TENSORS, b""),
    ];
    let mut out = BufWriter::new(File::create(path)?);
    let mut directory = Vec::new();
    let mut at = 0_u64;
    for (name, size, content) in members {
        // Sizes lie in the zip64 field (PKWARE APPNOTE 4.5.3) of both headers.
        let mut extra = vec![1, 0, 16, 0];
        extra.extend([size.to_le_bytes(), size.to_le_bytes()].concat());
        let mut common = vec![45, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
        common.extend(crc32(content).to_le_bytes());
        common.extend([0xff; 8]);
        common.extend((name.len() as u16).to_le_bytes());
        let offset = at;
        out.write_all(b"PK\x03\x04")?;
        out.write_all(&common)?;
        out.write_all(&(extra.len() as u16).to_le_bytes())?;
        out.write_all(name)?;
        out.write_all(&extra)?;
        out.write_all(content)?;
        at += (30 + name.len() + extra.len()) as u64 + size;
        out.flush()?;
        out.seek(SeekFrom::Start(at))?;
        let mut more = vec![1, 0, 24, 0];
        more.extend([size.to_le_bytes(), size.to_le_bytes(), offset.to_le_bytes()].concat());
        directory.extend(b"PK\x01\x02\x2d\0");
        directory.extend(&common);
        directory.extend((more.len() as u16).to_le_bytes());
        directory.extend([0; 10]);
        directory.extend([0xff; 4]);
        directory.extend(name);
        directory.extend(&more);
    }
    let (count, size) = (members.len() as u64, directory.len() as u64);
    out.write_all(&directory)?;
    out.write_all(b"PK\x06\x06\x2c\0\0\0\0\0\0\0\x2d\0\x2d\0\0\0\0\0\0\0\0\0")?;
    for field in [count, count, size, at] {
        out.write_all(&field.to_le_bytes())?;
    }
    out.write_all(b"PK\x06\x07\0\0\0\0")?;
    out.write_all(&(at + size).to_le_bytes())?;
    out.write_all(b"\x01\0\0\0PK\x05\x06\0\0\0\0")?;
    out.write_all(&[0xff; 12])?;
    out.write_all(b"\0\0")?;
    out.flush()?;
    Ok(())
}

/// The checksum of zip (ISO 3309), bit by bit: what has one here is short.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
    !bytes
        .iter()
        .fold(!0, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}
