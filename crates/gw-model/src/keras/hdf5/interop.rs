//! Files as h5py writes them, in each of the library's formats.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "clippy does not know that this is only compiled for tests"
)]

use std::path::PathBuf;
use std::process::Command;

use super::{File, read};
use crate::Content;

const SCRIPT: &str = r"
import sys, h5py, numpy as np
folder = sys.argv[1] + '/'

def fill(f):
    f.attrs['keras_version'] = '2.15.0'
    # Larger than an object header may be, if it were not in a heap.
    f.attrs['model_config'] = '{}' + ' ' * 200000
    f.attrs['weight_names'] = np.array([b'a', b'bb'])
    for i in range(60):
        g = f.create_group(f'layer_{i}')
        for j in range(3):
            g.create_dataset(f'w{j}', data=np.zeros((3, 4), dtype='f4'))
        for j in range(20):
            g.attrs[f'at{j}'] = f'value {j}'
    f.create_dataset('z', data=np.zeros((100, 100), dtype='f2'), chunks=(10, 10),
                     compression='gzip', shuffle=True)
    f['soft'] = h5py.SoftLink('/z')
    f['ext'] = h5py.ExternalLink('/elsewhere.h5', '/x')
    f.create_dataset('extern', shape=(10,), dtype='f4', external=[('../out.bin', 0, 40)])
    layout = h5py.VirtualLayout(shape=(4, 100), dtype='f4')
    for i in range(4):
        layout[i] = h5py.VirtualSource(f'/data/src{i}.h5', 'd', shape=(100,))
    f.create_virtual_dataset('vds', layout)

for version in ('earliest', 'v108', 'v110', 'v112', 'latest'):
    with h5py.File(folder + version + '.h5', 'w', libver=version) as f:
        fill(f)
with h5py.File(folder + 'block.h5', 'w', userblock_size=1024) as f:
    fill(f)
with h5py.File(folder + 'many.h5', 'w', libver='latest') as f:
    for i in range(3000):
        f.create_dataset(f'a{i:05}', data=np.zeros(2, dtype='i4'))
        f.attrs[f'attr{i}'] = f't{i}'
";

fn file(folder: &tempfile::TempDir, name: &str) -> File {
    let bytes = std::fs::read(folder.path().join(name)).unwrap();
    let file = read(Content::bytes(&bytes)).unwrap();
    assert_eq!(file.problems, [], "{name}");
    file
}

#[test]
fn files_of_h5py_are_read() {
    let environment = std::env::var_os("GW_TEST_ENV")
        .expect("GW_TEST_ENV is not set: run this test with `cargo xtask test`, which sets it");
    let folder = tempfile::tempdir().unwrap();
    let status = Command::new(PathBuf::from(environment).join("python/bin/python"))
        .args(["-c", SCRIPT])
        .arg(folder.path())
        .status()
        .unwrap();
    assert!(status.success());
    for name in ["earliest", "v108", "v110", "v112", "latest", "block"] {
        let file = file(&folder, &format!("{name}.h5"));
        assert_eq!(file.datasets.len(), 183, "{name}");
        assert_eq!(file.root("keras_version"), Some("2.15.0"), "{name}");
        assert_eq!(
            file.root("model_config").map(str::len),
            Some(200_002),
            "{name}"
        );
        let of_layers = file
            .attributes
            .iter()
            .filter(|one| one.path.starts_with("/layer_"));
        assert_eq!(of_layers.count(), 1200, "{name}");
        let names = file
            .attributes
            .iter()
            .find(|one| one.name == "weight_names");
        assert_eq!(names.unwrap().texts, ["a", "bb"], "{name}");
        let z = file.datasets.iter().find(|one| one.path == "/z").unwrap();
        assert_eq!(
            (z.kind, z.shape.as_slice()),
            ("f16", &[100, 100][..]),
            "{name}"
        );
        assert_eq!(z.filters, [2, 1], "{name}");
        let mut outside: Vec<&str> = file.outside.iter().map(|one| one.file.as_str()).collect();
        outside.sort_unstable();
        let sources = [
            "/data/src0.h5",
            "/data/src1.h5",
            "/data/src2.h5",
            "/data/src3.h5",
        ];
        let expected = [&["../out.bin"][..], &sources[..], &["/elsewhere.h5"][..]].concat();
        assert_eq!(outside, expected, "{name}");
        let lies: Vec<&super::Dataset> = file
            .datasets
            .iter()
            .filter(|one| one.lie.is_some())
            .collect();
        assert!(lies.is_empty(), "{name}: {lies:?}");
    }
    let many = file(&folder, "many.h5");
    assert_eq!(many.datasets.len(), 3000);
    assert_eq!(many.attributes.len(), 3000);
    let last = many.attributes.iter().find(|one| one.name == "attr2999");
    assert_eq!(last.unwrap().texts, ["t2999"]);
}
