//! A virtual environment with the implementations that Python's own tools use.

use std::path::Path;

use super::part;
use crate::run;

/// `cyclonedx-python-lib[validation]`, `packageurl-python`, `packaging`, `py7zr`, `lz4`, and all
/// that they need.
const PINS: &str = "\
arrow==1.4.0
attrs==26.1.0
backports.zstd==1.8.0
boolean.py==5.0
brotli==1.2.1
cyclonedx-python-lib==11.12.0
defusedxml==0.7.1
fqdn==1.6.0
idna==3.20
inflate64==1.0.4
isoduration==20.11.0
jsonpointer==3.12
jsonschema==4.26.0
jsonschema-specifications==2025.9.1
lark==1.3.1
license-expression==30.4.4
lz4==4.4.5
lxml==6.1.3
multivolumefile==0.2.3
packageurl-python==0.17.6
packaging==26.3
psutil==7.2.2
py7zr==1.1.3
py-serializable==2.2.0
pybcj==1.0.8
pycryptodomex==3.24.2
pyppmd==1.3.1
python-dateutil==4.0.0
pyyaml==6.0.3
referencing==0.37.0
rfc3339-validator==0.1.4
rfc3986-validator==0.1.1
rfc3987-syntax==1.1.0
rpds-py==2026.9.1
six==1.17.0
sortedcontainers==2.4.0
texttable==1.7.2
typing_extensions==4.16.0
tzdata==2026.6
uri-template==1.3.0
webcolors==25.10.0
";

pub(super) fn prepare(folder: &Path) -> anyhow::Result<()> {
    // An environment belongs to the interpreter that made it.
    let version = run::output(
        run::command("python3", folder)
            .args(["-c", "import sys; print(sys.version, sys.base_prefix)"]),
    )?;
    part(folder, "python", &format!("{version}{PINS}"), |part| {
        run::run(run::command("python3", part).args(["-m", "venv", "."]))?;
        let pins = part.join("pins.txt");
        std::fs::write(&pins, PINS)?;
        run::run(
            run::command(part.join("bin/python"), part)
                .args(["-m", "pip", "install", "--quiet", "--no-input"])
                .args(["--disable-pip-version-check", "--no-deps", "--requirement"])
                .arg(&pins),
        )?;
        // Nothing is missing from the list, and nothing in it contradicts another.
        run::run(run::command(part.join("bin/python"), part).args(["-m", "pip", "check"]))
    })
}
