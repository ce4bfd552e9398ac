//! The resume tokens that were revoked, kept in a file beside the server's key, so that they stay void after
//! a restart. One line each, `<minute> <token>` in hexadecimal, appended by a thread of its own: a slow disk
//! delays nobody. A line that cannot be written is lost, and its token counts again after a restart.

use std::{
    fmt::Write as _,
    fs::{File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
};

use super::{secret_file, state_directory::state_directory};
use crate::{
    hub::{MAX_REVOKED, Revocation},
    server::ops::key::KeySource,
};

/// Tokens that wait to be written.
const QUEUE: usize = 1_024;
/// Length of a line. Unit: byte.
const LINE: u64 = 26;
/// The file is written anew without what is forgotten when it is longer. Unit: byte.
const MAX_FILE: u64 = 4 * LINE * MAX_REVOKED as u64;

/// What becomes of tokens that are revoked.
#[derive(Debug, Default)]
pub(crate) struct RevokedTokens {
    /// Those of earlier runs.
    pub(crate) earlier: Vec<Revocation>,
    writer: Option<SyncSender<Revocation>>,
}

impl RevokedTokens {
    /// Reads the file and prepares to append to it. Without a file, or if it cannot be used, tokens are
    /// revoked until the next restart.
    pub(crate) fn open(key: &KeySource) -> Self {
        let Some(path) = path(key) else { return Self::default() };
        let opened = read(&path).and_then(|earlier| Ok((earlier, append_to(&path)?)));
        match opened {
            Ok((earlier, file)) => {
                let (sender, receiver) = sync_channel(QUEUE);
                thread::spawn(move || write_all(&receiver, &path, file));
                Self { earlier, writer: Some(sender) }
            }
            Err(error) => {
                tracing::warn!("{}: {error}; after a restart, who hung up can come back", path.display());
                Self::default()
            }
        }
    }

    /// Keeps a token. Does not block.
    pub(crate) fn keep(&self, revocation: Revocation) {
        if let Some(writer) = &self.writer
            && writer.try_send(revocation).is_err()
        {
            tracing::debug!("a revoked token was not written");
        }
    }
}

/// Beside the key. A key that is given in the settings has no place.
fn path(key: &KeySource) -> Option<PathBuf> {
    match key {
        KeySource::Given(_) => None,
        KeySource::File(path) => Some(path.with_file_name("revoked")),
        KeySource::StateDirectory => state_directory().map(|directory| directory.join("revoked")),
    }
}

/// Returns the tokens in the file, the latest [`MAX_REVOKED`]. Skips what is no token.
fn read(path: &Path) -> io::Result<Vec<Revocation>> {
    let text = match std::fs::read(path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    let mut all: Vec<_> = text.lines().rev().filter_map(parse).take(MAX_REVOKED).collect();
    all.reverse();
    Ok(all)
}

fn parse(line: &str) -> Option<Revocation> {
    let (minute, token) = line.split_once(' ')?;
    Some(Revocation {
        minute: u32::from_str_radix(minute, 16).ok()?,
        token: u64::from_str_radix(token, 16).ok()?,
    })
}

fn append_to(path: &Path) -> io::Result<File> {
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)?;
    }
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    // After a crash the last line may not be whole.
    if file.metadata()?.len() > 0 {
        file.write_all(b"\n")?;
    }
    Ok(file)
}

/// Appends what comes, until the sender is gone.
fn write_all(receiver: &Receiver<Revocation>, path: &Path, mut file: File) {
    while let Ok(first) = receiver.recv() {
        let lines = lines([first].into_iter().chain(receiver.try_iter()));
        let written = file.write_all(lines.as_bytes()).and_then(|()| shorten(path, &mut file));
        if let Err(error) = written {
            tracing::warn!("{}: {error}", path.display());
        }
    }
}

/// Writes the file anew if it is too long.
fn shorten(path: &Path, file: &mut File) -> io::Result<()> {
    if file.metadata()?.len() > MAX_FILE {
        secret_file::replace(path, lines(read(path)?.into_iter()).as_bytes())?;
        *file = append_to(path)?;
    }
    Ok(())
}

fn lines(revoked: impl Iterator<Item = Revocation>) -> String {
    let mut lines = String::new();
    for Revocation { minute, token } in revoked {
        // Writing to a string does not fail.
        let _ = writeln!(lines, "{minute:08x} {token:016x}");
    }
    lines
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

    use super::*;

    fn revocation(number: u64) -> Revocation {
        Revocation { minute: 29_916_666, token: number << 40 }
    }

    #[test]
    fn what_is_written_is_read_after_a_restart() {
        let directory = tempfile::tempdir().unwrap();
        let key = KeySource::File(directory.path().join("state/key"));
        let path = path(&key).unwrap();
        // Something else, and a line that a crash cut short.
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let before = lines([revocation(1)].into_iter());
        std::fs::write(&path, format!("\u{FFFD}\n{before}01c7")).unwrap();
        let (sender, receiver) = sync_channel(QUEUE);
        for number in 2..5 {
            sender.send(revocation(number)).unwrap();
        }
        drop(sender);
        write_all(&receiver, &path, append_to(&path).unwrap());
        let again = RevokedTokens::open(&key);
        assert_eq!(again.earlier, [1, 2, 3, 4].map(revocation));
    }

    #[test]
    fn the_file_is_shortened_to_the_latest() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("revoked");
        let all = u64::try_from(MAX_REVOKED).unwrap();
        std::fs::write(&path, lines((0..4 * all).map(revocation))).unwrap();
        let mut file = append_to(&path).unwrap();
        shorten(&path, &mut file).unwrap();
        assert_eq!(file.metadata().unwrap().len(), all * LINE + 1);
        file.write_all(lines([9, 10].map(revocation).into_iter()).as_bytes()).unwrap();
        assert_eq!(read(&path).unwrap()[MAX_REVOKED - 2..], [9, 10].map(revocation));
    }

    #[test]
    fn a_place_that_cannot_be_used_costs_only_the_memory_of_it() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("file"), "").unwrap();
        let tokens = RevokedTokens::open(&KeySource::File(directory.path().join("file/key")));
        assert!(tokens.writer.is_none());
        tokens.keep(revocation(1));
    }
}
