//! Text for people: harmless characters, measured in columns, wrapped and shortened.

mod clean;
mod prose;
mod shorten;

pub(crate) use clean::{clean, clean_char};
pub(crate) use prose::{Paper, Prose, columns};
pub(crate) use shorten::{clip, shorten_path};
