//! Files that only the user of the server may read: written whole or not at all.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use tempfile::NamedTempFile;

/// Writes a file, in place of one that may be there.
pub(crate) fn replace(path: &Path, contents: &[u8]) -> io::Result<()> {
    write_beside(path, contents)?.persist(path)?;
    Ok(())
}

/// Writes a file, unless there is one already.
pub(crate) fn create(path: &Path, contents: &[u8]) -> io::Result<()> {
    match write_beside(path, contents)?.persist_noclobber(path) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => Err(error.error),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Whether a file could be created there, with the directories that are missing. Leaves nothing behind.
pub(crate) fn can_be_created(path: &Path) -> io::Result<()> {
    let existing = path.ancestors().skip(1).find(|directory| directory.exists());
    tempfile::tempfile_in(existing.unwrap_or_else(|| Path::new("."))).map(drop)
}

/// A temporary file in the same directory, created if missing. `tempfile` creates files with mode 0600.
fn write_beside(path: &Path, contents: &[u8]) -> io::Result<NamedTempFile> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let directory = parent.unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(directory)?;
    let mut file = NamedTempFile::new_in(directory)?;
    file.write_all(contents)?;
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_file_is_for_its_owner_only_and_created_once_but_replaced_at_any_time() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state/secret");
        can_be_created(&path).unwrap();
        create(&path, b"one").unwrap();
        create(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one");
        replace(&path, b"three").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"three");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
    }
}
