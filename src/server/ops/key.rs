//! The server's key: 32 random bytes that authenticate resume tokens, so that seats outlive the process.

use std::{
    fmt, fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use thiserror::Error;

use super::state_directory::state_directory;

/// Where the key comes from.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum KeySource {
    /// The operator gave the key itself.
    Given([u8; 32]),
    /// This file, made if missing.
    File(PathBuf),
    /// The file `key` in the place where programs keep their state, made if missing.
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

/// A key that cannot be had, as one sentence.
#[derive(Debug, Error)]
pub enum KeyError {
    /// Reading or making the file failed.
    #[error("{}: the key file cannot be read or made: {cause}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// The file holds something else.
    #[error("{}: expected a key of 64 hexadecimal digits; delete the file to have a new one made", path.display())]
    NoKey {
        /// Which.
        path: PathBuf,
    },
    /// The operating system gave no random numbers.
    #[error("no random numbers from the operating system: {0}")]
    Random(#[from] getrandom::Error),
}

/// Gets the key. In the default place a failure is no error: calls work without, but not across a restart.
pub fn load(source: &KeySource) -> Result<[u8; 32], KeyError> {
    match source {
        KeySource::Given(key) => Ok(*key),
        KeySource::File(path) => load_file(path),
        KeySource::StateDirectory => {
            let Some(path) = state_directory().map(|directory| directory.join("key")) else {
                tracing::warn!("no place to keep the key, set key_file; after a restart people join anew");
                return random();
            };
            load_file(&path).or_else(|error| match error {
                KeyError::File { .. } => {
                    tracing::warn!("{error}; after a restart people join anew");
                    random()
                }
                KeyError::NoKey { .. } | KeyError::Random(_) => Err(error),
            })
        }
    }
}

/// What [`load`] would find.
pub(crate) enum State {
    /// No file is needed.
    Given,
    /// In this file.
    Kept(PathBuf),
    /// Nothing yet; it will be made here.
    ToBeMade(PathBuf),
    /// No place to keep it.
    Nowhere,
}

/// Looks, and makes nothing.
pub(crate) fn inspect(source: &KeySource) -> Result<State, KeyError> {
    let path = match source {
        KeySource::Given(_) => return Ok(State::Given),
        KeySource::File(path) => path.clone(),
        KeySource::StateDirectory => match state_directory() {
            Some(directory) => directory.join("key"),
            None => return Ok(State::Nowhere),
        },
    };
    match fs::read_to_string(&path) {
        Ok(text) if parse(&text).is_some() => Ok(State::Kept(path)),
        Ok(_) => Err(KeyError::NoKey { path }),
        Err(cause) => {
            let made = if cause.kind() == io::ErrorKind::NotFound { can_be_made(&path) } else { Err(cause) };
            match (made, source) {
                (Ok(()), _) => Ok(State::ToBeMade(path)),
                (Err(_), KeySource::StateDirectory) => Ok(State::Nowhere),
                (Err(cause), _) => Err(KeyError::File { path, cause }),
            }
        }
    }
}

/// Whether a file could be made there, with the directories that are missing. Makes nothing that has a name.
pub(crate) fn can_be_made(path: &Path) -> io::Result<()> {
    let there = path.ancestors().skip(1).find(|directory| directory.exists());
    tempfile::tempfile_in(there.unwrap_or_else(|| Path::new("."))).map(drop)
}

/// What a start would stumble over: a key file that cannot be used.
pub fn check(source: &KeySource) -> Result<(), KeyError> {
    inspect(source).map(drop)
}

/// 32 random bytes.
pub fn random() -> Result<[u8; 32], KeyError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// Reads a key written as hexadecimal digits.
pub fn parse(text: &str) -> Option<[u8; 32]> {
    let text = text.trim();
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut key = [0; 32];
    for (byte, digits) in key.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(key)
}

fn load_file(path: &Path) -> Result<[u8; 32], KeyError> {
    let failed = |cause| KeyError::File { path: path.to_owned(), cause };
    let text = match fs::read_to_string(path) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
            make_file(path)?;
            fs::read_to_string(path).map_err(failed)?
        }
        read => read.map_err(failed)?,
    };
    warn_if_others_can_read(path);
    parse(&text).ok_or_else(|| KeyError::NoKey { path: path.to_owned() })
}

/// Makes the file, complete from the start and readable by its owner only. Who comes second uses the first one's.
fn make_file(path: &Path) -> Result<(), KeyError> {
    let failed = |cause| KeyError::File { path: path.to_owned(), cause };
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        Some(_) | None => Path::new("."),
    };
    fs::create_dir_all(directory).map_err(failed)?;
    let digits: String = random()?.iter().map(|byte| format!("{byte:02x}")).collect();
    // tempfile creates with mode 0600.
    let mut file = tempfile::NamedTempFile::new_in(directory).map_err(failed)?;
    writeln!(file, "{digits}").map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(failed(error.error)),
    }
}

/// A key that others can read still works: it may be mounted that way on purpose. But its owner should know.
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
    fn a_key_file_is_made_once_and_only_for_its_owner() {
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
        assert!(matches!(load(&KeySource::File(path)), Err(KeyError::NoKey { .. })));
    }
}
