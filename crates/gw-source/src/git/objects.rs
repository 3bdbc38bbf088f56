use gix::ObjectId;
use gix::objs::tree::EntryMode;
use gix::objs::{Kind, TreeRefIter};
use gw_finding::ReasonCode;

use super::repository::chain;

/// The largest tree or commit object that is read, in bytes.
const MAX_TREE: u64 = 32 << 20;

/// How many tags may point at each other.
const MAX_TAGS: usize = 16;

/// Reads objects and checks that each has the content its name promises.
pub struct Objects {
    repository: gix::Repository,
}

/// Why an object could not be read, as a reason and a detail.
pub type ObjectError = (ReasonCode, String);

impl Objects {
    pub(super) const fn new(repository: gix::Repository) -> Self {
        Self { repository }
    }

    /// The content of a blob of at most `limit` bytes.
    ///
    /// # Errors
    /// Why it could not be read.
    pub fn blob(&self, id: ObjectId, limit: u64) -> Result<Vec<u8>, ObjectError> {
        let (kind, data) = self.read(id, limit)?;
        if kind == Kind::Blob {
            Ok(data)
        } else {
            Err((
                ReasonCode::Malformed,
                format!("object {id} is a {kind}, expected a blob"),
            ))
        }
    }

    /// The entries of a tree: mode, name, id.
    pub(super) fn tree(
        &self,
        id: ObjectId,
    ) -> Result<Vec<(EntryMode, Vec<u8>, ObjectId)>, ObjectError> {
        let (kind, data) = self.read(id, MAX_TREE)?;
        if kind != Kind::Tree {
            return Err((
                ReasonCode::Malformed,
                format!("object {id} is a {kind}, expected a tree"),
            ));
        }
        TreeRefIter::from_bytes(&data, id.kind())
            .map(|entry| match entry {
                Ok(entry) => Ok((entry.mode, entry.filename.to_vec(), entry.oid.to_owned())),
                Err(error) => Err((
                    ReasonCode::Malformed,
                    format!("tree {id} cannot be read: {}", chain(&error)),
                )),
            })
            .collect()
    }

    /// Follows tags to a commit; its id and its tree's.
    pub(super) fn commit_tree(&self, mut id: ObjectId) -> Result<(String, ObjectId), String> {
        for _ in 0..MAX_TAGS {
            let (kind, data) = self.read(id, MAX_TREE).map_err(|(_, detail)| detail)?;
            // Both a tag and a commit begin with the line of what they point at.
            let first = data.split(|&byte| byte == b'\n').next().unwrap_or_default();
            let (field, value) = match first.iter().position(|&byte| byte == b' ') {
                Some(at) => first.split_at(at),
                None => (first, &[][..]),
            };
            let value = value.strip_prefix(b" ").unwrap_or_default();
            let target = ObjectId::from_hex(value);
            match (kind, field, target) {
                (Kind::Commit, b"tree", Ok(tree)) => return Ok((id.to_string(), tree)),
                (Kind::Tag, b"object", Ok(target)) => id = target,
                (Kind::Tree | Kind::Blob, ..) => {
                    return Err(format!("it is a {kind}, expected a commit"));
                }
                _ => return Err(format!("the {kind} {id} is malformed")),
            }
        }
        Err(format!("more than {MAX_TAGS} tags point at each other"))
    }

    /// The entry at a path of a tree.
    pub(super) fn lookup(
        &self,
        tree: ObjectId,
        path: &str,
    ) -> Result<Option<(EntryMode, ObjectId)>, String> {
        let mut found = None;
        let mut at = tree;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            if found.is_some_and(|(mode, _): (EntryMode, ObjectId)| !mode.is_tree()) {
                return Ok(None);
            }
            let entries = self.tree(at).map_err(|(_, detail)| detail)?;
            let entry = entries
                .into_iter()
                .find(|(_, entry, _)| entry == name.as_bytes());
            let Some((mode, _, id)) = entry else {
                return Ok(None);
            };
            found = Some((mode, id));
            at = id;
        }
        Ok(found)
    }

    fn read(&self, id: ObjectId, limit: u64) -> Result<(Kind, Vec<u8>), ObjectError> {
        // The header tells the size before anything is inflated.
        let header = self
            .repository
            .try_find_header(id)
            .map_err(|error| malformed(id, &chain(&error)))?
            .ok_or_else(|| {
                let detail =
                    format!("object {id} is not there: the clone may be shallow or partial");
                (ReasonCode::Missing, detail)
            })?;
        if header.size() > limit {
            let detail = format!("{} bytes, at most {limit} are read", header.size());
            return Err((ReasonCode::TooLarge, detail));
        }
        let object = self
            .repository
            .find_object(id)
            .map_err(|error| malformed(id, &chain(&error)))?
            .detach();
        let actual = gix::objs::compute_hash(id.kind(), object.kind, &object.data)
            .map_err(|error| malformed(id, &chain(&error)))?;
        if actual != id {
            return Err(malformed(id, &format!("its content has the id {actual}")));
        }
        Ok((object.kind, object.data))
    }
}

fn malformed(id: ObjectId, detail: &str) -> ObjectError {
    (
        ReasonCode::Malformed,
        format!("object {id} cannot be read: {detail}"),
    )
}
