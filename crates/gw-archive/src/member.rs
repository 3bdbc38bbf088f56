use gw_finding::ReasonCode;

use crate::Content;

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

/// Parts of an archive that say different things, so that loaders that believe one part see other
/// content than loaders that believe another. Every reading is shown all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// The member's path; nothing if the archive as a whole is meant.
    pub path: Option<String>,
    /// About what.
    pub kind: DisagreementKind,
    /// What each part says.
    pub detail: String,
}

/// What the parts of an archive disagree about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DisagreementKind {
    /// A member's name.
    Name,
    /// How a member is compressed.
    Method,
    /// How many bytes a member has.
    Size,
    /// A member's checksum.
    Checksum,
    /// Whether a member is encrypted.
    Encrypted,
    /// Whether a member can be read at all: it is marked as something that it is not.
    Marks,
    /// Two members have one name and different content: some loaders take the first, some the
    /// last.
    Duplicate,
    /// A member that no directory mentions, which loaders see that read in order.
    Hidden,
    /// Which members there are: there are several directories, or one that says two things.
    Directory,
}

impl DisagreementKind {
    /// The kind's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Method => "method",
            Self::Size => "size",
            Self::Checksum => "checksum",
            Self::Encrypted => "encrypted",
            Self::Marks => "marks",
            Self::Duplicate => "duplicate",
            Self::Hidden => "hidden",
            Self::Directory => "directory",
        }
    }
}

/// Is shown an archive's members.
pub trait Sink {
    /// One member and its content, of which as much may be read as is wanted. An error while
    /// reading ends the content; the walk reports it, so there is no need to.
    ///
    /// Checksums are verified of what is read in order to the end, and of nothing else: to verify
    /// all of them would be to read gigabytes that nobody wants to see.
    fn member(&mut self, member: &Member, content: &mut Content<'_>);

    /// Something that could not be looked at.
    fn problem(&mut self, problem: Problem);

    /// Parts of the archive that say different things.
    fn disagreement(&mut self, disagreement: Disagreement);
}
