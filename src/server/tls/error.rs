//! What can be wrong with a certificate.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why there is no certificate, as one sentence.
#[derive(Debug, Error)]
pub enum TlsError {
    /// Reading or writing a file failed.
    #[error("{}: cannot be read or written: {cause}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// A file holds something else.
    #[error("{}: expected {expected}", path.display())]
    Content {
        /// Which.
        path: PathBuf,
        /// What would be right.
        expected: &'static str,
    },
    /// Certificate and key do not belong together, or the key is of an unknown kind.
    #[error(
        "{}: the certificate cannot be used with the key in {}: {cause}",
        certificate.display(),
        key.display()
    )]
    Pair {
        /// One.
        certificate: PathBuf,
        /// The other.
        key: PathBuf,
        /// Why.
        cause: rustls::Error,
    },
    /// It has expired: is not accepted in place of one that has not, nor by `check-config`.
    #[error("{}: the certificate has expired", path.display())]
    Expired {
        /// Which.
        path: PathBuf,
    },
    /// The state directory cannot be written.
    #[error(
        "{}: no certificate can be kept there: {cause}; set STATE_DIRECTORY to another directory",
        path.display()
    )]
    Place {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// No place to keep a certificate.
    #[error("there is no place to keep a certificate: set STATE_DIRECTORY or HOME")]
    NoPlace,
    /// Creating a certificate failed.
    #[error("no certificate could be created: {0}")]
    Making(#[from] rcgen::Error),
    /// The TLS library refused.
    #[error("TLS: {0}")]
    Library(#[from] rustls::Error),
}

impl TlsError {
    /// The error for this file.
    pub(super) fn file(path: &Path) -> impl Fn(std::io::Error) -> Self {
        move |cause| Self::File { path: path.to_owned(), cause }
    }
}
