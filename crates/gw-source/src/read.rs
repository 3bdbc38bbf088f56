use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gw_analysis::EntryKind;
use gw_finding::{Incomplete, ReasonCode};

use crate::git::Objects;
use crate::item::Handle;
use crate::{Item, Limits, Source};

/// One file, opened.
#[derive(Debug)]
pub struct Content {
    /// What sort of thing it is, now that it is open.
    pub kind: EntryKind,
    /// Its size in bytes.
    pub size: u64,
    /// Its bytes.
    pub body: Body,
}

/// The bytes of an opened file.
#[derive(Debug)]
pub enum Body {
    /// Already read.
    Memory(Arc<[u8]>),
    /// Still to be read, from the start.
    File(File),
}

/// Reads a source's items, each once. Every thread has its own.
pub struct Reader<'s> {
    root: PathBuf,
    objects: Option<Objects>,
    limits: &'s Limits,
}

impl<'s> Reader<'s> {
    pub(crate) fn new(source: &Source, limits: &'s Limits) -> Self {
        Self {
            root: source.root().to_owned(),
            objects: source.objects(),
            limits,
        }
    }

    /// Opens one item. Of a git tree a blob larger than [`Limits::max_file_size`] is not read.
    ///
    /// # Errors
    /// The record of why it could not be opened.
    pub fn open(&self, item: &Item) -> Result<Content, Box<Incomplete>> {
        match &item.handle {
            Handle::Memory(bytes) => Ok(memory(item.kind, Arc::clone(bytes))),
            Handle::Blob(id) => match &self.objects {
                Some(objects) => objects
                    .blob(*id, self.limits.max_file_size)
                    .map(|bytes| memory(item.kind, bytes.into()))
                    .map_err(|(reason, detail)| Box::new(item.incomplete(reason, detail))),
                None => Err(unreadable(item, "there is no repository")),
            },
            Handle::Named => self.open_path(item, &self.root.join(&item.path)),
            Handle::Raw(relative) => self.open_path(item, &self.root.join(relative)),
        }
    }

    fn open_path(&self, item: &Item, path: &Path) -> Result<Content, Box<Incomplete>> {
        if item.kind == EntryKind::Link {
            return match std::fs::read_link(path) {
                Ok(target) => {
                    let bytes = target.as_os_str().as_encoded_bytes();
                    Ok(memory(EntryKind::Link, bytes.into()))
                }
                Err(error) => Err(unreadable(item, &error.to_string())),
            };
        }
        match open_file(path) {
            Ok((file, metadata)) => Ok(Content {
                kind: crate::walk::kind(&metadata).unwrap_or(item.kind),
                size: metadata.len(),
                body: Body::File(file),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(unreadable(
                item,
                "it was there when the folder was listed, and is gone",
            )),
            Err(error) => Err(unreadable(item, &error.to_string())),
        }
    }
}

fn memory(kind: EntryKind, bytes: Arc<[u8]>) -> Content {
    Content {
        kind,
        size: bytes.len() as u64,
        body: Body::Memory(bytes),
    }
}

fn unreadable(item: &Item, detail: &str) -> Box<Incomplete> {
    Box::new(item.incomplete(ReasonCode::Unreadable, detail))
}

/// Opens a regular file without following a link and without waiting for whoever is at the other
/// end of a pipe that has taken the file's place.
pub(crate) fn open_file(path: &Path) -> io::Result<(File, Metadata)> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY);
    }
    let file = options.open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is no regular file",
        ));
    }
    Ok((file, metadata))
}
