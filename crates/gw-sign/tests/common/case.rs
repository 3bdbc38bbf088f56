//! A model that is signed and verified with a key.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use gw_core::Time;
use gw_sign::{
    ModelSigner, SignOptions, Trust, VerifiedModel, VerifyError, VerifyOptions, sign_model,
    verify_model,
};

use super::Key;

/// A model in a folder, and a key.
pub struct Case {
    pub folder: tempfile::TempDir,
    pub key: Key,
}

impl Case {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        super::model(&folder.path().join("model"));
        Self {
            folder,
            key: Key::new(),
        }
    }

    pub fn model(&self) -> PathBuf {
        self.folder.path().join("model")
    }

    pub fn write(&self, path: &str, content: &str) {
        std::fs::write(self.model().join(path), content).unwrap();
    }

    pub fn sign(&self, options: &SignOptions) -> Vec<u8> {
        let signer = ModelSigner::with_key(self.key.private.clone());
        let signed = sign_model(&self.model(), &signer, options, None).unwrap();
        signed.bundle.to_json().unwrap()
    }

    pub fn trust(&self) -> Trust {
        Trust::Key(Box::new(self.key.private.public()))
    }

    pub fn verify(
        &self,
        bundle: &[u8],
        options: &VerifyOptions,
    ) -> Result<VerifiedModel, VerifyError> {
        verify_model(&self.model(), bundle, &self.trust(), options, None)
    }
}

pub fn now() -> Time {
    "2026-04-01T12:00:00Z".parse().unwrap()
}

pub fn options() -> VerifyOptions {
    VerifyOptions {
        threads: NonZeroUsize::new(2).unwrap(),
        ..VerifyOptions::at(now())
    }
}

#[track_caller]
pub fn refused(result: Result<VerifiedModel, VerifyError>, why: &str) {
    match result {
        Err(VerifyError::Refused(refusal)) => {
            let said = refusal.to_string();
            assert!(said.contains(why), "expected `{why}`: {said}");
        }
        other => panic!("expected `{why}`: {other:?}"),
    }
}
