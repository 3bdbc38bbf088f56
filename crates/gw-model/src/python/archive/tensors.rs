//! Tensors in what a pickle holds: `torch._utils._rebuild_tensor_v2` and its kin, with the storages
//! that persistent ids name (`torch/serialization.py`).

use crate::pickle::{Object, Shown};
use crate::tensor::extent;

/// How many values of a pickle are looked through for tensors.
const MAX_VALUES: usize = 1 << 18;

/// A storage that a persistent id names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Storage {
    /// Its class, `torch.FloatStorage`.
    pub(crate) class: String,
    /// The name of the member that has its bytes.
    pub(crate) key: String,
    /// How many numbers it says it has.
    pub(crate) numbers: u64,
}

/// A tensor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tensor {
    /// Its name: the keys that lead to it.
    pub(crate) name: String,
    pub(crate) storage: Option<Storage>,
    /// Its type, `f32`.
    pub(crate) dtype: String,
    /// How many numbers it has.
    pub(crate) numbers: u64,
    /// How many numbers of its storage it reaches up to; none if that overflows.
    pub(crate) reach: Option<u64>,
}

/// Types by the start of the storages' names, with bytes for each number.
const STORAGES: [(&str, &str, u64); 18] = [
    ("Float", "f32", 4),
    ("Double", "f64", 8),
    ("Half", "f16", 2),
    ("BFloat16", "bf16", 2),
    ("Long", "i64", 8),
    ("Int", "i32", 4),
    ("Short", "i16", 2),
    ("Char", "i8", 1),
    ("Byte", "u8", 1),
    ("Bool", "bool", 1),
    ("ComplexFloat", "c64", 8),
    ("ComplexDouble", "c128", 16),
    ("QInt8", "qi8", 1),
    ("QUInt8", "qu8", 1),
    ("QInt32", "qi32", 4),
    ("QUInt4x2", "qu4", 1),
    ("QUInt2x4", "qu2", 1),
    ("Untyped", "u8", 1),
];

/// Types by `torch.dtype`, for storages without one.
const DTYPES: [(&str, &str); 14] = [
    ("float32", "f32"),
    ("float64", "f64"),
    ("float16", "f16"),
    ("bfloat16", "bf16"),
    ("int64", "i64"),
    ("int32", "i32"),
    ("int16", "i16"),
    ("int8", "i8"),
    ("uint8", "u8"),
    ("bool", "bool"),
    ("complex64", "c64"),
    ("float8_e4m3fn", "f8_e4m3"),
    ("float8_e5m2", "f8_e5m2"),
    ("uint16", "u16"),
];

impl Storage {
    /// The storage that a persistent id names.
    pub(crate) fn of(id: &Shown) -> Option<Self> {
        let [kind, class, key, _, numbers, ..] = id.items() else {
            return None;
        };
        (kind.as_text() == Some("storage")).then_some(())?;
        Some(Self {
            class: class.name()?.to_owned(),
            key: match key {
                Shown::Text(key) => key.clone(),
                Shown::Int(key) => key.to_string(),
                _ => return None,
            },
            numbers: u64::try_from(numbers.as_int()?).ok()?,
        })
    }

    /// The type of its numbers, and bytes for each, if the class is one of torch's.
    pub(crate) fn dtype(&self) -> Option<(&'static str, u64)> {
        let name = self.class.rsplit('.').next()?.strip_suffix("Storage")?;
        STORAGES
            .iter()
            .find(|(start, ..)| *start == name)
            .map(|(_, dtype, size)| (*dtype, *size))
    }

    /// How many numbers it has. Of those that share a byte, the storage states the bytes.
    pub(crate) fn elements(&self) -> u64 {
        let each = match self.dtype() {
            Some(("qu4", _)) => 2,
            Some(("qu2", _)) => 4,
            _ => 1,
        };
        self.numbers.saturating_mul(each)
    }

    /// How many bytes it must have; none if that overflows or the class is not known.
    pub(crate) fn length(&self) -> Option<u64> {
        self.numbers.checked_mul(self.dtype()?.1)
    }
}

/// All tensors in a value, as far as it is described. Walks without recursion.
pub(crate) fn tensors(root: &Shown) -> Vec<Tensor> {
    let mut found = Vec::new();
    let mut left = vec![(String::new(), root)];
    let mut seen = 0_usize;
    while let Some((name, value)) = left.pop() {
        seen = seen.saturating_add(1);
        if seen > MAX_VALUES {
            break;
        }
        if let Shown::Object(object) = value
            && let Some(tensor) = tensor(&name, object)
        {
            found.push(tensor);
            continue;
        }
        let mut inner: Vec<(String, &Shown)> = Vec::new();
        for (key, value) in value.entries() {
            let key = match key {
                Shown::Text(text) => text.clone(),
                Shown::Int(number) => number.to_string(),
                _ => String::new(),
            };
            inner.push((join(&name, &key), value));
        }
        inner.extend(value.items().iter().map(|item| (name.clone(), item)));
        if let Shown::Object(object) = value {
            for part in [&object.arguments, &object.contents, &object.state] {
                if part.entries().is_empty() || !matches!(part, Shown::Dict(_)) {
                    inner.push((name.clone(), part));
                }
            }
        }
        left.extend(inner.into_iter().rev());
    }
    found
}

fn join(name: &str, key: &str) -> String {
    match (name, key) {
        ("", key) => key.to_owned(),
        (name, "") => name.to_owned(),
        // Modules keep what they have under these names, which say nothing.
        (name, "_parameters" | "_buffers" | "_modules") => name.to_owned(),
        _ if name.len() > 200 => name.to_owned(),
        (name, key) => format!("{name}.{key}"),
    }
}

/// The tensor that a call makes: `_rebuild_tensor(storage, offset, size, stride)`, version 2 of it
/// with more behind, version 3 with a type.
fn tensor(name: &str, object: &Object) -> Option<Tensor> {
    let function = object.callable.name()?;
    let arguments = object.arguments.items();
    match function {
        "torch._utils._rebuild_parameter" | "torch._utils._rebuild_parameter_with_state" => {
            match arguments.first()? {
                Shown::Object(object) if object.callable.name() != Some(function) => {
                    tensor(name, object)
                }
                _ => None,
            }
        }
        "torch._utils._rebuild_tensor"
        | "torch._utils._rebuild_tensor_v2"
        | "torch._utils._rebuild_tensor_v3"
        | "torch._utils._rebuild_qtensor" => {
            let [storage, offset, size, stride, rest @ ..] = arguments else {
                return None;
            };
            let storage = match storage {
                Shown::Persistent(id) => Storage::of(id),
                _ => None,
            };
            let numbers_of = |shape: &Shown| -> Option<Vec<u64>> {
                let items = shape.items().iter();
                items
                    .map(|size| u64::try_from(size.as_int()?).ok())
                    .collect()
            };
            let size = numbers_of(size)?;
            let stride = numbers_of(stride);
            let offset = u64::try_from(offset.as_int()?).ok();
            let stated = rest.iter().find_map(|part| match part {
                Shown::Global(name) => {
                    let name = name.strip_prefix("torch.")?;
                    DTYPES
                        .iter()
                        .find(|(known, _)| *known == name)
                        .map(|(_, dtype)| *dtype)
                }
                _ => None,
            });
            let dtype = stated
                .or_else(|| storage.as_ref()?.dtype().map(|(dtype, _)| dtype))
                .unwrap_or("unknown");
            Some(Tensor {
                name: name.to_owned(),
                dtype: dtype.to_owned(),
                numbers: extent::numbers(size.iter().copied()).unwrap_or(u64::MAX),
                reach: reach(&size, stride.as_deref(), offset),
                storage: if stated.is_some() { None } else { storage },
            })
        }
        _ => None,
    }
}

/// One past the last number of its storage that a tensor uses.
fn reach(size: &[u64], stride: Option<&[u64]>, offset: Option<u64>) -> Option<u64> {
    let offset = offset?;
    if size.contains(&0) {
        return Some(offset);
    }
    let mut last = offset;
    for (size, stride) in size.iter().zip(stride?) {
        last = last.checked_add(size.saturating_sub(1).checked_mul(*stride)?)?;
    }
    last.checked_add(1)
}
