//! The server's key: 32 random bytes that authenticate resume tokens, so that seats survive a restart.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use thiserror::Error;

use super::{secret_file, state_directory::state_directory};

/// Where the key comes from.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum KeySource {
    /// The key itself is given in the settings.
    Given([u8; 32]),
    /// This file, created if missing.
    File(PathBuf),
    /// The file `key` in the state directory, created if missing.
    #[default]
    StateDirectory,
}

/// Hides the key.
impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given(_) => f.write_str("Given(..)"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::StateDirectory => f.write_str("StateDirectory"),
        }
    }
}

/// Why there is no key, as one sentence.
#[derive(Debug, Error)]
pub enum KeyError {
    /// Reading or creating the file failed.
    #[error("{}: the key file cannot be read or created: {cause}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// The file holds something else.
    #[error(
        "{}: expected a key of 64 hexadecimal digits; delete the file, and a new one is created",
        path.display()
    )]
    Content {
        /// Which.
        path: PathBuf,
    },
    /// The operating system gave no random numbers.
    #[error("no random numbers from the operating system: {0}")]
    Random(#[from] getrandom::Error),
}

/// Loads the key. A file error in the default place is only logged: calls work without a kept key, but seats
/// do not survive a restart.
pub fn load(source: &KeySource) -> Result<[u8; 32], KeyError> {
    match source {
        KeySource::Given(key) => Ok(*key),
        KeySource::File(path) => load_file(path),
        KeySource::StateDirectory => {
            let Some(path) = state_directory().map(|directory| directory.join("key")) else {
                tracing::warn!("no place to keep the key: set key_file, or seats are lost at a restart");
                return random();
            };
            load_file(&path).or_else(|error| match error {
                KeyError::File { .. } => {
                    tracing::warn!("{error}; seats are lost at a restart");
                    random()
                }
                KeyError::Content { .. } | KeyError::Random(_) => Err(error),
            })
        }
    }
}

/// Where [`load`] would find the key.
pub(crate) enum KeyStatus {
    /// In the settings.
    Given,
    /// In this file.
    Kept(PathBuf),
    /// Nowhere yet; this file will be created.
    ToBeCreated(PathBuf),
    /// There is no place to keep it.
    Nowhere,
}

/// Looks for the key, and creates nothing.
pub(crate) fn inspect(source: &KeySource) -> Result<KeyStatus, KeyError> {
    let path = match source {
        KeySource::Given(_) => return Ok(KeyStatus::Given),
        KeySource::File(path) => path.clone(),
        KeySource::StateDirectory => match state_directory() {
            Some(directory) => directory.join("key"),
            None => return Ok(KeyStatus::Nowhere),
        },
    };
    match fs::read_to_string(&path) {
        Ok(text) if parse(&text).is_some() => Ok(KeyStatus::Kept(path)),
        Ok(_) => Err(KeyError::Content { path }),
        Err(cause) => {
            let created = if cause.kind() == io::ErrorKind::NotFound {
                secret_file::can_be_created(&path)
            } else {
                Err(cause)
            };
            match (created, source) {
                (Ok(()), _) => Ok(KeyStatus::ToBeCreated(path)),
                (Err(_), KeySource::StateDirectory) => Ok(KeyStatus::Nowhere),
                (Err(cause), _) => Err(KeyError::File { path, cause }),
            }
        }
    }
}

/// Fails if the server could not start with this key file. Creates nothing.
pub fn check(source: &KeySource) -> Result<(), KeyError> {
    inspect(source).map(drop)
}

/// 32 random bytes.
pub fn random() -> Result<[u8; 32], KeyError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// Parses a key of 64 hexadecimal digits.
pub fn parse(text: &str) -> Option<[u8; 32]> {
    HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).ok()?.try_into().ok()
}

fn load_file(path: &Path) -> Result<[u8; 32], KeyError> {
    let failed = |cause| KeyError::File { path: path.to_owned(), cause };
    let text = match fs::read_to_string(path) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
            let digits = HEXLOWER.encode(&random()?);
            // If another process is quicker, its key counts.
            secret_file::create(path, format!("{digits}\n").as_bytes()).map_err(failed)?;
            fs::read_to_string(path).map_err(failed)?
        }
        read => read.map_err(failed)?,
    };
    warn_if_others_can_read(path);
    parse(&text).ok_or_else(|| KeyError::Content { path: path.to_owned() })
}

/// Only a warning, because the file may be mounted that way on purpose.
fn warn_if_others_can_read(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    if fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0) {
        tracing::warn!("{}: other users can read the key and take seats with it", path.display());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn a_key_file_is_created_once_and_only_for_its_owner() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state/key");
        let key = load(&KeySource::File(path.clone())).unwrap();
        assert_eq!(load(&KeySource::File(path.clone())).unwrap(), key);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(parse(&fs::read_to_string(&path).unwrap()), Some(key));
    }

    #[test]
    fn a_file_that_holds_something_else_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        fs::write(&path, "hello").unwrap();
        assert!(matches!(load(&KeySource::File(path)), Err(KeyError::Content { .. })));
    }
}
