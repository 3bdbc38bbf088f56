use std::ops::Range;

use gw_analysis::{Node, Value};

use crate::tensor::extent;

/// What the header says about one tensor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The type's name, as written.
    pub(super) dtype: String,
    /// The type's size in bits; none if the type is unknown.
    pub(super) bits: Option<u64>,
    pub(super) shape: Vec<u64>,
    /// Its bytes, from the start of the data.
    pub(super) range: Range<u64>,
    /// Fields that the format does not have.
    pub(super) unknown: Vec<String>,
}

/// More dimensions than any framework has; PyTorch has 64.
const MAX_DIMENSIONS: usize = 64;

impl Entry {
    /// # Errors
    /// What is wrong with it, in words.
    pub(super) fn read(node: &Node) -> Result<Self, String> {
        if !node.is_map() {
            return Err(format!("expected an object, found {}", node.kind()));
        }
        let (mut dtype, mut shape, mut range) = (None, None, None);
        let mut unknown = Vec::new();
        for (key, value) in node.map() {
            let key = key.as_str().unwrap_or_default();
            let again = match key {
                "dtype" => dtype.replace(text(value)?).is_some(),
                "shape" => shape.replace(sizes(value)?).is_some(),
                "data_offsets" => range.replace(offsets(value)?).is_some(),
                _ => {
                    unknown.push(key.to_owned());
                    false
                }
            };
            if again {
                return Err(format!("`{key}` is given twice"));
            }
        }
        let missing = |what: &str| format!("`{what}` is missing");
        let dtype = dtype.ok_or_else(|| missing("dtype"))?;
        Ok(Self {
            bits: bits(&dtype),
            dtype,
            shape: shape.ok_or_else(|| missing("shape"))?,
            range: range.ok_or_else(|| missing("data_offsets"))?,
            unknown,
        })
    }

    /// How many numbers it has; none if there is no such number.
    pub(super) fn numbers(&self) -> Option<u64> {
        extent::numbers(self.shape.iter().copied())
    }

    /// What contradicts itself in it.
    pub(super) fn lie(&self) -> Option<String> {
        let Range { start, end } = self.range;
        let Some(size) = end.checked_sub(start) else {
            return Some(format!(
                "it ends at byte {end}, before it begins at byte {start}"
            ));
        };
        let Some(numbers) = self.numbers() else {
            return Some(format!(
                "the product of its dimensions {:?} overflows",
                self.shape
            ));
        };
        let bits = self.bits?;
        let Some(total) = numbers.checked_mul(bits) else {
            return Some(format!(
                "its {numbers} numbers have more bits than can be counted"
            ));
        };
        if total % 8 != 0 {
            return Some(format!(
                "its {numbers} numbers of {bits} bits are no whole bytes"
            ));
        }
        let expected = total / 8;
        (expected != size).then(|| {
            format!(
                "its {numbers} numbers of type {} need {expected} bytes and it has {size}",
                self.dtype
            )
        })
    }
}

fn text(node: &Node) -> Result<String, String> {
    let text = node.as_str();
    text.map(str::to_owned)
        .ok_or_else(|| format!("`dtype` is {} and must be a string", node.kind()))
}

fn sizes(node: &Node) -> Result<Vec<u64>, String> {
    let Value::List(items) = &node.value else {
        return Err(format!("expected a list of sizes, found {}", node.kind()));
    };
    if items.len() > MAX_DIMENSIONS {
        return Err(format!("it has {} dimensions", items.len()));
    }
    items.iter().map(size).collect()
}

fn offsets(node: &Node) -> Result<Range<u64>, String> {
    match node.list() {
        [start, end] => Ok(size(start)?..size(end)?),
        _ => Err("`data_offsets` must be a list of two places".to_owned()),
    }
}

fn size(node: &Node) -> Result<u64, String> {
    let number = match &node.value {
        Value::Number(number) => number.parse().ok(),
        _ => None,
    };
    let found = node.scalar().unwrap_or(node.kind());
    number.ok_or_else(|| format!("expected a size or place below 2^64, found {found}"))
}

/// The size in bits of a type.
pub(super) fn bits(dtype: &str) -> Option<u64> {
    Some(match dtype {
        "F4" => 4,
        "F6_E2M3" | "F6_E3M2" => 6,
        "BOOL" | "U8" | "I8" | "F8_E5M2" | "F8_E4M3" | "F8_E8M0" | "F8_E4M3FNUZ"
        | "F8_E5M2FNUZ" => 8,
        "I16" | "U16" | "F16" | "BF16" => 16,
        "I32" | "U32" | "F32" => 32,
        "I64" | "U64" | "F64" | "C64" => 64,
        "C128" => 128,
        _ => return None,
    })
}
