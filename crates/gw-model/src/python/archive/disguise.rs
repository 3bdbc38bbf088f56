//! Members and files that are not what they are named.

use super::group::ENDINGS;
use crate::Content;
use crate::reader::Reader;
use crate::report::{Evidence, Report, quote};
use crate::rules;
use crate::tensor::payload::{self, Class};

/// Endings that models have and programs do not.
const MODELS: [&str; 20] = [
    ".ckpt",
    ".dill",
    ".ggml",
    ".gguf",
    ".h5",
    ".hdf5",
    ".joblib",
    ".keras",
    ".npy",
    ".npz",
    ".onnx",
    ".pickle",
    ".pkl",
    ".pt",
    ".pth",
    ".safetensors",
    ".skops",
    ".tflite",
    "adapter_model.bin",
    "pytorch_model.bin",
];

/// Programs under a model's name.
pub(crate) struct Disguise;

impl Reader for Disguise {
    fn claims(&self, path: &str, head: &[u8]) -> bool {
        let program = payload::kind(head).is_some_and(|kind| kind.class == Class::Program);
        let lower = path.to_ascii_lowercase();
        program && MODELS.iter().any(|ending| lower.ends_with(ending))
    }

    fn read(&self, mut content: Content<'_>, report: &mut Report<'_>) {
        let head = content
            .take_up_to(payload::ENOUGH as u64)
            .unwrap_or_default();
        if let Some(kind) = payload::kind(&head) {
            let message = format!("The file is named as a model and is {}.", kind.name);
            report.find(
                &rules::EMBEDDED_EXECUTABLE,
                Evidence::new("disguised", message),
            );
        }
    }
}

/// How archives' walkers write `..` in a path that would lead out of the archive.
const PARENT: &str = "\u{FFFD}2e\u{FFFD}2e";

/// Members of models whose names lead out of the folder that the model is unpacked in.
pub(crate) struct Escape;

impl Reader for Escape {
    fn claims(&self, path: &str, _head: &[u8]) -> bool {
        path.contains(PARENT)
    }

    fn read(&self, _content: Content<'_>, report: &mut Report<'_>) {
        let mut location = report.location().clone();
        let Some(path) = location.inside.pop() else {
            return;
        };
        let archive = location.inside.last().unwrap_or(&location.path);
        let lower = archive.to_ascii_lowercase();
        if !ENDINGS.iter().any(|ending| lower.ends_with(ending)) {
            return;
        }
        let shown = path.replace(PARENT, "..");
        let message = format!(
            "The member {} would be unpacked outside the model's folder.",
            quote(&shown)
        );
        report.find(&rules::EXTERNAL_PATH, Evidence::new(shown, message));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::scan;
    use super::*;

    #[test]
    fn programs_are_not_models() {
        let mut elf = b"\x7fELF\x02\x01\x01".to_vec();
        elf.resize(200, 0);
        elf[16] = 2;
        elf[52] = 64;
        assert!(Disguise.claims("m/pytorch_model.bin", &elf));
        assert!(Disguise.claims("m/Model.PT", &elf));
        assert!(!Disguise.claims("m/tool.bin", &elf));
        assert!(!Disguise.claims("m/model.pt", b"\x80\x04}."));
    }

    #[test]
    fn members_that_leave_the_folder_are_reported() {
        let path = format!("assets/{PARENT}/{PARENT}/x");
        scan("m.keras", &[(&path, b"x")]).assert_found(&[("external-path", "assets/../../x")]);
        scan("m.zip", &[(&path, b"x")]).assert_found(&[]);
    }
}
