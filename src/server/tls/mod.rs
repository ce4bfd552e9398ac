//! HTTPS: where the certificate comes from, and how it is replaced while the server runs.
//! `server::serve` asks for it, the listener of HTTP uses it.

mod acceptor;
mod acme;
mod certificate;
mod error;
mod files;
mod self_signed;

use std::{path::PathBuf, sync::Arc, time::SystemTime};

use self::acme::Acme;
pub(super) use self::{
    acceptor::Acceptor,
    certificate::{Certificate, Facts},
};
pub use self::{acme::AcmeSettings, error::TlsError, files::CertificateFiles};
use crate::server::ops::{secret_file::can_be_created, state_directory::state_directory};

/// Where the certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsSource {
    /// Created on this machine, and kept beside the server's key.
    SelfSigned,
    /// Files of the operator, which may be replaced at any time.
    Files(CertificateFiles),
    /// An ACME authority.
    Acme(AcmeSettings),
}

/// A server's side of TLS.
#[derive(Clone)]
pub struct Tls {
    acceptor: Acceptor,
    certificate: Arc<Certificate>,
    upkeep: Upkeep,
}

/// How the certificate is renewed.
#[derive(Debug, Clone)]
enum Upkeep {
    Files(CertificateFiles),
    /// Kept in this directory.
    SelfSigned(PathBuf),
    Acme(Box<Acme>),
}

impl Tls {
    /// Loads the certificate, or creates it.
    pub fn open(source: &TlsSource) -> Result<Self, TlsError> {
        let state = || state_directory().ok_or(TlsError::NoPlace);
        let upkeep = match source {
            TlsSource::Files(files) => Upkeep::Files(files.clone()),
            TlsSource::SelfSigned => Upkeep::SelfSigned(state()?),
            TlsSource::Acme(settings) => Upkeep::Acme(Box::new(Acme::new(settings.clone(), state()?)?)),
        };
        let first = match &upkeep {
            Upkeep::Files(files) => files::read(files)?,
            Upkeep::SelfSigned(directory) => files::read(&self_signed::keep_in(directory)?)?,
            Upkeep::Acme(acme) => acme.first()?,
        };
        let certificate = Arc::new(Certificate::new(first));
        Ok(Self { acceptor: Acceptor::new(&certificate)?, certificate, upkeep })
    }

    /// Fails if [`Self::open`] would, or if the certificate has expired. Creates nothing.
    pub fn check(source: &TlsSource) -> Result<(), TlsError> {
        let state = || state_directory().ok_or(TlsError::NoPlace);
        match source {
            TlsSource::Files(files) => {
                let has_expired = |facts: Facts| facts.end < SystemTime::now();
                if Facts::of(&files::read(files)?).is_some_and(has_expired) {
                    return Err(TlsError::Expired { path: files.certificate.clone() });
                }
                Ok(())
            }
            TlsSource::SelfSigned => {
                let path = state()?;
                let place = can_be_created(&self_signed::files_in(&path).certificate);
                place.map_err(|cause| TlsError::Place { path, cause })
            }
            TlsSource::Acme(settings) => Acme::new(settings.clone(), state()?)?.check(),
        }
    }

    /// Returns the days for which the certificate in files is still valid.
    pub fn days_left(source: &TlsSource) -> Option<u64> {
        let TlsSource::Files(files) = source else { return None };
        let facts = Facts::of(&files::read(files).ok()?)?;
        Some(facts.end.duration_since(SystemTime::now()).ok()?.as_secs() / (24 * 60 * 60))
    }

    /// Accepts TLS connections.
    pub(super) fn acceptor(&self) -> Acceptor {
        self.acceptor.clone()
    }

    /// The public names of the server, if its certificate is obtained by ACME.
    pub fn domains(&self) -> &[String] {
        match &self.upkeep {
            Upkeep::Acme(acme) => acme.domains(),
            Upkeep::Files(_) | Upkeep::SelfSigned(_) => &[],
        }
    }

    /// The certificate in use.
    pub fn certificate(&self) -> &Arc<Certificate> {
        &self.certificate
    }

    /// Renews the certificate when it is due. Never returns.
    pub(super) async fn keep_up(&self) {
        match &self.upkeep {
            Upkeep::Files(files) => files::follow(files, &self.certificate).await,
            Upkeep::SelfSigned(directory) => self_signed::keep_up(directory, &self.certificate).await,
            Upkeep::Acme(acme) => acme.keep_up(&self.certificate).await,
        }
    }
}

/// Hides the key.
impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").field("upkeep", &self.upkeep).finish_non_exhaustive()
    }
}

/// Facts of the certificate that was last obtained by ACME.
pub(super) fn kept_by_acme(settings: &AcmeSettings) -> Option<Facts> {
    Facts::of(&Acme::new(settings.clone(), state_directory()?).ok()?.kept().ok()?)
}
