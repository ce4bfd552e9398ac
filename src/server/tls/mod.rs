//! HTTPS: where the certificate comes from, and how it is replaced while the server runs.
//! `server::serve` asks for it, the listener of HTTP uses it.

mod acme;
mod certificate;
mod error;
mod files;
mod self_signed;

use std::{path::PathBuf, sync::Arc};

use rustls::ServerConfig;
use tokio_rustls::TlsAcceptor;

use self::acme::Acme;
use self::certificate::{ACME_ALPN, provider};
pub(super) use self::certificate::{Certificate, Facts};
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
    acceptor: TlsAcceptor,
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
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::<Certificate>::clone(&certificate));
        config.alpn_protocols = vec![b"http/1.1".to_vec(), ACME_ALPN.to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), certificate, upkeep })
    }

    /// Fails if [`Self::open`] would. Creates nothing.
    pub fn check(source: &TlsSource) -> Result<(), TlsError> {
        let state = || state_directory().ok_or(TlsError::NoPlace);
        match source {
            TlsSource::Files(_) => Self::open(source).map(drop),
            TlsSource::SelfSigned => {
                let path = state()?;
                let place = can_be_created(&self_signed::files_in(&path).certificate);
                place.map_err(|cause| TlsError::Place { path, cause })
            }
            TlsSource::Acme(settings) => Acme::new(settings.clone(), state()?)?.check(),
        }
    }

    /// Accepts TLS connections.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
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
