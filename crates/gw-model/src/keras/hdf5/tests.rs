use proptest::prelude::*;

use super::{File, read};
use crate::Content;

/// Writes HDF5 files with a superblock of version 0, groups as symbol tables, and object headers
/// of version 1, as h5py does by default.
#[derive(Default)]
pub(crate) struct Writer {
    bytes: Vec<u8>,
}

/// An object to write.
#[derive(Default, Clone)]
pub(crate) struct Object {
    pub(crate) attributes: Vec<(String, String)>,
    /// Whether attributes' texts are in a global heap.
    pub(crate) variable: bool,
    pub(crate) children: Vec<(String, Object)>,
    /// The data's shape, and how many bytes of numbers of four are there.
    pub(crate) data: Option<(Vec<u64>, u64)>,
    pub(crate) external: Vec<(String, String, String)>,
    /// Files that have the data.
    pub(crate) files: Vec<String>,
}

fn padded(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes
}

impl Writer {
    /// The bytes of a file with this root, after as many bytes of something else.
    pub(crate) fn file(root: &Object, before: usize) -> Vec<u8> {
        let mut writer = Self::default();
        writer.bytes.resize(96, 0);
        let root = writer.object(root);
        let mut head = b"\x89HDF\r\n\x1a\n".to_vec();
        head.extend([0, 0, 0, 0, 0, 8, 8, 0, 4, 0, 16, 0, 0, 0, 0, 0]);
        let end = writer.bytes.len() as u64;
        for number in [before as u64, u64::MAX, end, u64::MAX, 0, root] {
            head.extend(number.to_le_bytes());
        }
        head.resize(96, 0);
        writer.bytes[..96].copy_from_slice(&head);
        let mut file = vec![0; before];
        file.extend(writer.bytes);
        file
    }

    fn put(&mut self, bytes: &[u8]) -> u64 {
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
        let at = self.bytes.len() as u64;
        self.bytes.extend_from_slice(bytes);
        at
    }

    fn object(&mut self, object: &Object) -> u64 {
        let mut messages: Vec<(u16, Vec<u8>)> = Vec::new();
        for (name, text) in &object.attributes {
            messages.push((0x0c, self.attribute(name, text, object.variable)));
        }
        for (name, file, path) in &object.external {
            let mut body = vec![1, 0x08, 64, name.len() as u8];
            body.extend(name.as_bytes());
            let value = format!("\0{file}\0{path}\0");
            body.extend((value.len() as u16).to_le_bytes());
            body.extend(value.as_bytes());
            messages.push((0x06, body));
        }
        if let Some((shape, bytes)) = &object.data {
            let mut space = vec![1, shape.len() as u8, 0, 0, 0, 0, 0, 0];
            space.extend(shape.iter().flat_map(|size| size.to_le_bytes()));
            messages.push((0x01, space));
            messages.push((
                0x03,
                vec![
                    0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0,
                ],
            ));
            let at = self.put(&vec![0; usize::try_from(*bytes).unwrap()]);
            let mut layout = vec![3, 1];
            layout.extend(at.to_le_bytes());
            layout.extend(bytes.to_le_bytes());
            messages.push((0x08, layout));
        }
        if !object.files.is_empty() {
            let names: Vec<&str> = object.files.iter().map(String::as_str).collect();
            let (heap, places) = self.heap(&names);
            let count = (places.len() as u16).to_le_bytes();
            let mut body = vec![1, 0, 0, 0, count[0], count[1], count[0], count[1]];
            body.extend(heap.to_le_bytes());
            for place in places {
                body.extend(place.to_le_bytes());
                body.extend([0; 16]);
            }
            messages.push((0x07, body));
        }
        if !object.children.is_empty() {
            let children = object.children.iter();
            let places: Vec<u64> = children.map(|(_, child)| self.object(child)).collect();
            let names: Vec<&str> = object
                .children
                .iter()
                .map(|(name, _)| name.as_str())
                .collect();
            let (heap, names) = self.heap(&names);
            let mut node = b"SNOD\x01\0".to_vec();
            node.extend((names.len() as u16).to_le_bytes());
            for (name, place) in names.iter().zip(places) {
                node.extend(name.to_le_bytes());
                node.extend(place.to_le_bytes());
                node.extend([0; 24]);
            }
            let node = self.put(&node);
            let mut tree = b"TREE\0\0\x01\0".to_vec();
            for number in [u64::MAX, u64::MAX, 0, node, 0] {
                tree.extend(number.to_le_bytes());
            }
            let tree = self.put(&tree);
            messages.push((0x11, [tree.to_le_bytes(), heap.to_le_bytes()].concat()));
        }
        // The last message is in a block of its own, to which the header continues.
        let mut blocks = [Vec::new(), Vec::new()];
        let count = messages.len();
        for (at, (kind, body)) in messages.into_iter().enumerate() {
            let body = padded(body);
            let block = &mut blocks[usize::from(at + 1 == count && count > 1)];
            block.extend(kind.to_le_bytes());
            block.extend((body.len() as u16).to_le_bytes());
            block.extend([0; 4]);
            block.extend(body);
        }
        let [mut first, second] = blocks;
        if !second.is_empty() {
            let size = second.len() as u64;
            let place = self.put(&second);
            first.extend([0x10, 0, 16, 0, 0, 0, 0, 0]);
            first.extend(place.to_le_bytes());
            first.extend(size.to_le_bytes());
        }
        let mut header = vec![1, 0];
        header.extend((count as u16).to_le_bytes());
        header.extend([1, 0, 0, 0]);
        header.extend((first.len() as u32).to_le_bytes());
        header.extend([0; 4]);
        header.extend(first);
        self.put(&header)
    }

    /// A local heap of names: its address, and where each name is in it.
    fn heap(&mut self, names: &[&str]) -> (u64, Vec<u64>) {
        let mut data = vec![0; 8];
        let mut places = Vec::new();
        for name in names {
            places.push(data.len() as u64);
            data.extend(name.as_bytes());
            data.push(0);
            data = padded(data);
        }
        let at = self.put(&data);
        let mut heap = b"HEAP\0\0\0\0".to_vec();
        for number in [data.len() as u64, u64::MAX, at] {
            heap.extend(number.to_le_bytes());
        }
        (self.put(&heap), places)
    }

    fn attribute(&mut self, name: &str, text: &str, variable: bool) -> Vec<u8> {
        let name = [name.as_bytes(), &[0]].concat();
        let (kind, value) = if variable {
            let mut heap = b"GCOL\x01\0\0\0".to_vec();
            let body = padded(text.as_bytes().to_vec());
            heap.extend((32 + body.len() as u64).to_le_bytes());
            heap.extend([1, 0, 0, 0, 0, 0, 0, 0]);
            heap.extend((text.len() as u64).to_le_bytes());
            heap.extend(body);
            let at = self.put(&heap);
            let mut value = (text.len() as u32).to_le_bytes().to_vec();
            value.extend(at.to_le_bytes());
            value.extend(1_u32.to_le_bytes());
            (
                vec![0x19, 1, 0, 0, 16, 0, 0, 0, 0x13, 0, 0, 0, 1, 0, 0, 0],
                value,
            )
        } else {
            let size = (text.len() as u32).to_le_bytes();
            (
                [&[0x13, 0, 0, 0], &size[..]].concat(),
                text.as_bytes().to_vec(),
            )
        };
        let space = vec![1, 0, 0, 0, 0, 0, 0, 0];
        let mut body = vec![1, 0];
        for part in [&name, &kind, &space] {
            body.extend((part.len() as u16).to_le_bytes());
        }
        for part in [name, kind, space] {
            body.extend(padded(part));
        }
        body.extend(value);
        body
    }
}

pub(crate) fn sample() -> Object {
    let weights = Object {
        data: Some((vec![3, 4], 48)),
        ..Object::default()
    };
    let group = Object {
        attributes: vec![("weight_names".to_owned(), "kernel:0".to_owned())],
        children: vec![("kernel:0".to_owned(), weights)],
        ..Object::default()
    };
    Object {
        attributes: vec![
            ("keras_version".to_owned(), "2.15.0".to_owned()),
            (
                "model_config".to_owned(),
                r#"{"class_name":"Sequential","config":{"name":"s","layers":[]}}"#.to_owned(),
            ),
        ],
        variable: true,
        children: vec![("dense".to_owned(), group)],
        ..Object::default()
    }
}

fn file(bytes: &[u8]) -> File {
    read(Content::bytes(bytes)).unwrap()
}

#[test]
fn structure_is_read_wherever_the_superblock_is() {
    for before in [0, 512, 1024, 4096] {
        let file = file(&Writer::file(&sample(), before));
        assert_eq!(file.problems, [], "{before}");
        assert_eq!(file.root("keras_version"), Some("2.15.0"));
        let [dataset] = file.datasets.as_slice() else {
            panic!("{:?}", file.datasets)
        };
        assert_eq!(
            (dataset.path.as_str(), dataset.kind),
            ("/dense/kernel:0", "f32")
        );
        assert_eq!(
            (dataset.shape.as_slice(), &dataset.lie),
            (&[3, 4][..], &None)
        );
        assert!(
            file.attributes
                .iter()
                .any(|a| a.path == "/dense" && a.texts == ["kernel:0"])
        );
    }
}

#[test]
fn what_lies_outside_is_found() {
    let mut root = sample();
    root.external
        .push(("x".to_owned(), "/etc/passwd".to_owned(), "/y".to_owned()));
    root.children[0].1.files.push("../other.bin".to_owned());
    let file = file(&Writer::file(&root, 0));
    let outside: Vec<&str> = file
        .outside
        .iter()
        .map(|outside| outside.file.as_str())
        .collect();
    assert_eq!(outside, ["../other.bin", "/etc/passwd"]);
    assert_eq!(file.outside[1].object.as_deref(), Some("/y"));
}

#[test]
fn lies_about_sizes_are_found() {
    for shape in [vec![u64::MAX, 2], vec![1000, 1000], vec![13]] {
        let mut root = sample();
        root.children[0].1.children[0].1.data = Some((shape, 48));
        let file = file(&Writer::file(&root, 0));
        assert!(file.datasets[0].lie.is_some());
    }
}

#[test]
fn broken_files_end() {
    let whole = Writer::file(&sample(), 0);
    for length in 0..whole.len() {
        file(&whole[..length]);
    }
    assert!(!file(b"").problems.is_empty());
    // Every byte as the greatest and the least that it can be.
    for at in 0..whole.len() {
        for value in [0, 1, 0x7f, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] = value;
            file(&bytes);
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read(
        changes in prop::collection::vec((0..2000_usize, any::<u8>()), 0..20),
        rest in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let mut bytes = Writer::file(&sample(), 0);
        bytes.extend(rest);
        for (at, value) in changes {
            let at = at % bytes.len();
            bytes[at] = value;
        }
        file(&bytes);
    }
}
