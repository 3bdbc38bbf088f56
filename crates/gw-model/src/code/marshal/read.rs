use super::MarshalError;
use super::object::{Code, Object};

/// How deep objects may nest; CPython reads no deeper (`MAX_MARSHAL_STACK_DEPTH`).
const MAX_DEPTH: usize = 2000;

/// What a code object consists of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    /// The versions of Python that write it.
    pub(super) python: &'static str,
    fields: &'static [Field],
    /// Whether text may be a byte string, as in Python 2.
    bytes_are_text: bool,
}

/// A field of a code object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    /// Four bytes.
    Number,
    /// An object of bytes.
    Bytes,
    /// `co_code`.
    Code,
    /// `co_consts`.
    Consts,
    /// `co_names`.
    Names,
    /// A tuple of strings.
    Tuple,
    /// `co_filename`.
    Filename,
    /// `co_name`.
    Name,
    /// `co_qualname`.
    Text,
}

use Field::{Bytes, Code as CodeField, Consts, Filename, Name, Names, Number, Text, Tuple};

/// The newest first: most files are of it.
pub(super) const LAYOUTS: [Layout; 4] = [
    Layout {
        python: "3.11 or later",
        fields: &[
            Number, Number, Number, Number, Number, CodeField, Consts, Names, Tuple, Bytes,
            Filename, Name, Text, Number, Bytes, Bytes,
        ],
        bytes_are_text: false,
    },
    Layout {
        python: "3.8 to 3.10",
        fields: &[
            Number, Number, Number, Number, Number, Number, CodeField, Consts, Names, Tuple, Tuple,
            Tuple, Filename, Name, Number, Bytes,
        ],
        bytes_are_text: false,
    },
    Layout {
        python: "3.0 to 3.7",
        fields: &[
            Number, Number, Number, Number, Number, CodeField, Consts, Names, Tuple, Tuple, Tuple,
            Filename, Name, Number, Bytes,
        ],
        bytes_are_text: false,
    },
    Layout {
        python: "2",
        fields: &[
            Number, Number, Number, Number, CodeField, Consts, Names, Tuple, Tuple, Tuple,
            Filename, Name, Number, Bytes,
        ],
        bytes_are_text: true,
    },
];

/// Something that is still being read.
struct Open {
    /// Its place among the objects.
    object: usize,
    /// What it is.
    kind: Kind,
    /// The objects in it so far.
    items: Vec<usize>,
}

enum Kind {
    /// How many items are to come.
    Tuple(usize),
    Other(usize),
    /// Ends with a null.
    Dict,
    /// The next field.
    Code(usize),
}

/// Reads data of one layout: all objects, the outermost first. An error comes with the place
/// where it was met.
///
/// Data after the outermost object is allowed, as `marshal.loads` allows it.
pub(super) fn parse(bytes: &[u8], layout: Layout) -> Result<Vec<Object>, (usize, MarshalError)> {
    let mut parser = Parser {
        bytes,
        at: 0,
        layout,
        objects: Vec::new(),
        refs: Vec::new(),
        interned: Vec::new(),
        open: Vec::new(),
    };
    match parser.run() {
        Ok(()) => Ok(parser.objects),
        Err(error) => Err((parser.at, error)),
    }
}

struct Parser<'b> {
    bytes: &'b [u8],
    at: usize,
    layout: Layout,
    objects: Vec<Object>,
    /// The objects that have `FLAG_REF`, in order.
    refs: Vec<usize>,
    /// Interned strings of Python 2, in order.
    interned: Vec<usize>,
    open: Vec<Open>,
}

impl Parser<'_> {
    fn run(&mut self) -> Result<(), MarshalError> {
        let mut next = self.object()?;
        loop {
            // `next` is an object that is whole, or none if one was just opened.
            if let Some(index) = next {
                let Some(open) = self.open.last_mut() else {
                    return Ok(());
                };
                let is_null = matches!(self.objects.get(index), Some(Object::Null));
                match &mut open.kind {
                    Kind::Tuple(left) | Kind::Other(left) => {
                        if is_null {
                            return Err(MarshalError::malformed("a null inside a sequence"));
                        }
                        *left = left.saturating_sub(1);
                        open.items.push(index);
                    }
                    Kind::Dict if is_null => open.kind = Kind::Other(0),
                    Kind::Dict => open.items.push(index),
                    Kind::Code(field) => {
                        let field = *field;
                        open.items.push(index);
                        self.check_field(field, index)?;
                        self.advance_code()?;
                    }
                }
            }
            next = match self.open.last() {
                None => return Ok(()),
                Some(open) if open.is_whole(self.layout) => Some(self.close()?),
                Some(_) => self.object()?,
            };
        }
    }

    /// Reads one object as far as it has no objects in it; of others only the start, and gives
    /// nothing.
    fn object(&mut self) -> Result<Option<usize>, MarshalError> {
        let code = self.byte()?;
        let is_ref = code & 0x80 != 0;
        let object = match code & 0x7f {
            b'0' => Object::Null,
            b'N' | b'F' | b'T' | b'S' | b'.' => Object::Plain,
            b'r' => return self.reference().map(Some),
            b'R' => return self.string_reference().map(Some),
            kind => {
                let index = self.objects.len();
                // An object counts among the references from where it begins.
                if is_ref {
                    self.refs.push(index);
                }
                return self.larger(kind, index);
            }
        };
        Ok(Some(self.push(object)))
    }

    fn larger(&mut self, kind: u8, index: usize) -> Result<Option<usize>, MarshalError> {
        let object = match kind {
            b'i' => self.plain(4)?,
            b'I' | b'g' => self.plain(8)?,
            b'y' => self.plain(16)?,
            b'f' => {
                let count = usize::from(self.byte()?);
                self.plain(count)?
            }
            b'x' => {
                for _ in 0..2 {
                    let count = usize::from(self.byte()?);
                    self.plain(count)?;
                }
                Object::Plain
            }
            b'l' => {
                let digits = self.number()?.unsigned_abs() as usize;
                self.plain(digits.saturating_mul(2))?
            }
            b's' => Object::Bytes(self.counted()?),
            b't' if self.layout.bytes_are_text => {
                self.interned.push(index);
                Object::Text(self.counted()?)
            }
            b't' | b'u' | b'a' | b'A' => Object::Text(self.counted()?),
            b'z' | b'Z' => {
                let count = usize::from(self.byte()?);
                Object::Text(self.range(count)?)
            }
            b'(' | b'[' | b'<' | b'>' => {
                let count = self.size()?;
                return self.begin(
                    index,
                    if kind == b'(' {
                        Kind::Tuple(count)
                    } else {
                        Kind::Other(count)
                    },
                );
            }
            b')' => {
                let count = usize::from(self.byte()?);
                return self.begin(index, Kind::Tuple(count));
            }
            b':' => return self.begin(index, Kind::Other(3)),
            b'{' => return self.begin(index, Kind::Dict),
            b'c' => {
                self.begin(index, Kind::Code(0))?;
                self.skip_numbers()?;
                return Ok(None);
            }
            other => {
                return Err(MarshalError::malformed(format!(
                    "unknown type code {other:#04x} at byte {}",
                    self.at.saturating_sub(1)
                )));
            }
        };
        Ok(Some(self.push(object)))
    }

    fn begin(&mut self, index: usize, kind: Kind) -> Result<Option<usize>, MarshalError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(MarshalError::malformed(format!(
                "objects nest deeper than {MAX_DEPTH}, which Python does not read"
            )));
        }
        self.objects.push(Object::Plain);
        self.open.push(Open {
            object: index,
            kind,
            items: Vec::new(),
        });
        Ok(None)
    }

    /// Makes the innermost open object a whole one.
    fn close(&mut self) -> Result<usize, MarshalError> {
        let Some(open) = self.open.pop() else {
            return Err(MarshalError::malformed("no data"));
        };
        let whole = match open.kind {
            Kind::Tuple(_) => Object::Tuple(open.items),
            Kind::Other(_) | Kind::Dict => Object::Other(open.items),
            Kind::Code(_) => Object::Code(code(self.layout, &open.items)?),
        };
        if let Some(slot) = self.objects.get_mut(open.object) {
            *slot = whole;
        }
        Ok(open.object)
    }

    /// Goes on to the next field of the innermost code object that is an object.
    fn advance_code(&mut self) -> Result<(), MarshalError> {
        if let Some(Open {
            kind: Kind::Code(field),
            ..
        }) = self.open.last_mut()
        {
            *field = field.saturating_add(1);
        }
        self.skip_numbers()
    }

    /// Reads the fields of the innermost code object that are plain numbers.
    fn skip_numbers(&mut self) -> Result<(), MarshalError> {
        while let Some(Open {
            kind: Kind::Code(field),
            ..
        }) = self.open.last_mut()
            && self.layout.fields.get(*field) == Some(&Number)
        {
            *field = field.saturating_add(1);
            self.plain(4)?;
        }
        Ok(())
    }

    /// Whether an object can be the value of a field of code. This is what tells the layouts apart.
    fn check_field(&self, field: usize, index: usize) -> Result<(), MarshalError> {
        let object = self.objects.get(index);
        let fits = match (self.layout.fields.get(field), object) {
            (Some(Bytes | CodeField), Some(Object::Bytes(_)))
            | (Some(Consts | Names | Tuple), Some(Object::Tuple(_)))
            | (Some(Filename | Name | Text), Some(Object::Text(_))) => true,
            // In Python 2 the code and the table of lines may be interned like names, and names
            // may not be.
            (Some(Bytes | CodeField), Some(Object::Text(_)))
            | (Some(Filename | Name | Text), Some(Object::Bytes(_))) => self.layout.bytes_are_text,
            _ => false,
        };
        if fits {
            Ok(())
        } else {
            Err(MarshalError::malformed(format!(
                "before byte {}: not what code of Python {} has there",
                self.at, self.layout.python
            )))
        }
    }

    /// An object that was there before.
    fn reference(&mut self) -> Result<usize, MarshalError> {
        let number = self.number()?;
        usize::try_from(number)
            .ok()
            .and_then(|number| self.refs.get(number).copied())
            .ok_or_else(|| {
                MarshalError::malformed(format!(
                    "reference {number} to an object that is not there"
                ))
            })
    }

    fn string_reference(&mut self) -> Result<usize, MarshalError> {
        let number = self.number()?;
        usize::try_from(number)
            .ok()
            .and_then(|number| self.interned.get(number).copied())
            .ok_or_else(|| {
                MarshalError::malformed(format!("reference {number} to a string that is not there"))
            })
    }

    fn push(&mut self, object: Object) -> usize {
        self.objects.push(object);
        self.objects.len().saturating_sub(1)
    }

    fn plain(&mut self, count: usize) -> Result<Object, MarshalError> {
        self.range(count).map(|_| Object::Plain)
    }

    fn counted(&mut self) -> Result<std::ops::Range<usize>, MarshalError> {
        let count = self.size()?;
        self.range(count)
    }

    fn range(&mut self, count: usize) -> Result<std::ops::Range<usize>, MarshalError> {
        let end = self.at.saturating_add(count);
        if end > self.bytes.len() {
            return Err(MarshalError::malformed(format!(
                "the data ends at byte {}, inside an object",
                self.bytes.len()
            )));
        }
        let range = self.at..end;
        self.at = end;
        Ok(range)
    }

    fn size(&mut self) -> Result<usize, MarshalError> {
        let number = self.number()?;
        usize::try_from(number)
            .map_err(|_| MarshalError::malformed(format!("an object of {number} bytes or items")))
    }

    fn number(&mut self) -> Result<i32, MarshalError> {
        let range = self.range(4)?;
        let bytes = self
            .bytes
            .get(range)
            .and_then(|bytes| bytes.try_into().ok());
        Ok(bytes.map_or(0, i32::from_le_bytes))
    }

    fn byte(&mut self) -> Result<u8, MarshalError> {
        let range = self.range(1)?;
        Ok(self.bytes.get(range.start).copied().unwrap_or(0))
    }
}

impl Open {
    fn is_whole(&self, layout: Layout) -> bool {
        match self.kind {
            Kind::Tuple(left) | Kind::Other(left) => left == 0,
            Kind::Dict => false,
            Kind::Code(field) => field >= layout.fields.len(),
        }
    }
}

/// The code whose fields, as far as they are objects, are `items`.
fn code(layout: Layout, items: &[usize]) -> Result<Code, MarshalError> {
    let objects = layout.fields.iter().filter(|field| **field != Number);
    let mut code = [None; 5];
    for (field, &item) in objects.zip(items) {
        let slot = match field {
            CodeField => 0,
            Consts => 1,
            Names => 2,
            Name => 3,
            Filename => 4,
            Number | Bytes | Tuple | Text => continue,
        };
        if let Some(slot) = code.get_mut(slot) {
            *slot = Some(item);
        }
    }
    let [
        Some(_),
        Some(consts),
        Some(names),
        Some(name),
        Some(filename),
    ] = code
    else {
        return Err(MarshalError::malformed("code without all of its fields"));
    };
    Ok(Code {
        consts,
        names,
        name,
        filename,
    })
}
