//! C2SP signed notes with Ed25519, and the timestamped cosignatures of witnesses.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::note_key::{VerifierKey, is_name};

/// A note may have this many bytes and signatures. (The specification asks for 16 signatures at
/// least.)
const MAX_LEN: usize = 1 << 20;
const MAX_SIGNATURES: usize = 100;

/// A note, key or name that breaks the rules of the format, or is not signed as it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not a signed note.
    #[error("not a signed note: {0}")]
    Format(&'static str),
    /// Not a key name.
    #[error("not a key name: expected text without spaces, control characters and `+`")]
    Name,
    /// Not a verifier key.
    #[error("not a verifier key: {0}")]
    Key(&'static str),
    /// None of the known keys signed it.
    #[error("it has no signature by {expected}")]
    Unsigned {
        /// The keys that were looked for.
        expected: String,
    },
    /// A known key's signature does not verify.
    #[error("the signature by {name} does not verify: the text or the signature was changed")]
    BadSignature {
        /// The key's name.
        name: String,
    },
}

/// One signature line of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// The key's name.
    pub name: String,
    /// The key's id.
    pub id: [u8; 4],
    /// The signature, as its type defines it.
    pub bytes: Vec<u8>,
}

impl NoteSignature {
    /// Reads a signature line, without its newline.
    ///
    /// # Errors
    /// [`NoteError::Format`].
    pub fn parse(line: &str) -> Result<Self, NoteError> {
        let format = NoteError::Format("a signature line is `— name base64`");
        let (name, encoded) = line
            .strip_prefix("\u{2014} ")
            .and_then(|rest| rest.split_once(' '))
            .filter(|(name, _)| is_name(name))
            .ok_or_else(|| format.clone())?;
        let bytes = STANDARD.decode(encoded).map_err(|_| format.clone())?;
        match bytes.split_first_chunk::<4>() {
            Some((id, bytes)) if !bytes.is_empty() => Ok(Self {
                name: name.to_owned(),
                id: *id,
                bytes: bytes.to_vec(),
            }),
            _ => Err(format),
        }
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.id.to_vec();
        bytes.extend_from_slice(&self.bytes);
        write!(f, "\u{2014} {} {}", self.name, STANDARD.encode(bytes))
    }
}

/// A text and its signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// A signature that was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed<'a> {
    /// The key that made it.
    pub key: &'a VerifierKey,
    /// When, in seconds since 1970, if it is a cosignature.
    pub time: Option<u64>,
}

impl Note {
    /// A note of this text, signed.
    ///
    /// # Errors
    /// [`NoteError::Format`] if the text does not end with a newline or has control characters.
    pub fn new(text: String, signature: NoteSignature) -> Result<Self, NoteError> {
        if !text.ends_with('\n') {
            return Err(NoteError::Format("the text does not end with a newline"));
        }
        check_characters(&text)?;
        Ok(Self {
            text,
            signatures: vec![signature],
        })
    }

    /// Reads a note, of at most 1 MiB and 100 signatures.
    ///
    /// # Errors
    /// [`NoteError::Format`].
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        if note.len() > MAX_LEN {
            return Err(NoteError::Format("it is longer than 1 MiB"));
        }
        check_characters(note)?;
        let (text, lines) = note
            .rfind("\n\n")
            .and_then(|at| note.split_at_checked(at + 1))
            .ok_or(NoteError::Format("no empty line before the signatures"))?;
        let lines = lines
            .strip_prefix('\n')
            .and_then(|lines| lines.strip_suffix('\n'))
            .ok_or(NoteError::Format("it does not end with a signature line"))?;
        let signatures = lines
            .split('\n')
            .take(MAX_SIGNATURES + 1)
            .map(NoteSignature::parse)
            .collect::<Result<Vec<_>, _>>()?;
        if signatures.len() > MAX_SIGNATURES {
            return Err(NoteError::Format("it has more than 100 signatures"));
        }
        Ok(Self {
            text: text.to_owned(),
            signatures,
        })
    }

    /// The signed text, with its last newline. Worth nothing until verified.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, verified or not.
    #[must_use]
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds a signature; a former one of the same key is replaced.
    pub fn add(&mut self, signature: NoteSignature) {
        self.signatures
            .retain(|old| old.name != signature.name || old.id != signature.id);
        self.signatures.push(signature);
    }

    /// Verifies the signatures of the keys given, and returns those that are there, each key
    /// once. Signatures of other keys are ignored.
    ///
    /// # Errors
    /// [`NoteError::BadSignature`] if a known key's signature does not verify.
    pub fn verified<'a>(&self, keys: &'a [VerifierKey]) -> Result<Vec<Signed<'a>>, NoteError> {
        let mut signed: Vec<Signed<'a>> = Vec::new();
        for key in keys {
            for signature in self.signatures.iter().filter(|s| key.is_of(s)) {
                let time = key.verify(&self.text, &signature.bytes).ok_or_else(|| {
                    NoteError::BadSignature {
                        name: key.name().to_owned(),
                    }
                })?;
                if !signed.iter().any(|s| s.key == key) {
                    signed.push(Signed { key, time });
                }
            }
        }
        Ok(signed)
    }

    /// Verifies that one key signed the note.
    ///
    /// # Errors
    /// [`NoteError::Unsigned`] if it did not, [`NoteError::BadSignature`] if its signature does
    /// not verify.
    pub fn verify(&self, key: &VerifierKey) -> Result<(), NoteError> {
        if self.verified(std::slice::from_ref(key))?.is_empty() {
            return Err(NoteError::Unsigned {
                expected: key.to_string(),
            });
        }
        Ok(())
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|s| writeln!(f, "{s}"))
    }
}

fn check_characters(note: &str) -> Result<(), NoteError> {
    if note.bytes().any(|byte| byte < b' ' && byte != b'\n') {
        return Err(NoteError::Format("it has control characters"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note_key::{KeyType, NoteSigner};
    use gw_attest::SigningKey;
    use proptest::prelude::*;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_seed(&[seed; 32])
    }

    #[test]
    fn notes_are_read_as_written_and_verify() {
        let log = NoteSigner::log("example.com/log", key(1)).unwrap();
        let witness = NoteSigner::witness("example.com/w", key(2)).unwrap();
        let stranger = NoteSigner::log("example.com/log", key(3)).unwrap();
        let text = "one\n\ntwo\n";
        let mut note = Note::new(text.to_owned(), log.sign(text, 0)).unwrap();
        note.add(stranger.sign(text, 0));
        note.add(witness.sign(text, 99));
        let note = Note::parse(&note.to_string()).unwrap();
        assert_eq!(note.text(), text);
        assert_eq!(note.signatures().len(), 3);
        let keys = [log.verifier().clone(), witness.verifier().clone()];
        let signed = note.verified(&keys).unwrap();
        assert_eq!(
            signed.iter().map(|s| s.time).collect::<Vec<_>>(),
            [None, Some(99)]
        );
        // The same bytes under another name or type are another key.
        let other = VerifierKey::new("x", KeyType::Ed25519, &key(1).public()).unwrap();
        assert!(matches!(
            note.verify(&other),
            Err(NoteError::Unsigned { .. })
        ));

        for (from, to) in [("one", "One"), ("two\n", "two\n\n")] {
            let forged = Note::parse(&note.to_string().replacen(from, to, 1)).unwrap();
            let refused = forged.verify(log.verifier());
            assert!(matches!(refused, Err(NoteError::BadSignature { .. })));
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for bad in [
            "",
            "\n",
            "\n\n",
            "text\n",
            "text\n\n",
            "text\n\n\n",
            "text\n\n— name\n",
            "text\n\n— name AAAAAA==\n",
            "text\n\n— na+me AAAAAAA=\n",
            "text\n\n- name AAAAAAA=\n",
            "text\n\n— name AAAAAAA=",
            "te\u{1}xt\n\n— name AAAAAAA=\n",
            "text\n\n— name AAAAAAA=\nmore\n",
            "text\n\n—  AAAAAAA=\n",
        ] {
            assert!(Note::parse(bad).is_err(), "{bad:?}");
        }
        assert!(Note::parse("text\n\n— name AAAAAAA=\n").is_ok());
    }

    proptest! {
        #[test]
        fn any_text_is_survived(
            note in "(.|\n){0,80}(\n\n(— [a-z +]{0,3} [A-Za-z0-9=]{0,12}\n){0,3})?",
        ) {
            if let Ok(read) = Note::parse(&note) {
                prop_assert_eq!(read.to_string(), note.as_str());
            }
            let _ = note.parse::<VerifierKey>();
        }
    }
}
