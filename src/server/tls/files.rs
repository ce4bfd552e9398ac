//! Certificates in files: read at the start, and again when the files change.

use std::{
    fs, mem,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use rustls::{
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    sign::CertifiedKey,
};
use sha2::{Digest as _, Sha256};
use tokio::time::{MissedTickBehavior, interval};

use super::{
    certificate::{Certificate, Facts, provider},
    error::TlsError,
};
use crate::server::ops::secret_file;

/// Interval of checks. File system events are no alternative: they do not reach into containers.
const LOOK: Duration = Duration::from_secs(2);
/// U+FEFF in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A certificate with its chain, and its private key; PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The certificate first, then what signed it.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Reads both files and checks that they belong together.
pub(super) fn read(files: &CertificateFiles) -> Result<CertifiedKey, TlsError> {
    certified(files, &Contents::of(files)?)
}

/// Contents of the files.
pub(super) struct Contents {
    pub(super) certificate: Vec<u8>,
    pub(super) key: Vec<u8>,
}

impl Contents {
    fn of(files: &CertificateFiles) -> Result<Self, TlsError> {
        let certificate = bytes(&files.certificate)?;
        // If both are one file it is read once, because it may be replaced between two reads.
        let is_one = files.key == files.certificate;
        let key = if is_one { certificate.clone() } else { bytes(&files.key)? };
        Ok(Self { certificate, key })
    }
}

/// Checks that the contents of these files belong together.
pub(super) fn certified(files: &CertificateFiles, contents: &Contents) -> Result<CertifiedKey, TlsError> {
    let chain = chain_in(&contents.certificate, &files.certificate)?;
    let key = PrivateKeyDer::from_pem_slice(&contents.key).map_err(|_| TlsError::Content {
        path: files.key.clone(),
        expected: "a private key, PEM, without a password",
    })?;
    CertifiedKey::from_der(chain, key, &provider()).map_err(|cause| TlsError::Pair {
        certificate: files.certificate.clone(),
        key: files.key.clone(),
        cause,
    })
}

/// Replaces the certificate when a file changes. Logs files that cannot be used, and keeps the old
/// certificate.
pub(super) async fn follow(files: &CertificateFiles, certificate: &Certificate) {
    let mut follower = Follower { files, certificate, seen: None, fault: None, is_fault_logged: false };
    let mut ticks = interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let names = files.clone();
        // May block, on a network file system for instance.
        let Ok(contents) = tokio::task::spawn_blocking(move || Contents::of(&names)).await else { continue };
        match follower.look(contents) {
            None => {}
            Some(News::Replaced) => {
                tracing::info!("the certificate was replaced; SHA-256 {}", certificate.fingerprint());
            }
            Some(News::Repaired) => tracing::info!("the files contain the certificate in use again"),
            Some(News::Fault(error)) => tracing::error!("{error}; the previous certificate stays in use"),
        }
    }
}

/// What is logged.
#[derive(Debug)]
enum News {
    Replaced,
    Fault(TlsError),
    /// After a fault: the files contain the certificate in use again.
    Repaired,
}

struct Follower<'a> {
    files: &'a CertificateFiles,
    certificate: &'a Certificate,
    /// SHA-256 of the contents seen last.
    seen: Option<[u8; 32]>,
    /// Its fault, not yet logged: two files that are replaced one after the other do not match meanwhile.
    fault: Option<TlsError>,
    is_fault_logged: bool,
}

impl Follower<'_> {
    fn look(&mut self, contents: Result<Contents, TlsError>) -> Option<News> {
        let digest = Some(digest(&contents));
        if self.seen == digest {
            let fault = self.fault.take()?;
            self.is_fault_logged = true;
            return Some(News::Fault(fault));
        }
        self.seen = digest;
        let key = contents.and_then(|contents| certified(self.files, &contents));
        let key = match key.and_then(|key| self.not_worse(key, SystemTime::now())) {
            Ok(key) => key,
            Err(error) => {
                self.fault = Some(error);
                return None;
            }
        };
        self.fault = None;
        let was_fault_logged = mem::take(&mut self.is_fault_logged);
        let before = self.certificate.fingerprint();
        self.certificate.replace(key);
        if self.certificate.facts().is_some_and(|facts| facts.end < SystemTime::now()) {
            tracing::warn!("{}: the certificate has expired", self.files.certificate.display());
        }
        if self.certificate.fingerprint() != before {
            return Some(News::Replaced);
        }
        was_fault_logged.then_some(News::Repaired)
    }

    /// Refuses an expired certificate in place of a valid one.
    fn not_worse(&self, key: CertifiedKey, now: SystemTime) -> Result<CertifiedKey, TlsError> {
        let has_expired = |facts: &Facts| facts.end < now;
        let is_in_use_expired = self.certificate.facts().is_some_and(|facts| has_expired(&facts));
        let is_worse = Facts::of(&key).is_some_and(|facts| has_expired(&facts)) && !is_in_use_expired;
        if is_worse { Err(TlsError::Expired { path: self.files.certificate.clone() }) } else { Ok(key) }
    }
}

fn digest(contents: &Result<Contents, TlsError>) -> [u8; 32] {
    match contents {
        Ok(Contents { certificate, key }) => {
            let both = Sha256::new().chain_update(Sha256::digest(certificate));
            both.chain_update(Sha256::digest(key)).finalize().into()
        }
        Err(error) => Sha256::digest(error.to_string()).into(),
    }
}

/// The certificates in a file.
pub(super) fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    chain_in(&bytes(path)?, path)
}

fn chain_in(pem: &[u8], path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    chain
        .ok()
        .filter(|chain| !chain.is_empty())
        .ok_or_else(|| TlsError::Content { path: path.to_owned(), expected: "a certificate, PEM" })
}

/// Writes a file that only its owner may read.
pub(super) fn write(path: &Path, text: &str) -> Result<(), TlsError> {
    secret_file::replace(path, text.as_bytes()).map_err(TlsError::file(path))
}

fn bytes(path: &Path) -> Result<Vec<u8>, TlsError> {
    let mut bytes = fs::read(path).map_err(TlsError::file(path))?;
    // Windows editors may put it there, and it hides the first line of a PEM.
    if bytes.starts_with(BYTE_ORDER_MARK) {
        bytes.drain(..BYTE_ORDER_MARK.len());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

    use std::path::PathBuf;

    use super::*;

    struct Pair {
        directory: tempfile::TempDir,
        files: CertificateFiles,
    }

    impl Pair {
        fn new() -> Self {
            let directory = tempfile::tempdir().unwrap();
            let path = |name: &str| -> PathBuf { directory.path().join(name) };
            let files = CertificateFiles { certificate: path("cert.pem"), key: path("key.pem") };
            let pair = Self { directory, files };
            pair.renew();
            pair
        }

        fn renew(&self) {
            let made = rcgen::generate_simple_self_signed(["call.example".to_owned()]).unwrap();
            fs::write(&self.files.certificate, made.cert.pem()).unwrap();
            fs::write(&self.files.key, made.signing_key.serialize_pem()).unwrap();
        }
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said_with_its_name() {
        let pair = Pair::new();
        read(&pair.files).unwrap();
        let other = Pair::new();
        let mixed = CertificateFiles { key: other.files.key.clone(), ..pair.files.clone() };
        assert!(matches!(read(&mixed), Err(TlsError::Pair { .. })));
        let swapped =
            CertificateFiles { certificate: pair.files.key.clone(), key: pair.files.certificate.clone() };
        assert!(read(&swapped).unwrap_err().to_string().contains("key.pem: expected a certificate"));
        let missing =
            CertificateFiles { certificate: pair.directory.path().join("none.pem"), ..pair.files.clone() };
        assert!(read(&missing).unwrap_err().to_string().contains("none.pem: cannot be read"));
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_a_file() {
        let pair = Pair::new();
        for path in [&pair.files.certificate, &pair.files.key] {
            let text = fs::read_to_string(path).unwrap();
            fs::write(path, format!("\u{feff}{text}")).unwrap();
        }
        read(&pair.files).unwrap();
    }

    #[test]
    fn a_lasting_fault_is_said_once_and_so_is_its_end() {
        let pair = Pair::new();
        let CertificateFiles { certificate: path, key: key_path } = &pair.files;
        let certificate = Certificate::new(read(&pair.files).unwrap());
        let first = certificate.fingerprint();
        let mut follower = follower(&pair.files, &certificate);
        let mut look = || follower.look(Contents::of(&pair.files));
        assert!(look().is_none(), "nothing has changed");
        let good = fs::read(path).unwrap();

        let break_it: [&dyn Fn(); 3] =
            [&|| fs::write(path, "no certificate").unwrap(), &|| fs::remove_file(path).unwrap(), &|| {
                fs::copy(&Pair::new().files.certificate, path).map(drop).unwrap()
            }];
        for break_it in break_it {
            break_it();
            assert!(look().is_none(), "it may be replaced just now");
            assert!(matches!(look(), Some(News::Fault(_))));
            assert!(look().is_none(), "said once");
            assert_eq!(certificate.fingerprint(), first, "the old one stays");
            fs::write(path, &good).unwrap();
            assert!(matches!(look(), Some(News::Repaired)));
            assert!(look().is_none());
        }

        let key = fs::read(key_path).unwrap();
        fs::remove_file(key_path).unwrap();
        assert!(look().is_none());
        fs::write(key_path, key).unwrap();
        assert!(look().is_none(), "a short fault is nobody's business");
    }

    #[test]
    fn one_that_has_expired_does_not_take_the_place_of_one_that_has_not() {
        let pair = Pair::new();
        let certificate = Certificate::new(read(&pair.files).unwrap());
        let first = certificate.fingerprint();
        let mut follower = follower(&pair.files, &certificate);
        let mut look = || follower.look(Contents::of(&pair.files));
        assert!(look().is_none());
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(["call.example".to_owned()]).unwrap();
        params.not_after = (SystemTime::now() - Duration::from_secs(60)).into();
        fs::write(&pair.files.certificate, params.self_signed(&key).unwrap().pem()).unwrap();
        fs::write(&pair.files.key, key.serialize_pem()).unwrap();
        assert!(look().is_none());
        assert!(matches!(look(), Some(News::Fault(TlsError::Expired { .. }))));
        assert_eq!(certificate.fingerprint(), first);
        pair.renew();
        assert!(matches!(look(), Some(News::Replaced)));
    }

    #[test]
    fn a_pair_is_replaced_in_two_steps_or_by_a_link_to_its_directory() {
        let (old, new) = (Pair::new(), Pair::new());
        let place = tempfile::tempdir().unwrap();
        let link = place.path().join("live");
        std::os::unix::fs::symlink(old.directory.path(), &link).unwrap();
        let files = CertificateFiles { certificate: link.join("cert.pem"), key: link.join("key.pem") };
        let certificate = Certificate::new(read(&files).unwrap());
        let mut follower = follower(&files, &certificate);
        assert!(follower.look(Contents::of(&files)).is_none());

        fs::remove_file(&link).unwrap();
        std::os::unix::fs::symlink(new.directory.path(), &link).unwrap();
        assert!(matches!(follower.look(Contents::of(&files)), Some(News::Replaced)));

        let newest = Pair::new();
        fs::copy(&newest.files.certificate, &new.files.certificate).unwrap();
        assert!(follower.look(Contents::of(&files)).is_none(), "half of it");
        fs::copy(&newest.files.key, &new.files.key).unwrap();
        assert!(matches!(follower.look(Contents::of(&files)), Some(News::Replaced)));
        assert!(follower.look(Contents::of(&files)).is_none());
    }

    fn follower<'a>(files: &'a CertificateFiles, certificate: &'a Certificate) -> Follower<'a> {
        Follower { files, certificate, seen: None, fault: None, is_fault_logged: false }
    }

    #[tokio::test(start_paused = true)]
    async fn a_changed_certificate_is_used_and_a_broken_one_is_not() {
        let pair = Pair::new();
        let certificate = Certificate::new(read(&pair.files).unwrap());
        let first = certificate.fingerprint();
        let changes = async {
            tokio::time::sleep(LOOK * 2).await;
            assert_eq!(certificate.fingerprint(), first, "nothing has changed");
            fs::write(&pair.files.certificate, "no certificate").unwrap();
            tokio::time::sleep(LOOK * 2).await;
            assert_eq!(certificate.fingerprint(), first, "the old one stays");
            pair.renew();
            tokio::time::sleep(LOOK * 2).await;
            assert_ne!(certificate.fingerprint(), first);
        };
        tokio::select! {
            () = follow(&pair.files, &certificate) => {}
            () = changes => {}
        }
    }
}
