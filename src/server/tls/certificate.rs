//! The certificate that is in use now.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use data_encoding::HEXUPPER;
use rustls::{
    crypto::CryptoProvider,
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use sha2::{Digest as _, Sha256};
use x509_parser::prelude::{ASN1Time, FromDer as _, GeneralName, X509Certificate};

/// The protocol that an authority names when it looks at a certificate (RFC 8737).
pub(super) const ACME_ALPN: &[u8] = b"acme-tls/1";

/// The cryptography of all TLS here.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// What a certificate contains.
#[derive(Debug)]
pub(crate) struct Facts {
    /// Names and addresses it is valid for; addresses as text.
    pub(crate) names: BTreeSet<String>,
    pub(crate) begin: SystemTime,
    pub(crate) end: SystemTime,
    pub(crate) is_self_signed: bool,
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

    /// Whether it is signed by an authority, and valid for all these names.
    pub(crate) fn covers(&self, names: &[String]) -> bool {
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
    current: RwLock<Current>,
    /// Certificates that prove control of a name to an authority.
    proofs: RwLock<BTreeMap<String, Arc<CertifiedKey>>>,
}

/// With its facts, which every response needs.
#[derive(Debug, Clone)]
struct Current {
    key: Arc<CertifiedKey>,
    facts: Option<Arc<Facts>>,
}

impl Current {
    fn new(key: CertifiedKey) -> Self {
        Self { facts: Facts::of(&key).map(Arc::new), key: Arc::new(key) }
    }
}

impl Certificate {
    pub(super) fn new(key: CertifiedKey) -> Self {
        Self { current: RwLock::new(Current::new(key)), proofs: RwLock::default() }
    }

    pub(super) fn replace(&self, key: CertifiedKey) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Current::new(key);
    }

    /// Proofs for an authority, shown until the result is dropped.
    pub(super) fn proofs(&self) -> Proofs<'_> {
        Proofs(self)
    }

    /// Time until renewal is due; zero if it is self-signed or not valid for all these names.
    pub(super) fn good_for(&self, names: &[String], now: SystemTime) -> Duration {
        let facts = self.facts().filter(|facts| facts.covers(names));
        let due = facts
            .map(|facts| facts.begin + facts.end.duration_since(facts.begin).unwrap_or_default() * 2 / 3);
        due.and_then(|due| due.duration_since(now).ok()).unwrap_or_default()
    }

    /// Its SHA-256 in the format that browsers show.
    pub fn fingerprint(&self) -> String {
        let digest = self.current().key.cert.first().map(|der| Sha256::digest(der.as_ref()));
        let bytes = digest.iter().flatten().map(|byte| HEXUPPER.encode(&[*byte]));
        bytes.collect::<Vec<_>>().join(":")
    }

    /// What it contains.
    pub(crate) fn facts(&self) -> Option<Arc<Facts>> {
        self.current().facts
    }

    /// Whether it is not self-signed.
    pub fn is_signed_by_another(&self) -> bool {
        self.facts().is_some_and(|facts| !facts.is_self_signed)
    }

    fn current(&self) -> Current {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        if hello.alpn().is_some_and(is_authority) {
            let proofs = self.proofs.read().unwrap_or_else(PoisonError::into_inner);
            return proofs.get(hello.server_name()?).map(Arc::clone);
        }
        Some(self.current().key)
    }
}

/// An authority offers this protocol only (RFC 8737, section 3).
pub(super) fn is_authority<'a>(offered: impl Iterator<Item = &'a [u8]>) -> bool {
    offered.eq([ACME_ALPN])
}

/// Proofs that are shown to an authority until this is dropped.
pub(super) struct Proofs<'a>(&'a Certificate);

impl Proofs<'_> {
    /// Shows this certificate to an authority that connects to this name.
    pub(super) fn show(&self, name: String, key: CertifiedKey) {
        self.0.proofs.write().unwrap_or_else(PoisonError::into_inner).insert(name, Arc::new(key));
    }
}

impl Drop for Proofs<'_> {
    fn drop(&mut self) {
        self.0.proofs.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

    use rcgen::{CertificateParams, DnType, Issuer, KeyPair};
    use rustls::pki_types::PrivatePkcs8KeyDer;

    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    /// A certificate for this name, of 90 days, signed by somebody.
    fn signed(name: &str, begin: SystemTime) -> CertifiedKey {
        let mut of_authority = CertificateParams::default();
        of_authority.distinguished_name.push(DnType::CommonName, "an authority");
        let issuer = Issuer::new(of_authority, KeyPair::generate().unwrap());
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        (params.not_before, params.not_after) = (begin.into(), (begin + 90 * DAY).into());
        let key = KeyPair::generate().unwrap();
        let chain = vec![params.signed_by(&key, &issuer).unwrap().der().clone()];
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        CertifiedKey::from_der(chain, key.into(), &provider()).unwrap()
    }

    #[test]
    fn a_certificate_is_good_for_two_thirds_of_its_time_and_for_its_names() {
        let begin = UNIX_EPOCH + 20_000 * DAY;
        let certificate = Certificate::new(signed("call.example", begin));
        let good_for = |name: &str, now| certificate.good_for(&[name.to_owned()], now);
        assert_eq!(good_for("call.example", begin), 60 * DAY);
        assert_eq!(good_for("call.example", begin + 59 * DAY), DAY);
        assert_eq!(good_for("call.example", begin + 61 * DAY), Duration::ZERO);
        assert_eq!(good_for("talk.example", begin), Duration::ZERO);
        certificate.replace(signed("talk.example", begin));
        assert_eq!(certificate.good_for(&["talk.example".to_owned()], begin), 60 * DAY);
    }

    #[test]
    fn proofs_are_forgotten_with_who_shows_them() {
        let certificate = Certificate::new(signed("call.example", UNIX_EPOCH));
        let proofs = certificate.proofs();
        proofs.show("call.example".to_owned(), signed("call.example", UNIX_EPOCH));
        assert_eq!(certificate.proofs.read().unwrap().len(), 1);
        drop(proofs);
        assert!(certificate.proofs.read().unwrap().is_empty());
    }

    #[test]
    fn who_offers_more_than_an_authority_would_is_none() {
        assert!(is_authority([ACME_ALPN].into_iter()));
        assert!(!is_authority([b"h2".as_slice(), ACME_ALPN].into_iter()));
        assert!(!is_authority([b"http/1.1".as_slice()].into_iter()));
        assert!(!is_authority(std::iter::empty()));
    }
}
