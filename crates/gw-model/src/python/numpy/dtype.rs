//! Types of arrays, as the header of an `.npy` file describes them: `numpy.lib.format.descr_to_dtype`
//! and the strings that `numpy.dtype` takes.

use crate::python::literal::Literal;
use crate::tensor::extent;

/// How many fields of a structured type are looked at.
const MAX_FIELDS: usize = 1 << 14;

/// What a type of an array amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DType {
    /// Bytes of an element, if that is known.
    pub(crate) size: Option<u64>,
    /// Whether an element is or has a Python object.
    pub(crate) objects: bool,
    /// A name for people: `f64`, `record`.
    pub(crate) name: String,
}

impl DType {
    /// The type that a `descr` describes; none if it is no description.
    pub(crate) fn of(descr: &Literal) -> Option<Self> {
        let mut left = MAX_FIELDS;
        of(descr, &mut left)
    }
}

fn of(descr: &Literal, left: &mut usize) -> Option<DType> {
    *left = left.checked_sub(1)?;
    match descr {
        Literal::Text(text) => Some(of_text(text)),
        // A type and the shape of a block of it, or a type and its metadata.
        Literal::Tuple(parts) => match parts.as_slice() {
            [descr, shape] => Some(block(of(descr, left)?, shape)),
            _ => None,
        },
        Literal::List(fields) => {
            let mut whole = DType {
                size: Some(0),
                objects: false,
                name: "record".to_owned(),
            };
            for field in fields {
                let field = match field.items()? {
                    [_, descr] => of(descr, left)?,
                    [_, descr, shape] => block(of(descr, left)?, shape),
                    _ => return None,
                };
                whole.objects |= field.objects;
                whole.size = whole.size.and_then(|size| size.checked_add(field.size?));
            }
            Some(whole)
        }
        _ => None,
    }
}

fn block(dtype: DType, shape: &Literal) -> DType {
    let sizes = match shape {
        Literal::Int(size) => Some(vec![*size]),
        Literal::Dict(_) => Some(Vec::new()),
        other => other.items().map(|items| {
            items
                .iter()
                .map(|item| match item {
                    Literal::Int(size) => *size,
                    _ => -1,
                })
                .collect()
        }),
    };
    let count = sizes.and_then(|sizes| {
        let sizes: Option<Vec<u64>> = sizes.iter().map(|size| u64::try_from(*size).ok()).collect();
        extent::numbers(sizes?)
    });
    DType {
        size: dtype.size.and_then(|size| size.checked_mul(count?)),
        ..dtype
    }
}

/// A type by a string. Several separated by commas are a structured type.
fn of_text(text: &str) -> DType {
    let mut whole = DType {
        size: Some(0),
        objects: false,
        name: String::new(),
    };
    for (index, part) in split(text).enumerate() {
        let part = of_item(part.trim());
        whole.objects |= part.objects;
        whole.size = whole.size.and_then(|size| size.checked_add(part.size?));
        whole.name = if index == 0 {
            part.name
        } else {
            "record".to_owned()
        };
    }
    whole
}

/// Splits at commas that are in no brackets.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    text.split(move |char| {
        match char {
            '(' | '[' => depth = depth.saturating_add(1),
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        char == ',' && depth == 0
    })
}

fn of_item(text: &str) -> DType {
    let (count, rest) = repeat(text);
    let mut code = rest.trim_start_matches(['<', '>', '=', '|', '!']);
    let unknown = |objects: bool| DType {
        size: None,
        objects,
        name: "unknown".to_owned(),
    };
    // Names that are not a letter and a size.
    let named = match code {
        "object" | "object_" | "object0" | "Object0" | "O" => "O8",
        "bool" | "bool_" | "?" => "b1",
        "int8" | "byte" => "i1",
        "uint8" | "ubyte" | "B" => "u1",
        "int16" | "short" | "h" => "i2",
        "uint16" | "ushort" | "H" => "u2",
        "int32" | "intc" | "i" => "i4",
        "uint32" | "uintc" | "I" => "u4",
        "int64" | "int" | "longlong" | "q" => "i8",
        "uint64" | "uint" | "ulonglong" | "Q" => "u8",
        "float16" | "half" | "e" => "f2",
        "float32" | "single" | "f" => "f4",
        "float64" | "float" | "double" | "d" => "f8",
        "complex64" | "F" => "c8",
        "complex128" | "complex" | "D" => "c16",
        other => other,
    };
    code = named;
    let mut chars = code.chars();
    let Some(kind) = chars.next() else {
        return unknown(false);
    };
    if kind == 'O' {
        return DType {
            size: Some(8),
            objects: true,
            name: "object".to_owned(),
        };
    }
    let digits = chars.as_str();
    if matches!(kind, 'M' | 'm') {
        return DType {
            size: count.and_then(|count| count.checked_mul(8)),
            objects: false,
            name: "time".to_owned(),
        };
    }
    let Ok(number) = (if digits.is_empty() && matches!(kind, 'S' | 'U' | 'V' | 'a') {
        Ok(0)
    } else {
        digits.parse::<u64>()
    }) else {
        return unknown(code.to_ascii_lowercase().contains("object"));
    };
    let (name, size) = match (kind, number) {
        ('b', 1) => ("bool".to_owned(), Some(1)),
        ('i', 1 | 2 | 4 | 8 | 16) | ('f', 2 | 4 | 8 | 12 | 16) | ('u', 1 | 2 | 4 | 8 | 16) => {
            (format!("{kind}{}", number.saturating_mul(8)), Some(number))
        }
        ('c', 8 | 16 | 24 | 32) => (format!("c{}", number.saturating_mul(8)), Some(number)),
        ('S' | 'a', _) => ("bytes".to_owned(), Some(number)),
        ('U', _) => ("text".to_owned(), number.checked_mul(4)),
        ('V', _) => ("void".to_owned(), Some(number)),
        // Variable strings of NumPy 2 are not written to files.
        _ => return unknown(false),
    };
    DType {
        size: size.and_then(|size| size.checked_mul(count?)),
        objects: false,
        name,
    }
}

/// How often an item is repeated: `2f4`, `(2,3)f4`; and the rest.
fn repeat(text: &str) -> (Option<u64>, &str) {
    if let Some(rest) = text.strip_prefix('(')
        && let Some((shape, rest)) = rest.split_once(')')
    {
        let sizes: Option<Vec<u64>> = shape
            .split(',')
            .map(str::trim)
            .filter(|size| !size.is_empty())
            .map(|size| size.parse().ok())
            .collect();
        return (sizes.and_then(extent::numbers), rest);
    }
    let digits = text
        .find(|char: char| !char.is_ascii_digit())
        .unwrap_or(text.len());
    match text.split_at_checked(digits) {
        Some(("", rest)) => (Some(1), rest),
        Some((digits, rest)) => (digits.parse().ok(), rest),
        None => (None, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_as_numpy_takes_them() {
        for (descr, size, objects) in [
            ("'<f8'", Some(8), false),
            ("'|b1'", Some(1), false),
            ("'<U5'", Some(20), false),
            ("'|S3'", Some(3), false),
            ("'<M8[ns]'", Some(8), false),
            ("'>c16'", Some(16), false),
            ("'float32'", Some(4), false),
            ("'|O'", Some(8), true),
            ("'O8'", Some(8), true),
            ("'=O'", Some(8), true),
            ("'object'", Some(8), true),
            ("'i4,O'", Some(12), true),
            ("'i4, (2,3)f4'", Some(28), false),
            ("'2f4'", Some(8), false),
            ("[('a', '<f8'), ('b', '<i4', (3,))]", Some(20), false),
            ("[(('title', 'a'), '<f8')]", Some(8), false),
            ("[('a', [('b', [('c', '|O')])])]", Some(8), true),
            ("[('a', ('|O', (2,)))]", Some(16), true),
            ("[('a', '<f8'), ('', '|V4')]", Some(12), false),
            ("('<f8', (2, 2))", Some(32), false),
            ("[('a', '<f8', (-1,))]", None, false),
            ("'nonsense'", None, false),
            ("'f3'", None, false),
        ] {
            let dtype = DType::of(&Literal::parse(descr).unwrap()).unwrap();
            assert_eq!((dtype.size, dtype.objects), (size, objects), "{descr}");
        }
        for descr in ["1", "None", "{'a': 1}", "[('a',)]", "[1]", "('a',)"] {
            assert_eq!(DType::of(&Literal::parse(descr).unwrap()), None, "{descr}");
        }
    }
}
