//! Real models, as packages bring them, and the libraries that write and check the formats.

use std::path::Path;

use super::part;
use crate::run;

/// Packages with models inside (ONNX, TensorFlow, TensorFlow Lite, Core ML, safetensors), without what
/// they need to run, and the formats' own libraries.
const PINS: &str = "\
basic-pitch==0.4.0
gguf==0.19.0
magika==1.0.3
ml_dtypes==0.6.0
numpy==2.4.6
onnx==1.23.2
protobuf==7.36.2
rapidocr-onnxruntime==1.4.4
safetensors==0.8.0
silero-vad==6.2.3
typing_extensions==4.16.0
pyyaml==6.0.4
tqdm==4.70.1
requests==2.34.2
urllib3==2.8.0
idna==3.20
certifi==2026.10.19.post1
charset-normalizer==3.5.2
";

pub(super) fn prepare(folder: &Path) -> anyhow::Result<()> {
    // An environment belongs to the interpreter that made it.
    let version = run::output(
        run::command("python3", folder)
            .args(["-c", "import sys; print(sys.version, sys.base_prefix)"]),
    )?;
    part(folder, "models", &format!("{version}{PINS}"), |part| {
        run::run(run::command("python3", part).args(["-m", "venv", "."]))?;
        let pins = part.join("pins.txt");
        std::fs::write(&pins, PINS)?;
        run::run(
            run::command(part.join("bin/python"), part)
                .args(["-m", "pip", "install", "--quiet", "--no-input"])
                .args(["--disable-pip-version-check", "--no-deps", "--requirement"])
                .arg(&pins),
        )
    })
}
