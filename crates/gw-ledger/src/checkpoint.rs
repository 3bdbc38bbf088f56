//! C2SP tlog-checkpoints: what a log says it is, at one moment.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::hash::Hash;
use crate::note::{Note, NoteError};
use crate::note_key::{NoteSigner, VerifierKey};

/// A log's name, size and root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name: one line.
    pub origin: String,
    /// How many leaves it has.
    pub size: u64,
    /// The root of its tree.
    pub root: Hash,
    /// Further lines, whose meaning is the log's own. None of ours has any.
    pub extensions: Vec<String>,
}

/// Text that is no checkpoint, or is not signed as it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not the text of a checkpoint.
    #[error("not a checkpoint: {0}")]
    Format(&'static str),
    /// Not a signed note, or not signed by the log.
    #[error("checkpoint: {0}")]
    Note(#[from] NoteError),
    /// The log's key signed a checkpoint of a log with another name.
    #[error("the checkpoint is of `{found}`, not of `{expected}`")]
    Origin {
        /// The name in the checkpoint.
        found: String,
        /// The name of the key.
        expected: String,
    },
}

impl Checkpoint {
    /// Signs it.
    ///
    /// # Errors
    /// [`CheckpointError`] if the origin or an extension line is empty or has control characters.
    pub fn sign(&self, signer: &NoteSigner) -> Result<Note, CheckpointError> {
        let text = self.to_string();
        if text.parse().as_ref() != Ok(self) {
            return Err(CheckpointError::Format("a line is empty or has a newline"));
        }
        let signature = signer.sign(&text, 0);
        Ok(Note::new(text, signature)?)
    }

    /// Reads a signed checkpoint, and verifies that the log with this key (and the key's name as
    /// its origin) signed it.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn open(note: &str, log: &VerifierKey) -> Result<(Self, Note), CheckpointError> {
        let note = Note::parse(note)?;
        note.verify(log)?;
        let checkpoint: Self = note.text().parse()?;
        if checkpoint.origin != log.name() {
            return Err(CheckpointError::Origin {
                found: checkpoint.origin,
                expected: log.name().to_owned(),
            });
        }
        Ok((checkpoint, note))
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = STANDARD.encode(self.root);
        writeln!(f, "{}\n{}\n{root}", self.origin, self.size)?;
        self.extensions
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut lines = text
            .strip_suffix('\n')
            .ok_or(CheckpointError::Format("no newline at its end"))?
            .split('\n');
        let mut line = |what| {
            lines
                .next()
                .filter(|line| !line.is_empty())
                .ok_or(CheckpointError::Format(what))
        };
        let origin = line("no origin line")?.to_owned();
        let size = parse_size(line("no size line")?).ok_or(CheckpointError::Format(
            "its size is not a plain decimal number",
        ))?;
        let root = parse_hash(line("no root line")?).ok_or(CheckpointError::Format(
            "its root is not base64 of 32 bytes",
        ))?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(CheckpointError::Format("it has an empty line"));
        }
        Ok(Self {
            origin,
            size,
            root,
            extensions,
        })
    }
}

/// A decimal number without sign or leading zeroes.
pub(crate) fn parse_size(text: &str) -> Option<u64> {
    let size: u64 = text.parse().ok()?;
    (size.to_string() == text).then_some(size)
}

/// 32 bytes in base64.
pub(crate) fn parse_hash(text: &str) -> Option<Hash> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use gw_attest::SigningKey;
    use proptest::prelude::*;

    #[test]
    fn reads_the_example_of_the_specification() {
        let note = "example.com/behind-the-sofa\n20852163\n\
            CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
            — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
        let note = Note::parse(note).unwrap();
        let checkpoint: Checkpoint = note.text().parse().unwrap();
        assert_eq!(checkpoint.origin, "example.com/behind-the-sofa");
        assert_eq!(checkpoint.size, 20_852_163);
        assert_eq!(checkpoint.to_string(), note.text());
    }

    #[test]
    fn only_the_logs_own_checkpoints_open() {
        let signer = NoteSigner::log("a", SigningKey::from_seed(&[1; 32])).unwrap();
        let mut checkpoint = Checkpoint {
            origin: "a".to_owned(),
            size: 0,
            root: crate::hash::empty_root(),
            extensions: vec!["more".to_owned()],
        };
        let note = checkpoint.sign(&signer).unwrap().to_string();
        assert_eq!(
            Checkpoint::open(&note, signer.verifier()).unwrap().0,
            checkpoint
        );
        "b".clone_into(&mut checkpoint.origin);
        let note = checkpoint.sign(&signer).unwrap().to_string();
        let refused = Checkpoint::open(&note, signer.verifier());
        assert!(matches!(refused, Err(CheckpointError::Origin { .. })));
        checkpoint.extensions = vec!["x\n\ny".to_owned()];
        assert!(checkpoint.sign(&signer).is_err());
    }

    #[test]
    fn other_texts_are_refused() {
        let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
        for bad in [
            String::new(),
            "\n".to_owned(),
            "a\n1\n".to_owned(),
            format!("a\n1\n{root}"),
            format!("\n1\n{root}\n"),
            format!("a\n01\n{root}\n"),
            format!("a\n+1\n{root}\n"),
            format!("a\n-1\n{root}\n"),
            format!("a\n18446744073709551616\n{root}\n"),
            format!("a\n1\n{root}=\n"),
            format!("a\n1\n{root}\n\n"),
            "a\n1\nAAAA\n".to_owned(),
        ] {
            assert!(bad.parse::<Checkpoint>().is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(
            text in "([a-z]{0,3}\n)?([+-]?[0-9]{0,21}\n)?([A-Za-z0-9+/]{43}=\n)?(.|\n){0,9}",
        ) {
            if let Ok(checkpoint) = text.parse::<Checkpoint>() {
                prop_assert_eq!(checkpoint.to_string(), text);
            }
        }
    }
}
