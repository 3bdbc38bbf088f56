//! Real models, as packages bring them, and the libraries that write and check the formats.

use std::path::Path;

use super::part;
use crate::run;

/// Packages with models inside (ONNX, TensorFlow, TensorFlow Lite, Core ML, safetensors, PyTorch,
/// joblib), without what they need to run, and the formats' own libraries.
const PINS: &str = "\
alt-profanity-check==1.9.1
basic-pitch==0.4.0
certifi==2026.10.19.post1
charset-normalizer==3.5.2
cloudpickle==3.1.3
flatbuffers==25.12.19
gguf==0.19.0
idna==3.20
joblib==1.6.0
lpips==0.1.4
lz4==4.4.5
magika==1.0.3
ml_dtypes==0.6.0
narwhals==2.29.0
numpy==2.4.6
onnx==1.23.2
packaging==26.3
prettytable==3.18.0
protobuf==7.36.2
pyyaml==6.0.4
rapidocr-onnxruntime==1.4.4
requests==2.34.2
safetensors==0.8.0
scikit-learn==1.9.1
scipy==1.17.1
silero-vad==6.2.3
skops==0.16.0
tflite==2.18.0
threadpoolctl==3.8.0
tqdm==4.70.1
typing_extensions==4.16.0
urllib3==2.8.0
wcwidth==0.9.4
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
