//! Fuzz targets: one for every parser of untrusted bytes.
//!
//! None may panic, hang or exhaust memory. Where there is more to say (what is written reads back
//! the same, orders are orders), the target says it. Each target comes with seeds, small valid
//! documents that are part of the code.

mod advisory;
mod archive;
mod dependency;
mod identity;
mod kernel;
mod layout;
mod model;
mod python;
mod seeds;
mod signing;
mod tree;

use std::io;
use std::path::Path;

/// A parser under test.
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// Feeds it.
    pub run: fn(&[u8]),
    /// Valid inputs to start from.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// Makes a target of a function and a function or constant of seeds.
macro_rules! target {
    ($name:literal, $run:expr, $seeds:expr) => {
        Target {
            name: $name,
            run: |data| $run(data),
            seeds: || {
                $seeds
                    .iter()
                    .map(|seed| Vec::from(AsRef::<[u8]>::as_ref(seed)))
                    .collect()
            },
        }
    };
}

/// Every target.
pub const TARGETS: &[Target] = &[
    target!(
        "cargo_lock",
        |d| dependency::file("Cargo.lock", d),
        seeds::CARGO_LOCK
    ),
    target!(
        "cargo_toml",
        |d| dependency::file("Cargo.toml", d),
        seeds::CARGO_TOML
    ),
    target!("go_mod", |d| dependency::file("go.mod", d), seeds::GO_MOD),
    target!("go_sum", |d| dependency::file("go.sum", d), seeds::GO_SUM),
    target!(
        "go_work",
        |d| dependency::file("go.work", d),
        seeds::GO_WORK
    ),
    target!(
        "go_vendor",
        |d| dependency::file("vendor/modules.txt", d),
        seeds::GO_VENDOR
    ),
    target!(
        "package_json",
        |d| dependency::file("package.json", d),
        seeds::PACKAGE_JSON
    ),
    target!(
        "package_lock",
        |d| dependency::file("package-lock.json", d),
        seeds::PACKAGE_LOCK
    ),
    target!(
        "yarn_lock",
        |d| dependency::file("yarn.lock", d),
        seeds::YARN_LOCK
    ),
    target!(
        "pnpm_lock",
        |d| dependency::file("pnpm-lock.yaml", d),
        seeds::PNPM_LOCK
    ),
    target!(
        "requirements",
        |d| dependency::file("requirements.txt", d),
        seeds::REQUIREMENTS
    ),
    target!(
        "pipfile",
        |d| dependency::file("Pipfile", d),
        seeds::PIPFILE
    ),
    target!(
        "pipfile_lock",
        |d| dependency::file("Pipfile.lock", d),
        seeds::PIPFILE_LOCK
    ),
    target!(
        "poetry_lock",
        |d| dependency::file("poetry.lock", d),
        seeds::POETRY_LOCK
    ),
    target!(
        "pdm_lock",
        |d| dependency::file("pdm.lock", d),
        seeds::PDM_LOCK
    ),
    target!(
        "uv_lock",
        |d| dependency::file("uv.lock", d),
        seeds::UV_LOCK
    ),
    target!(
        "pylock",
        |d| dependency::file("pylock.toml", d),
        seeds::PYLOCK
    ),
    target!(
        "pyproject",
        |d| dependency::file("pyproject.toml", d),
        seeds::PYPROJECT
    ),
    target!(
        "setup_cfg",
        |d| dependency::file("setup.cfg", d),
        seeds::SETUP_CFG
    ),
    target!(
        "setup_py",
        |d| dependency::file("setup.py", d),
        seeds::SETUP_PY
    ),
    target!(
        "dist_info",
        |d| dependency::file("lib/site-packages/a-1.0.dist-info/METADATA", d),
        seeds::DIST_INFO
    ),
    target!("project", dependency::project, seeds::projects()),
    target!(
        "cyclonedx_json",
        dependency::cyclonedx_json,
        seeds::CYCLONEDX_JSON
    ),
    target!(
        "cyclonedx_xml",
        dependency::cyclonedx_xml,
        seeds::CYCLONEDX_XML
    ),
    target!("purl", dependency::purl, seeds::PURLS),
    target!(
        "version_cargo",
        |d| dependency::versions("crates.io", d),
        seeds::VERSIONS
    ),
    target!(
        "version_npm",
        |d| dependency::versions("npm", d),
        seeds::VERSIONS
    ),
    target!(
        "version_pypi",
        |d| dependency::versions("PyPI", d),
        seeds::VERSIONS
    ),
    target!(
        "version_go",
        |d| dependency::versions("Go", d),
        seeds::VERSIONS
    ),
    target!("license", dependency::license, seeds::LICENSES),
    target!("json", tree::json, seeds::JSON),
    target!("yaml", tree::yaml, seeds::YAML),
    target!("toml", tree::toml, seeds::TOML),
    target!("zip", archive::any, archive::zips()),
    target!("tar", archive::tar, archive::tars()),
    target!("gzip", archive::any, archive::gzips()),
    target!("zstd", archive::any, archive::zstds()),
    target!("compressed", archive::any, archive::streams()),
    target!("seven_zip", archive::seven_zip, archive::seven_zips()),
    target!("osv", advisory::osv, seeds::OSV),
    target!("kev", advisory::kev, seeds::KEV),
    target!("index", advisory::index, advisory::indexes()),
    target!(
        "template",
        |d| model::file("chat_template.jinja", d),
        layout::TEMPLATES
    ),
    target!(
        "keras_config",
        |d| model::file("model.json", d),
        layout::KERAS
    ),
    target!("hdf5", |d| model::file("model.h5", d), layout::hdf5s()),
    target!("ubj", |d| model::file("model.ubj", d), layout::UBJ),
    target!(
        "msgpack",
        |d| model::file("flax_model.msgpack", d),
        layout::MSGPACK
    ),
    target!("pmml", |d| model::file("model.pmml", d), layout::PMML),
    target!("modelcard", |d| model::file("README.md", d), layout::CARDS),
    target!(
        "model_config",
        |d| model::file("config.json", d),
        layout::CONFIGS
    ),
    target!(
        "lightgbm",
        |d| model::file("model.txt", d),
        layout::LIGHTGBM
    ),
    target!("envelope", kernel::envelope, kernel::envelopes()),
    target!(
        "model_statement",
        kernel::model_statement,
        kernel::model_statements()
    ),
    target!("public_key", kernel::public_key, kernel::public_keys()),
    target!("note", kernel::note, kernel::notes()),
    target!(
        "witness_request",
        kernel::witness_request,
        kernel::witness_requests()
    ),
    target!("bundle", kernel::bundle, kernel::bundles()),
    target!(
        "sigstore_bundle",
        signing::sigstore_bundle,
        signing::sigstore_bundles()
    ),
    target!(
        "model_manifest",
        signing::model_manifest,
        signing::model_manifests()
    ),
    target!("x509", signing::x509, signing::x509s()),
    target!(
        "trusted_root",
        signing::trusted_root,
        signing::trusted_roots()
    ),
    target!("time_stamp", signing::time_stamp, signing::time_stamps()),
    target!("cbor", identity::cbor, identity::cbors()),
    target!("webauthn", identity::webauthn, identity::webauthns()),
    target!("jose", identity::jose, identity::joses()),
    target!("tile", kernel::tile, kernel::tiles()),
    target!(
        "safetensors",
        |d| model::file("m.safetensors", d),
        model::safetensors()
    ),
    target!("gguf", |d| model::file("m.gguf", d), model::ggufs()),
    target!("ggml", |d| model::file("m.bin", d), model::ggmls()),
    target!("onnx", |d| model::file("m.onnx", d), model::onnxs()),
    target!(
        "tensorflow",
        |d| model::file("a.pb", d),
        model::tensorflows()
    ),
    target!(
        "saved_model",
        |d| model::file("saved_model.pb", d),
        model::tensorflows()
    ),
    target!("sstable", |d| model::file("v.index", d), model::tables()),
    target!("tflite", |d| model::file("m.tflite", d), model::tflites()),
    target!("coreml", |d| model::file("m.mlmodel", d), model::coremls()),
    target!("openvino", |d| model::file("m.xml", d), model::OPENVINO),
    target!("caffe", |d| model::file("m.prototxt", d), model::PROTOTXT),
    target!("npy", |d| model::file("a.npy", d), python::npys()),
    target!("zfile", |d| model::file("a.pkl.z", d), python::zfiles()),
    target!("marshal", python::marshal, python::codes()),
    target!("pyc", |d| python::member("a.pyc", d), python::pycs()),
    target!(
        "python_source",
        |d| python::member("pkg/a.py", d),
        python::SOURCES
    ),
    target!(
        "skops",
        |d| python::member("schema.json", d),
        python::SCHEMAS
    ),
    target!(
        "model_config",
        |d| python::member("model_config.yaml", d),
        python::CONFIGS
    ),
    target!("mlmodel", |d| model::file("m/MLmodel", d), python::MLMODELS),
    target!(
        "torch_archive",
        |d| python::member("archive/data.pkl", d),
        python::states()
    ),
    target!("policy", kernel::policy, seeds::POLICIES),
    target!("policy_table", kernel::policy_table, seeds::POLICY_TABLES),
    target!("config", kernel::config, seeds::CONFIGS),
    target!("claims", kernel::claims, seeds::CLAIMS),
    target!("pickle", |d| model::file("a.pkl", d), seeds::PICKLE),
];

/// Writes the seeds of every target into a folder of its name.
///
/// # Errors
/// If the folder cannot be written.
pub fn write_seeds(folder: &Path) -> io::Result<()> {
    for target in TARGETS {
        let folder = folder.join(target.name);
        std::fs::create_dir_all(&folder)?;
        for (number, seed) in (target.seeds)().into_iter().enumerate() {
            std::fs::write(folder.join(format!("seed-{number}")), seed)?;
        }
    }
    Ok(())
}
