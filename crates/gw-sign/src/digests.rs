use std::collections::BTreeMap;

use gw_attest::oms::{ContentDigest, HashType, ModelPath};

/// Digests of files that somebody else computed, in the form of `sha256sum`, `b2sum` and `b3sum`.
/// Who supplies them answers for them: the files that they name are not read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Digests(BTreeMap<String, String>);

/// A list of digests that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct DigestsError {
    line: usize,
    why: &'static str,
}

impl Digests {
    /// Reads a list: lines of `<digest>  <path>`, `<digest> *<path>` or `SHA256 (<path>) = <digest>`,
    /// with paths relative to the model.
    ///
    /// # Errors
    /// [`DigestsError`] with the line.
    pub fn parse(text: &str) -> Result<Self, DigestsError> {
        let mut digests = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            let error = |why| DigestsError {
                line: index.saturating_add(1),
                why,
            };
            if line.trim().is_empty() {
                continue;
            }
            let (digest, path) =
                entry(line).ok_or_else(|| error("expected a digest, two spaces and a path"))?;
            let known = !digest.is_empty() && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
            if !known {
                return Err(error("the digest is not hexadecimal"));
            }
            let path = path.strip_prefix("./").unwrap_or(&path);
            let path = ModelPath::parse(path)
                .map_err(|_| error("the path is not relative to the model"))?;
            let before = digests.insert(path.to_string(), digest.to_ascii_lowercase());
            if before.is_some() {
                return Err(error("the path is listed twice"));
            }
        }
        Ok(Self(digests))
    }

    /// The digest of a file, if the list has it. One of another length than the function's is none.
    #[must_use]
    pub fn get(&self, path: &ModelPath, hash: HashType) -> Option<ContentDigest> {
        ContentDigest::from_hex(hash, self.0.get(path.as_str())?)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn entry(line: &str) -> Option<(String, String)> {
    // The BSD form.
    if let Some((head, digest)) = line.rsplit_once(") = ")
        && let Some((_, path)) = head.split_once(" (")
    {
        return Some((digest.trim().to_owned(), path.to_owned()));
    }
    // A backslash in front says that backslashes and newlines in the path are escaped.
    let (escaped, line) = match line.strip_prefix('\\') {
        Some(rest) => (true, rest),
        None => (false, line),
    };
    let (digest, rest) = line.split_once(' ')?;
    let path = rest.strip_prefix(' ').or_else(|| rest.strip_prefix('*'))?;
    let path = if escaped {
        unescape(path)?
    } else {
        path.to_owned()
    };
    Some((digest.to_owned(), path))
}

fn unescape(path: &str) -> Option<String> {
    let mut out = String::new();
    let mut letters = path.chars();
    while let Some(letter) = letters.next() {
        out.push(match letter {
            '\\' => match letters.next()? {
                '\\' => '\\',
                'n' => '\n',
                'r' => '\r',
                _ => return None,
            },
            other => other,
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_tools_write() {
        let hex = "ab".repeat(32);
        let check = |line: &str, path: &str| {
            let digests = Digests::parse(line).unwrap();
            let found = digests.get(&ModelPath::parse(path).unwrap(), HashType::Sha256);
            assert_eq!(
                found.map(|digest| digest.to_hex()),
                Some(hex.clone()),
                "{line}"
            );
        };
        check(&format!("{hex}  a/b c\n"), "a/b c");
        check(&format!("{hex} *./a\n"), "a");
        check(&format!("SHA256 (a (1).bin) = {hex}\n"), "a (1).bin");
        check(&format!("\\{hex}  a\\\\b\\n\n"), "a\\b\n");
        check(&format!("{}  a\n", hex.to_uppercase()), "a");
        for bad in [
            format!("{hex}\n"),
            format!("{hex} a\n"),
            format!("xy{hex}  a\n"),
            format!("{hex}  ../a\n"),
            format!("{hex}  /a\n"),
            format!("{hex}  a\n{hex}  ./a\n"),
            format!("\\{hex}  a\\x\n"),
        ] {
            assert!(Digests::parse(&bad).is_err(), "{bad}");
        }
        let other = Digests::parse(&format!("{hex}  a")).unwrap();
        let path = ModelPath::parse("a").unwrap();
        assert_eq!(other.get(&path, HashType::Blake2b), None);
    }
}
