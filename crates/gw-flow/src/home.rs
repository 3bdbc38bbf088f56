//! The data folder of the command line: store, key, ledger and advisories.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use gw_attest::{KeyError, SigningKey};

use crate::private;

/// The data folder.
#[derive(Debug, Clone)]
pub struct Home {
    root: PathBuf,
}

/// A data folder that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// A file or folder in it cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The local key is not a key.
    #[error("{}: {source}", path.display())]
    Key {
        /// The key file.
        path: PathBuf,
        /// Why.
        source: KeyError,
    },
    /// Others can read the local key.
    #[error("{} can be read by others: run chmod 600 on it, or remove it to get a new key", path.display())]
    Exposed {
        /// The key file.
        path: PathBuf,
    },
}

impl Home {
    /// The data folder at `root`. Nothing is made yet.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The database.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        self.root.join("store.db")
    }

    /// The folder of the ledger's tiles.
    #[must_use]
    pub fn ledger(&self) -> PathBuf {
        self.root.join("ledger")
    }

    /// The folder of advisory indexes.
    #[must_use]
    pub fn advisories(&self) -> PathBuf {
        self.root.join("advisories")
    }

    /// Makes the folder, for its owner only.
    ///
    /// # Errors
    /// [`HomeError::Io`] if it cannot be made or written.
    pub fn create(&self) -> Result<(), HomeError> {
        let io = |source| HomeError::Io {
            path: self.root.clone(),
            source,
        };
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.root).map_err(io)?;
        tempfile::tempfile_in(&self.root).map_err(io)?;
        Ok(())
    }

    /// The local key, made on first use in a file that only its owner can read.
    ///
    /// # Errors
    /// [`HomeError`] if the file cannot be read or written, holds no key, or others can read it.
    pub fn local_key(&self) -> Result<SigningKey, HomeError> {
        if let Some(key) = self.existing_key()? {
            return Ok(key);
        }
        make_key(&self.key_file())?;
        // Read again: of two processes that made one at once, both must use the same.
        let made = self.existing_key()?;
        made.ok_or_else(|| HomeError::Io {
            path: self.key_file(),
            source: io::ErrorKind::NotFound.into(),
        })
    }

    /// The local key, if there is one.
    ///
    /// # Errors
    /// [`HomeError`] if the file cannot be read, holds no key, or others can read it.
    pub fn existing_key(&self) -> Result<Option<SigningKey>, HomeError> {
        let path = self.key_file();
        match fs::read_to_string(&path) {
            Ok(pem) => {
                let pem = zeroize::Zeroizing::new(pem);
                check_private(&path)?;
                let key = SigningKey::from_pem(&pem, None);
                key.map(Some)
                    .map_err(|source| HomeError::Key { path, source })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(HomeError::Io { path, source }),
        }
    }

    fn key_file(&self) -> PathBuf {
        self.root.join("keys/local.key")
    }
}

fn make_key(path: &Path) -> Result<(), HomeError> {
    let io = |source| HomeError::Io {
        path: path.to_owned(),
        source,
    };
    let key_error = |source| HomeError::Key {
        path: path.to_owned(),
        source,
    };
    let key = SigningKey::generate().map_err(key_error)?;
    let pem = key.to_pem(None).map_err(key_error)?;
    private::write_new(path, pem.as_bytes()).map_err(io)
}

#[cfg(unix)]
fn check_private(path: &Path) -> Result<(), HomeError> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = fs::metadata(path).map_err(|source| HomeError::Io {
        path: path.to_owned(),
        source,
    })?;
    if metadata.permissions().mode() & 0o077 == 0 {
        Ok(())
    } else {
        Err(HomeError::Exposed {
            path: path.to_owned(),
        })
    }
}

#[cfg(not(unix))]
fn check_private(_path: &Path) -> Result<(), HomeError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn the_key_is_made_once_and_kept_private() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::new(folder.path().join("data"));
        home.create().unwrap();
        let first = home.local_key().unwrap();
        assert_eq!(home.local_key().unwrap().public(), first.public());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let path = home.root().join("keys/local.key");
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            assert!(matches!(home.local_key(), Err(HomeError::Exposed { .. })));
        }
    }

    #[test]
    fn what_is_no_key_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::new(folder.path());
        fs::create_dir(folder.path().join("keys")).unwrap();
        let path = folder.path().join("keys/local.key");
        let mut options = fs::OpenOptions::new();
        options.create(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path).unwrap().write_all(b"nothing").unwrap();
        assert!(matches!(home.local_key(), Err(HomeError::Key { .. })));
        assert_eq!(fs::read(&path).unwrap(), b"nothing");
    }
}
