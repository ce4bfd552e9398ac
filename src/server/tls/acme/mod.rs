//! A certificate from an authority that speaks ACME (RFC 8555), such as Let's Encrypt: obtained if there is
//! none, renewed when two thirds of its lifetime are over, and kept with the account beside the server's key.
//!
//! Control of the names is proven by TLS-ALPN-01 (RFC 8737): the authority connects to port 443 of each name
//! and checks the certificate that is shown there. So only the port of the pages is needed.

mod account;

use std::{
    io, iter,
    path::PathBuf,
    time::{Duration, SystemTime},
};

use instant_acme::{
    AuthorizationStatus, ChallengeType, Identifier, NewOrder, Order, OrderStatus, RetryPolicy,
};
use rcgen::{CertificateParams, CustomExtension, DistinguishedName, KeyPair};
use rustls::{pki_types::PrivatePkcs8KeyDer, sign::CertifiedKey};
use thiserror::Error;
use tokio::time::{sleep, timeout};

use self::account::Https;
use super::{
    certificate::{Certificate, Proofs, provider},
    error::TlsError,
    files::{self, CertificateFiles, Contents},
};
use crate::server::ops::secret_file::can_be_created;

/// Backoff after the first failure. Let's Encrypt allows five failures an hour.
const FIRST_BACKOFF: Duration = Duration::from_secs(5 * 60);
/// Backoff after many failures.
const MAX_BACKOFF: Duration = Duration::from_secs(60 * 60);
/// Interval of checks of the clock, which may be set, and stands still while a machine sleeps.
const LOOK: Duration = Duration::from_secs(60 * 60);
/// Time limit for one step of the authority.
const STEP_TIMEOUT: Duration = Duration::from_secs(120);
/// Time limit for all steps together: single requests have none.
const TIMEOUT: Duration = Duration::from_secs(10 * 60);
/// Lifetime of the self-signed certificate for the time being, before and after now.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Which certificate to obtain from which authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcmeSettings {
    /// Names in the certificate.
    pub domains: Vec<String>,
    /// URL of the authority's directory.
    pub directory: String,
    /// E-mail address for messages of the authority.
    pub contact: Option<String>,
    /// PEM file with the certificates to trust when connecting to a private authority.
    pub ca: Option<PathBuf>,
}

/// Why there is no new certificate.
#[derive(Debug, Error)]
enum AcmeError {
    #[error(transparent)]
    Protocol(#[from] instant_acme::Error),
    /// The reason is the authority's text.
    #[error("{name}: {reason}")]
    Refused { name: String, reason: String },
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("a key could not be created: {0}")]
    Making(#[from] rcgen::Error),
    #[error("it took longer than {} minutes", TIMEOUT.as_secs() / 60)]
    Late,
    #[error("the new certificate is not valid for these names, or is due already: is the clock right?")]
    Due,
}

/// One certificate and its renewal.
#[derive(Debug, Clone)]
pub(super) struct Acme {
    settings: AcmeSettings,
    /// Directory of account and certificate, one for each authority.
    directory: PathBuf,
    https: Https,
}

impl Acme {
    pub(super) fn new(settings: AcmeSettings, state_directory: PathBuf) -> Result<Self, TlsError> {
        let https = Https::trusting(settings.ca.as_deref())?;
        let directory = state_directory.join("acme").join(plain(&settings.directory));
        Ok(Self { settings, directory, https })
    }

    pub(super) fn domains(&self) -> &[String] {
        &self.settings.domains
    }

    pub(super) fn kept(&self) -> Result<CertifiedKey, TlsError> {
        files::read(&self.files())
    }

    /// Fails if the directory cannot be written.
    pub(super) fn check(&self) -> Result<(), TlsError> {
        let place = can_be_created(&self.files().certificate);
        place.map_err(|cause| TlsError::Place { path: self.directory.clone(), cause })
    }

    /// The kept certificate, or a self-signed one for the time being.
    pub(super) fn first(&self) -> Result<CertifiedKey, TlsError> {
        match self.kept() {
            Ok(kept) => return Ok(kept),
            Err(TlsError::File { cause, .. }) if cause.kind() == io::ErrorKind::NotFound => {}
            Err(error) => tracing::warn!("{error}; obtaining another certificate"),
        }
        sign_oneself(CertificateParams::new(self.settings.domains.clone())?)
    }

    /// Renews the certificate when it is due. Never returns.
    pub(super) async fn keep_up(&self, certificate: &Certificate) {
        let mut backoffs = backoffs();
        loop {
            let wait = certificate.good_for(&self.settings.domains, SystemTime::now());
            if !wait.is_zero() {
                backoffs = self::backoffs();
                sleep(wait.min(LOOK)).await;
                continue;
            }
            let (names, authority) = (self.settings.domains.join(", "), &self.settings.directory);
            tracing::info!("getting a certificate for {names} from {authority}");
            if let Err(error) = self.renew(certificate).await {
                let backoff = backoffs.next().unwrap_or(MAX_BACKOFF);
                let (error, minutes) = (anyhow::Error::from(error), backoff.as_secs() / 60);
                tracing::error!("no certificate for {names}: {error:#}; next try in {minutes} minutes");
                sleep(backoff).await;
            }
        }
    }

    /// Obtains a certificate and uses it.
    async fn renew(&self, certificate: &Certificate) -> Result<(), AcmeError> {
        let key = timeout(TIMEOUT, self.obtain(certificate)).await.map_err(|_| AcmeError::Late)??;
        self.take(certificate, key, SystemTime::now())
    }

    /// Uses the certificate even if it is due, because the previous one is due as well.
    fn take(&self, certificate: &Certificate, key: CertifiedKey, now: SystemTime) -> Result<(), AcmeError> {
        certificate.replace(key);
        tracing::info!("there is a new certificate; SHA-256 {}", certificate.fingerprint());
        let is_due = certificate.good_for(&self.settings.domains, now).is_zero();
        if is_due { Err(AcmeError::Due) } else { Ok(()) }
    }

    async fn obtain(&self, certificate: &Certificate) -> Result<CertifiedKey, AcmeError> {
        // Before ordering a certificate that could not be kept.
        self.check()?;
        let account = self.account().await?;
        let names: Vec<_> = self.settings.domains.iter().cloned().map(Identifier::Dns).collect();
        let mut order = account.new_order(&NewOrder::new(&names)).await?;
        prove(&mut order, &certificate.proofs()).await?;
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(self.settings.domains.clone())?;
        params.distinguished_name = DistinguishedName::new();
        order.finalize_csr(params.serialize_request(&key)?.der()).await?;
        let chain = order.poll_certificate(&retries()).await?;
        Ok(self.keep(&chain, &key.serialize_pem())?)
    }

    /// Writes the certificate. It is used even if that fails.
    fn keep(&self, chain: &str, key: &str) -> Result<CertifiedKey, TlsError> {
        let files = self.files();
        let contents = Contents { certificate: chain.into(), key: key.into() };
        let certified = files::certified(&files, &contents)?;
        if let Err(error) = files::write(&files.certificate, &format!("{}\n{key}", chain.trim_end())) {
            tracing::error!("{error}; the new certificate is in use, but will be lost at the next start");
        }
        Ok(certified)
    }

    fn files(&self) -> CertificateFiles {
        let path = self.directory.join("certificate.pem");
        CertificateFiles { certificate: path.clone(), key: path }
    }
}

/// A URL as the name of a directory.
fn plain(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '.';
    rest.chars().map(|c| if is_plain(c) { c } else { '-' }).collect()
}

/// The backoffs after the first failure, the second, and so on.
fn backoffs() -> impl Iterator<Item = Duration> {
    iter::successors(Some(FIRST_BACKOFF), |backoff| Some((*backoff * 2).min(MAX_BACKOFF)))
}

/// Proves control of each name.
async fn prove(order: &mut Order, proofs: &Proofs<'_>) -> Result<(), AcmeError> {
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        if authorization.status == AuthorizationStatus::Valid {
            continue;
        }
        let name = authorization.identifier().to_string();
        let mut challenge = authorization.challenge(ChallengeType::TlsAlpn01).ok_or_else(|| {
            AcmeError::Refused { name: name.clone(), reason: "it offers no TLS-ALPN-01".to_owned() }
        })?;
        let key = proof(&name, challenge.key_authorization().digest().as_ref())?;
        proofs.show(name, key);
        challenge.set_ready().await?;
    }
    if order.poll_ready(&retries()).await? == OrderStatus::Ready {
        return Ok(());
    }
    Err(reason(order).await?)
}

/// Why the authority refused.
async fn reason(order: &mut Order) -> Result<AcmeError, AcmeError> {
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        let state = authorization.refresh().await?;
        let name = state.identifier().to_string();
        let problem = state.challenges.iter().find_map(|challenge| challenge.error.as_ref());
        if let Some(reason) = problem.map(ToString::to_string) {
            return Ok(AcmeError::Refused { name, reason });
        }
    }
    let reason = "the authority refused without a reason".to_owned();
    Ok(AcmeError::Refused { name: "the order".to_owned(), reason })
}

/// The certificate of RFC 8737, section 3.
fn proof(name: &str, digest: &[u8]) -> Result<CertifiedKey, TlsError> {
    let mut params = CertificateParams::new([name.to_owned()])?;
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    sign_oneself(params)
}

fn sign_oneself(mut params: CertificateParams) -> Result<CertifiedKey, TlsError> {
    let now = SystemTime::now();
    // The authority's clock may be behind.
    (params.not_before, params.not_after) = ((now - DAY).into(), (now + DAY).into());
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    let key = provider().key_provider.load_private_key(key.into())?;
    // Not `from_der`, which refuses the critical extension of a proof.
    Ok(CertifiedKey::new(vec![certificate.der().clone()], key))
}

fn retries() -> RetryPolicy {
    RetryPolicy::new().timeout(STEP_TIMEOUT)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

    use std::fs;

    use super::{super::certificate::Facts, *};

    fn acme(directory: &str, state: &tempfile::TempDir) -> Acme {
        let settings = AcmeSettings {
            domains: vec!["call.example".to_owned()],
            directory: directory.to_owned(),
            contact: None,
            ca: None,
        };
        Acme::new(settings, state.path().to_owned()).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn an_authority_that_never_answers_is_given_up() {
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let state = tempfile::tempdir().unwrap();
        let acme = acme(&format!("https://{}/directory", silent.local_addr().unwrap()), &state);
        let certificate = Certificate::new(acme.first().unwrap());
        let end = timeout(10 * TIMEOUT, acme.renew(&certificate)).await.expect("it ends");
        assert!(matches!(end, Err(AcmeError::Late)), "{end:?}");
    }

    #[test]
    fn backoffs_grow_to_an_hour() {
        let minutes: Vec<_> = backoffs().take(6).map(|backoff| backoff.as_secs() / 60).collect();
        assert_eq!(minutes, [5, 10, 20, 40, 60, 60]);
    }

    #[test]
    fn a_new_certificate_that_is_due_is_a_failure() {
        let state = tempfile::tempdir().unwrap();
        let acme = acme("https://ca.example/directory", &state);
        let certificate = Certificate::new(acme.first().unwrap());
        let before = certificate.fingerprint();
        let taken = acme.take(&certificate, acme.first().unwrap(), SystemTime::now());
        assert!(matches!(taken, Err(AcmeError::Due)));
        assert_ne!(certificate.fingerprint(), before, "it is used");
    }

    #[test]
    fn what_is_shown_meanwhile_ends_soon() {
        let state = tempfile::tempdir().unwrap();
        let first = acme("https://ca.example/directory", &state).first().unwrap();
        let (facts, now) = (Facts::of(&first).unwrap(), SystemTime::now());
        assert!(facts.begin < now - DAY / 2 && facts.end > now && facts.end < now + 2 * DAY);
    }

    #[test]
    fn a_certificate_that_cannot_be_written_is_used_and_one_that_can_is_kept() {
        let state = tempfile::tempdir().unwrap();
        let acme = acme("https://ca.example/directory", &state);
        let made = rcgen::generate_simple_self_signed(["call.example".to_owned()]).unwrap();
        let (chain, key) = (made.cert.pem(), made.signing_key.serialize_pem());
        let in_the_way = state.path().join("acme");
        fs::write(&in_the_way, "").unwrap();
        assert!(matches!(acme.check(), Err(TlsError::Place { .. })));
        assert_eq!(acme.keep(&chain, &key).unwrap().cert[0], *made.cert.der());
        fs::remove_file(in_the_way).unwrap();
        acme.check().unwrap();
        acme.keep(&chain, &key).unwrap();
        assert_eq!(acme.kept().unwrap().cert[0], *made.cert.der());
    }

    #[tokio::test]
    async fn an_account_that_cannot_be_read_is_not_thrown_away() {
        let state = tempfile::tempdir().unwrap();
        let acme = acme("https://ca.example/directory", &state);
        fs::create_dir_all(acme.directory.join("account.json")).unwrap();
        let account = acme.account().await.map(drop);
        assert!(matches!(account, Err(AcmeError::Tls(TlsError::File { .. }))), "{account:?}");
    }

    #[test]
    fn authorities_on_one_host_have_directories_of_their_own() {
        assert_eq!(plain("https://ca.example:9000/acme/one/directory"), "ca.example-9000-acme-one-directory");
        assert_ne!(plain("https://ca.example/acme/one"), plain("https://ca.example/acme/two"));
    }

    #[test]
    fn whom_to_trust_is_read_at_the_start() {
        let state = tempfile::tempdir().unwrap();
        let path = state.path().join("ca.pem");
        fs::write(&path, "no certificate").unwrap();
        let settings = AcmeSettings { ca: Some(path), ..acme("https://ca.example", &state).settings };
        assert!(matches!(Acme::new(settings, state.path().to_owned()), Err(TlsError::Content { .. })));
    }
}
