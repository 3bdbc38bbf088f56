//! Formats whose loaders run what the file tells them to.

/// Whether loading a model of this format can run code that the file brings, whatever the scan says
/// of this one: pickles in every wrapping, R's serialised closures, and programs. Formats of plain
/// numbers and graphs are not among them; what is odd in those is a finding.
pub(crate) fn executable(format: &str) -> bool {
    const PARTS: &[&str] = &[
        "pickle",
        "pytorch",
        "torchscript",
        "joblib",
        "dill",
        "marshal",
        "python",
        "mlflow-pyfunc",
    ];
    const WHOLE: &[&str] = &[
        "torch",
        "torch-package",
        "torchserve",
        "llamafile",
        "rds",
        "rdata",
        "pyc",
    ];
    let format = format.to_ascii_lowercase();
    PARTS.iter().any(|part| format.contains(part)) || WHOLE.contains(&format.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_that_run_code_are_told_apart() {
        for (format, expected) in [
            ("pickle", true),
            ("pytorch-zip", true),
            ("pytorch-legacy", true),
            ("joblib", true),
            ("numpy-pickle", true),
            ("torchscript", true),
            ("torch-package", true),
            ("llamafile", true),
            ("Rds", true),
            ("safetensors", false),
            ("gguf", false),
            ("onnx", false),
            ("numpy", false),
            ("executorch", false),
            ("", false),
        ] {
            assert_eq!(executable(format), expected, "{format}");
        }
    }
}
