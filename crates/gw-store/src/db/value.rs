//! What is bound to a placeholder.

use gw_core::{Digest, Time};

/// A value for a placeholder. There are no others: columns are `BIGINT`, `TEXT` or bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing, of whatever type the place asks for.
    Null,
    /// A number, a truth (0 or 1), or a time in microseconds since 1970.
    Int(i64),
    /// Text. PostgreSQL takes none with a NUL character.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// What can be an item of a [`list`].
pub trait ListItem {
    /// How it stands in the JSON array that is bound.
    fn item(&self) -> serde_json::Value;
}

/// Many values for one placeholder: `key IN {texts}`, `number IN {ints}`, `id IN {digests}`.
///
/// However many they are, the query's text stays the same.
pub fn list<T: ListItem>(items: impl IntoIterator<Item = T>) -> Value {
    let items: serde_json::Value = items.into_iter().map(|item| item.item()).collect();
    Value::Text(items.to_string())
}

impl ListItem for str {
    fn item(&self) -> serde_json::Value {
        self.into()
    }
}

impl ListItem for String {
    fn item(&self) -> serde_json::Value {
        self.as_str().into()
    }
}

impl ListItem for i64 {
    fn item(&self) -> serde_json::Value {
        (*self).into()
    }
}

impl ListItem for Digest {
    fn item(&self) -> serde_json::Value {
        self.to_hex().into()
    }
}

impl<T: ListItem + ?Sized> ListItem for &T {
    fn item(&self) -> serde_json::Value {
        (**self).item()
    }
}

/// Conversions that lose nothing.
macro_rules! into_value {
    ($($given:ty => |$name:ident| $value:expr;)*) => {$(
        impl From<$given> for Value {
            fn from($name: $given) -> Self {
                $value
            }
        }
    )*};
}

into_value! {
    i64 => |number| Self::Int(number);
    u32 => |number| Self::Int(number.into());
    bool => |truth| Self::Int(truth.into());
    &str => |text| Self::Text(text.to_owned());
    &String => |text| Self::Text(text.clone());
    String => |text| Self::Text(text);
    &[u8] => |bytes| Self::Bytes(bytes.to_vec());
    &Vec<u8> => |bytes| Self::Bytes(bytes.clone());
    Vec<u8> => |bytes| Self::Bytes(bytes);
    Digest => |digest| Self::Bytes(digest.as_bytes().to_vec());
    &Digest => |digest| Self::Bytes(digest.as_bytes().to_vec());
    Time => |time| Self::Int(time.as_microsecond());
}

impl<T> From<Option<T>> for Value
where
    Self: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::from)
    }
}
