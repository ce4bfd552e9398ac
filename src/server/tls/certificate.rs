//! The certificate that is in use now.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use rustls::{
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use sha2::{Digest as _, Sha256};
use x509_parser::prelude::{ASN1Time, FromDer as _, GeneralName, X509Certificate};

use super::acme;

/// What a certificate says of itself.
pub(in crate::server) struct Facts {
    /// Names and addresses that it is for; addresses as text.
    pub(in crate::server) names: BTreeSet<String>,
    pub(in crate::server) begin: SystemTime,
    pub(in crate::server) end: SystemTime,
    pub(in crate::server) is_self_signed: bool,
}

impl Facts {
    pub(super) fn of(key: &CertifiedKey) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(key.cert.first()?.as_ref()).ok()?;
        let time = |at: ASN1Time| {
            UNIX_EPOCH + Duration::from_secs(u64::try_from(at.timestamp()).unwrap_or_default())
        };
        Some(Self {
            names: names_in(&certificate),
            begin: time(certificate.validity().not_before),
            end: time(certificate.validity().not_after),
            is_self_signed: certificate.issuer() == certificate.subject(),
        })
    }

    /// Whether somebody else vouches for all these names.
    pub(in crate::server) fn covers(&self, names: &[String]) -> bool {
        !self.is_self_signed && names.iter().all(|name| self.names.contains(name))
    }
}

fn names_in(certificate: &X509Certificate<'_>) -> BTreeSet<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return BTreeSet::new() };
    let text = |name: &GeneralName<'_>| {
        if let GeneralName::DNSName(name) = name {
            return Some((*name).to_owned());
        }
        let GeneralName::IPAddress(bytes) = name else { return None };
        let v4 = <[u8; 4]>::try_from(*bytes).ok().map(IpAddr::from);
        let v6 = <[u8; 16]>::try_from(*bytes).ok().map(IpAddr::from);
        v4.or(v6).map(|address| address.to_string())
    };
    extension.value.general_names.iter().filter_map(text).collect()
}

/// The certificate in use, which can be replaced while connections are open.
#[derive(Debug)]
pub struct Certificate {
    current: RwLock<Arc<CertifiedKey>>,
    /// What an authority wants to see at a name.
    proofs: RwLock<BTreeMap<String, Arc<CertifiedKey>>>,
}

impl Certificate {
    pub(super) fn new(key: CertifiedKey) -> Self {
        Self { current: RwLock::new(Arc::new(key)), proofs: RwLock::default() }
    }

    pub(super) fn replace(&self, key: CertifiedKey) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
    }

    /// Shows this to the authority that asks at this name.
    pub(super) fn show_proof(&self, name: String, key: CertifiedKey) {
        self.proofs.write().unwrap_or_else(PoisonError::into_inner).insert(name, Arc::new(key));
    }

    pub(super) fn forget_proofs(&self) {
        self.proofs.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// For how long it need not be renewed: nothing if it is not for all these names, or signed by nobody else.
    pub(super) fn good_for(&self, names: &[String], now: SystemTime) -> Duration {
        let facts = self.facts().filter(|facts| facts.covers(names));
        let due = facts
            .map(|Facts { begin, end, .. }| begin + end.duration_since(begin).unwrap_or_default() * 2 / 3);
        due.and_then(|due| due.duration_since(now).ok()).unwrap_or_default()
    }

    /// Its SHA-256 as browsers show it, for comparing by eye.
    pub fn fingerprint(&self) -> String {
        let digest = self.current().cert.first().map(|der| Sha256::digest(der.as_ref()));
        let bytes = digest.iter().flatten().map(|byte| format!("{byte:02X}"));
        bytes.collect::<Vec<_>>().join(":")
    }

    /// What it says of itself.
    pub(in crate::server) fn facts(&self) -> Option<Facts> {
        Facts::of(&self.current())
    }

    /// Whether somebody else signed it. A browser that has once been told to use HTTPS only does not let a person past a
    /// warning any more.
    pub fn is_signed_by_another(&self) -> bool {
        self.facts().is_some_and(|facts| !facts.is_self_signed)
    }

    fn current(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let is_authority = hello.alpn().is_some_and(|mut offered| offered.any(|one| one == acme::ALPN));
        if is_authority {
            let proofs = self.proofs.read().unwrap_or_else(PoisonError::into_inner);
            return proofs.get(hello.server_name()?).map(Arc::clone);
        }
        Some(self.current())
    }
}
