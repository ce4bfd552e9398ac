//! The certificate that is in use now.

use std::sync::{Arc, PoisonError, RwLock};

use rustls::{
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use sha2::{Digest as _, Sha256};
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// The certificate in use, which can be replaced while connections are open.
#[derive(Debug)]
pub struct Certificate(RwLock<Arc<CertifiedKey>>);

impl Certificate {
    pub(super) fn new(key: CertifiedKey) -> Self {
        Self(RwLock::new(Arc::new(key)))
    }

    pub(super) fn replace(&self, key: CertifiedKey) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
    }

    /// Its SHA-256 as browsers show it, for comparing by eye.
    pub fn fingerprint(&self) -> String {
        let digest = self.current().cert.first().map(|der| Sha256::digest(der.as_ref()));
        let bytes = digest.iter().flatten().map(|byte| format!("{byte:02X}"));
        bytes.collect::<Vec<_>>().join(":")
    }

    /// When it ends. Unit: second since 1970.
    pub(in crate::server) fn ends(&self) -> Option<i64> {
        let current = self.current();
        let (_, certificate) = X509Certificate::from_der(current.cert.first()?.as_ref()).ok()?;
        Some(certificate.validity().not_after.timestamp())
    }

    /// Whether somebody else signed it. A browser that has once been told to use HTTPS only does not let a person past a
    /// warning any more.
    pub fn is_signed_by_another(&self) -> bool {
        let current = self.current();
        let parsed = current.cert.first().and_then(|der| X509Certificate::from_der(der.as_ref()).ok());
        parsed.is_some_and(|(_, certificate)| certificate.issuer() != certificate.subject())
    }

    fn current(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current())
    }
}
