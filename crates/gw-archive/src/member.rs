use std::io::Read;

use gw_finding::ReasonCode;

/// What sort of thing a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MemberKind {
    /// A file that is not executable.
    File,
    /// An executable file.
    Executable,
    /// A symbolic or hard link; the content is the path of its target.
    Link,
}

/// Which part of an archive says that there is such a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reading {
    /// All that speak of it, alike.
    Agreed,
    /// Of a zip, the central directory; the local header says otherwise.
    Central,
    /// Of a zip, the local header; the central directory says otherwise, or nothing.
    Local,
    /// Of a zip, the Unicode path field of Info-ZIP; the name itself says otherwise.
    UnicodePath,
    /// Of a tar, a header after the end of the archive, as loaders see it that ignore the end.
    AfterEnd,
    /// A compressed stream, which has one content and no directory.
    Stream,
}

/// One member of an archive, in one reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its path with `/` between its parts, made safe to join to a folder
    /// ([`contained_path`](crate::contained_path)).
    pub path: String,
    /// What sort of thing it is.
    pub kind: MemberKind,
    /// Its size in bytes as declared, if it is. The content may have another.
    pub size: Option<u64>,
    /// Which part of the archive says so.
    pub reading: Reading,
}

/// Something in an archive that no reading can make sense of, or that is not looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The member's path; nothing if the archive as a whole is meant.
    pub path: Option<String>,
    /// Why.
    pub reason: ReasonCode,
    /// What was found and what was expected.
    pub detail: String,
}

impl Problem {
    /// A problem of the archive as a whole.
    #[must_use]
    pub fn whole(reason: ReasonCode, detail: impl Into<String>) -> Self {
        Self {
            path: None,
            reason,
            detail: detail.into(),
        }
    }

    /// A problem of one member.
    #[must_use]
    pub fn of(path: &str, reason: ReasonCode, detail: impl Into<String>) -> Self {
        Self {
            path: Some(path.to_owned()),
            reason,
            detail: detail.into(),
        }
    }
}

/// Is shown an archive's members.
pub trait Sink {
    /// One member and its content, of which as much may be read as is wanted. An error while
    /// reading ends the content; the walk reports it, so there is no need to.
    fn member(&mut self, member: &Member, content: &mut dyn Read);

    /// Something that could not be looked at.
    fn problem(&mut self, problem: Problem);
}
