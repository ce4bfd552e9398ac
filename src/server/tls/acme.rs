//! A certificate from an authority that speaks ACME (RFC 8555), such as Let's Encrypt: got when there is none, renewed when
//! two thirds of its time are over, and kept with the account beside the server's key.
//!
//! That the names are ours is proven by TLS-ALPN-01 (RFC 8737): the authority connects to port 443 of each name and looks
//! at the certificate that is shown there. Nothing but the port of the pages is needed for that.

use std::{
    fs,
    path::PathBuf,
    pin::Pin,
    time::{Duration, SystemTime},
};

use axum::body::Bytes;
use hyper::Request;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, BodyWrapper, BytesResponse, ChallengeType, HttpClient,
    Identifier, NewAccount, NewOrder, Order, OrderStatus, RetryPolicy,
};
use rcgen::{CertificateParams, CustomExtension, DistinguishedName, KeyPair};
use rustls::{ClientConfig, RootCertStore, pki_types::PrivatePkcs8KeyDer, sign::CertifiedKey};
use thiserror::Error;
use tokio::time::sleep;

use super::{Certificate, CertificateFiles, TlsError, certificate::Proofs, files, provider};

/// The protocol that the authority names when it looks at a certificate.
pub(super) const ALPN: &[u8] = b"acme-tls/1";
/// Wait after the first failure. Let's Encrypt forgives five failures an hour.
const FIRST_PAUSE: Duration = Duration::from_secs(5 * 60);
/// Wait after many.
const LONGEST_PAUSE: Duration = Duration::from_secs(12 * 60 * 60);
/// The clock is looked at so often: it may be set, and machines sleep.
const LOOK: Duration = Duration::from_secs(60 * 60);
/// How often it is tried again at once when a nonce is refused, and after which wait.
const ATTEMPTS: u32 = 10;
const NONCE_PAUSE: Duration = Duration::from_millis(500);
/// How long the authority may take over its part.
const PATIENCE: Duration = Duration::from_secs(120);

/// What to ask whom for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcmeSettings {
    /// Names that the certificate is for.
    pub domains: Vec<String>,
    /// URL of the authority's directory.
    pub directory: String,
    /// Whom the authority may write to about it, an e-mail address.
    pub contact: Option<String>,
    /// What the authority's own HTTPS is signed by, if not by one that browsers know; PEM.
    pub ca: Option<PathBuf>,
}

/// Why there is no new certificate.
#[derive(Debug, Error)]
enum AcmeError {
    #[error(transparent)]
    Protocol(#[from] instant_acme::Error),
    /// In the words of the authority.
    #[error("{name}: {reason}")]
    Refused { name: String, reason: String },
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("{}: no account in it: {cause}", path.display())]
    Account { path: PathBuf, cause: serde_json::Error },
    #[error("a key could not be made: {0}")]
    Making(#[from] rcgen::Error),
}

impl AcmeError {
    fn is_bad_nonce(&self) -> bool {
        let Self::Protocol(instant_acme::Error::Api(problem)) = self else { return false };
        problem.r#type.as_deref() == Some("urn:ietf:params:acme:error:badNonce")
    }
}

/// One certificate and its upkeep.
#[derive(Debug, Clone)]
pub(super) struct Acme {
    settings: AcmeSettings,
    /// Where account and certificate are kept; other authorities have other accounts.
    place: PathBuf,
}

impl Acme {
    pub(super) fn new(settings: AcmeSettings, state_directory: PathBuf) -> Self {
        let is_plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        let authority = settings.directory.split_once("://").map_or("", |(_, rest)| rest);
        let authority: String =
            authority.split('/').next().unwrap_or_default().chars().filter(is_plain).collect();
        Self { settings, place: state_directory.join("acme").join(authority) }
    }

    pub(super) fn domains(&self) -> &[String] {
        &self.settings.domains
    }

    pub(super) fn kept(&self) -> Result<CertifiedKey, TlsError> {
        files::read(&self.files())
    }

    /// The certificate from before, or for the time being one that nobody trusts.
    pub(super) fn first(&self) -> Result<CertifiedKey, TlsError> {
        if let Ok(kept) = self.kept() {
            return Ok(kept);
        }
        sign_oneself(&CertificateParams::new(self.settings.domains.clone())?)
    }

    /// Gets certificates when they are due, for as long as it is polled.
    pub(super) async fn keep_up(&self, certificate: &Certificate) {
        let mut pause = FIRST_PAUSE;
        loop {
            let wait = certificate.good_for(&self.settings.domains, SystemTime::now());
            if !wait.is_zero() {
                sleep(wait.min(LOOK)).await;
                continue;
            }
            let (names, authority) = (self.settings.domains.join(", "), &self.settings.directory);
            tracing::info!("getting a certificate for {names} from {authority}");
            match self.obtain_patiently(certificate).await {
                Ok(key) => {
                    certificate.replace(key);
                    pause = FIRST_PAUSE;
                    tracing::info!("there is a new certificate; SHA-256 {}", certificate.fingerprint());
                }
                Err(error) => {
                    let error = anyhow::Error::from(error);
                    let minutes = pause.as_secs() / 60;
                    tracing::error!("no certificate for {names}: {error:#}; next try in {minutes} minutes");
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    /// An authority may refuse a nonce at any time (RFC 8555, section 6.5), which the library does not forgive.
    async fn obtain_patiently(&self, certificate: &Certificate) -> Result<CertifiedKey, AcmeError> {
        for _ in 1..ATTEMPTS {
            match self.obtain(certificate).await {
                Err(error) if error.is_bad_nonce() => sleep(NONCE_PAUSE).await,
                result => return result,
            }
        }
        self.obtain(certificate).await
    }

    async fn obtain(&self, certificate: &Certificate) -> Result<CertifiedKey, AcmeError> {
        let account = self.account().await?;
        let names: Vec<_> = self.settings.domains.iter().cloned().map(Identifier::Dns).collect();
        let mut order = account.new_order(&NewOrder::new(&names)).await?;
        prove(&mut order, &certificate.proofs()).await?;
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(self.settings.domains.clone())?;
        params.distinguished_name = DistinguishedName::new();
        order.finalize_csr(params.serialize_request(&key)?.der()).await?;
        let chain = order.poll_certificate(&retries()).await?;
        let files = self.files();
        // The key first: should this be interrupted, the next start finds that they do not fit and asks again.
        files::write(&files.key, &key.serialize_pem())?;
        files::write(&files.certificate, &chain)?;
        Ok(files::read(&files)?)
    }

    /// The account at the authority, made when there is none.
    async fn account(&self) -> Result<Account, AcmeError> {
        let path = self.place.join("account.json");
        let builder = Account::builder_with_http(Box::new(self.http_client()?));
        if let Ok(text) = fs::read_to_string(&path) {
            let credentials: AccountCredentials =
                serde_json::from_str(&text).map_err(|cause| AcmeError::Account { path, cause })?;
            return Ok(builder.from_credentials(credentials).await?);
        }
        let contact = self.settings.contact.as_ref().map(|address| format!("mailto:{address}"));
        let contact: Vec<_> = contact.iter().map(String::as_str).collect();
        let request =
            NewAccount { contact: &contact, terms_of_service_agreed: true, only_return_existing: false };
        let (account, credentials) = builder.create(&request, self.settings.directory.clone(), None).await?;
        let text = serde_json::to_string(&credentials).map_err(instant_acme::Error::from)?;
        files::write(&path, &text)?;
        Ok(account)
    }

    fn http_client(&self) -> Result<Https, TlsError> {
        let builder = HttpsConnectorBuilder::new();
        let builder = match &self.settings.ca {
            None => builder.with_provider_and_webpki_roots((*provider()).clone())?,
            Some(path) => {
                let mut roots = RootCertStore::empty();
                roots.add_parsable_certificates(files::chain(path)?);
                let config = ClientConfig::builder_with_provider(provider())
                    .with_safe_default_protocol_versions()?
                    .with_root_certificates(roots)
                    .with_no_client_auth();
                builder.with_tls_config(config)
            }
        };
        Ok(Https(Client::builder(TokioExecutor::new()).build(builder.https_only().enable_http1().build())))
    }

    fn files(&self) -> CertificateFiles {
        CertificateFiles { certificate: self.place.join("certificate.pem"), key: self.place.join("key.pem") }
    }
}

/// Shows the authority what it wants to see at each name.
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

/// What the authority found wrong.
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
    let reason = "the authority refused, and does not say why".to_owned();
    Ok(AcmeError::Refused { name: "the order".to_owned(), reason })
}

/// The certificate of RFC 8737, section 3.
fn proof(name: &str, digest: &[u8]) -> Result<CertifiedKey, TlsError> {
    let mut params = CertificateParams::new([name.to_owned()])?;
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    sign_oneself(&params)
}

fn sign_oneself(params: &CertificateParams) -> Result<CertifiedKey, TlsError> {
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    let key = provider().key_provider.load_private_key(key.into())?;
    // Not `from_der`, which refuses the critical extension of a proof.
    Ok(CertifiedKey::new(vec![certificate.der().clone()], key))
}

fn retries() -> RetryPolicy {
    RetryPolicy::new().timeout(PATIENCE)
}

/// The library's own client asks the system for authorities to trust, and a container may have none.
struct Https(Client<HttpsConnector<HttpConnector>, BodyWrapper<Bytes>>);

impl HttpClient for Https {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, instant_acme::Error>> + Send>> {
        let response = self.0.request(request);
        Box::pin(async move {
            response.await.map(BytesResponse::from).map_err(|error| instant_acme::Error::Other(error.into()))
        })
    }
}
