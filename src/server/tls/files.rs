//! Certificates in files: read at the start, and again when they change.

use std::{
    fs,
    io::Write as _,
    path::Path,
    time::{Duration, SystemTime},
};

use rustls::{
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    sign::CertifiedKey,
};
use tokio::time::{MissedTickBehavior, interval};

use super::{Certificate, CertificateFiles, TlsError, file_error, provider};

/// How often the files are looked at. Not by events of the file system: those do not reach into containers.
const LOOK: Duration = Duration::from_secs(2);

/// Reads both files and checks that they belong together.
pub(super) fn read(files: &CertificateFiles) -> Result<CertifiedKey, TlsError> {
    let chain = chain(&files.certificate)?;
    let key = PrivateKeyDer::from_pem_slice(&bytes(&files.key)?).map_err(|_| TlsError::Content {
        path: files.key.clone(),
        expected: "a private key, PEM, without a password",
    })?;
    CertifiedKey::from_der(chain, key, &provider()).map_err(|cause| TlsError::Pair {
        certificate: files.certificate.clone(),
        key: files.key.clone(),
        cause,
    })
}

/// Replaces the certificate when a file changes. What cannot be used is said once, and the old one stays.
pub(super) async fn follow(files: &CertificateFiles, certificate: &Certificate) {
    let mut seen = None;
    let mut ticks = interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let now = Some((fs::read(&files.certificate).ok(), fs::read(&files.key).ok()));
        if now == seen {
            continue;
        }
        seen = now;
        match read(files) {
            Ok(key) => {
                let before = certificate.fingerprint();
                certificate.replace(key);
                if certificate.facts().is_some_and(|facts| facts.end < SystemTime::now()) {
                    tracing::warn!("{}: the certificate has ended", files.certificate.display());
                }
                if certificate.fingerprint() == before {
                    continue;
                }
                tracing::info!("the certificate was replaced; SHA-256 {}", certificate.fingerprint());
            }
            Err(error) => tracing::error!("{error}; the certificate from before stays in use"),
        }
    }
}

pub(super) fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let pem = bytes(path)?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    chain
        .ok()
        .filter(|chain| !chain.is_empty())
        .ok_or_else(|| TlsError::Content { path: path.to_owned(), expected: "a certificate, PEM" })
}

/// Writes a file in one step, readable by its owner only.
pub(super) fn write(path: &Path, text: &str) -> Result<(), TlsError> {
    let directory = path.parent().unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(directory).map_err(file_error(directory))?;
    let mut file = tempfile::NamedTempFile::new_in(directory).map_err(file_error(directory))?;
    file.write_all(text.as_bytes()).map_err(file_error(path))?;
    file.persist(path).map_err(|error| file_error(path)(error.error))?;
    Ok(())
}

fn bytes(path: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(path).map_err(file_error(path))
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
