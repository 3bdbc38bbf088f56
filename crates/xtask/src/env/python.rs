//! Virtual environments with the implementations that Python's own tools use.

use std::path::Path;

use super::part;
use crate::run;

/// `cyclonedx-python-lib[validation]`, `openlineage-python`, `packageurl-python`, `packaging`,
/// `jinja2`, `model-signing`, `py7zr`, `lz4`, the libraries that write models (`h5py`, `joblib`,
/// `numpy`, `pandas`, `scikit-learn`, `scipy`), and all that they need.
const PINS: &str = "\
anyio==4.16.0
arrow==1.4.0
attrs==26.1.0
backports.zstd==1.8.0
boolean.py==5.0
brotli==1.2.1
certifi==2026.10.19.post1
charset-normalizer==3.5.2
cloudpickle==3.1.3
cyclonedx-python-lib==11.12.0
defusedxml==0.7.1
fqdn==1.6.0
h11==0.16.0
h5py==3.16.0
httpcore2==2.16.2
httpx2==2.16.2
idna==3.20
inflate64==1.0.4
isoduration==20.11.0
jinja2==3.1.6
joblib==1.6.0
jsonpointer==3.12
jsonschema-specifications==2025.9.1
jsonschema==4.26.0
lark==1.3.1
license-expression==30.4.4
lxml==6.1.3
lz4==4.4.5
markupsafe==3.0.4
multivolumefile==0.2.3
narwhals==2.29.0
numpy==2.4.6
openlineage-python==1.54.0
packageurl-python==0.17.6
packaging==26.3
pandas==3.1.1
psutil==7.2.2
py-serializable==2.2.0
py7zr==1.1.3
pybcj==1.0.8
pycryptodomex==3.24.2
pyppmd==1.3.1
python-dateutil==4.0.0
pyyaml==6.0.3
referencing==0.37.0
requests==2.34.2
rfc3339-validator==0.1.4
rfc3986-validator==0.1.1
rfc3987-syntax==1.1.0
rpds-py==2026.9.1
scikit-learn==1.9.1
scipy==1.17.1
six==1.17.0
sortedcontainers==2.4.0
texttable==1.7.2
threadpoolctl==3.8.0
typing_extensions==4.16.0
truststore==0.10.5
tzdata==2026.6
uri-template==1.3.0
urllib3==2.8.0
webcolors==25.10.0
";

/// `model-signing`, with the pyOpenSSL that it needs for certificates, and all that they need. An
/// environment of its own, since its requirements are many and narrow.
const MODEL_SIGNING_PINS: &str = "\
annotated-types==0.8.0
asn1crypto==1.5.1
blake3==1.0.11
certifi==2026.10.19.post1
cffi==2.1.1
charset-normalizer==3.5.2
click==8.5.1
cryptography==50.0.2
dnspython==2.9.2
email-validator==2.4.0
id==1.6.1
idna==3.20
in-toto-attestation==0.9.3
markdown-it-py==4.3.0
mdurl==0.1.2
model-signing==1.1.1
platformdirs==4.14.8
protobuf==7.36.2
pycparser==3.12
pydantic==2.14.4
pydantic_core==2.50.5
Pygments==2.21.0
PyJWT==2.15.1
pyOpenSSL==26.4.0
requests==2.34.2
rfc3161-client==1.0.9
rfc8785==0.1.4
rich==15.0.0
securesystemslib==1.6.0
sigstore==4.5.1
sigstore-models==0.0.6
sigstore-rekor-types==0.0.18
tuf==7.0.1
typing-inspection==0.4.5
typing_extensions==4.16.0
urllib3==2.8.0
";

/// `fido2`, and all that it needs: an authenticator and a verifier of passkeys.
const FIDO2_PINS: &str = "\
cffi==2.1.1
cryptography==50.0.2
fido2==2.2.1
pycparser==3.12
";

pub(super) fn prepare(folder: &Path) -> anyhow::Result<()> {
    environment(folder, "python", PINS)?;
    environment(folder, "model-signing", MODEL_SIGNING_PINS)?;
    environment(folder, "fido2", FIDO2_PINS)
}

fn environment(folder: &Path, name: &str, pins: &str) -> anyhow::Result<()> {
    // An environment belongs to the interpreter that made it.
    let version = run::output(
        run::command("python3", folder)
            .args(["-c", "import sys; print(sys.version, sys.base_prefix)"]),
    )?;
    part(folder, name, &format!("{version}{pins}"), |part| {
        run::run(run::command("python3", part).args(["-m", "venv", "."]))?;
        let list = part.join("pins.txt");
        std::fs::write(&list, pins)?;
        run::run(
            run::command(part.join("bin/python"), part)
                .args(["-m", "pip", "install", "--quiet", "--no-input"])
                .args(["--disable-pip-version-check", "--no-deps", "--requirement"])
                .arg(&list),
        )?;
        // Nothing is missing from the list, and nothing in it contradicts another.
        run::run(run::command(part.join("bin/python"), part).args(["-m", "pip", "check"]))
    })
}
