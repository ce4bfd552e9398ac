//! The HTTPS client for the authority, and the account there.

use std::{fs, io, path::Path, pin::Pin};

use axum::body::Bytes;
use hyper::Request;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use instant_acme::{
    Account, AccountBuilder, AccountCredentials, BodyWrapper, BytesResponse, Error, HttpClient, NewAccount,
};
use rustls::{ClientConfig, RootCertStore};

use super::{
    super::{certificate::provider, error::TlsError, files},
    Acme, AcmeError,
};

/// Replaces the library's client, which trusts the authorities of the system: a container may have none.
#[derive(Debug, Clone)]
pub(super) struct Https(Client<HttpsConnector<HttpConnector>, BodyWrapper<Bytes>>);

impl Https {
    /// A client that trusts the authorities that browsers trust, or those in this file.
    pub(super) fn trusting(ca: Option<&Path>) -> Result<Self, TlsError> {
        let builder = HttpsConnectorBuilder::new();
        let builder = match ca {
            None => builder.with_provider_and_webpki_roots((*provider()).clone())?,
            Some(path) => {
                let mut roots = RootCertStore::empty();
                let (added, _) = roots.add_parsable_certificates(files::chain(path)?);
                if added == 0 {
                    return Err(TlsError::Content { path: path.to_owned(), expected: "a certificate, PEM" });
                }
                let config = ClientConfig::builder_with_provider(provider())
                    .with_safe_default_protocol_versions()?
                    .with_root_certificates(roots)
                    .with_no_client_auth();
                builder.with_tls_config(config)
            }
        };
        Ok(Self(Client::builder(TokioExecutor::new()).build(builder.https_only().enable_http1().build())))
    }
}

impl HttpClient for Https {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let response = self.0.request(request);
        Box::pin(async move {
            response.await.map(BytesResponse::from).map_err(|error| Error::Other(error.into()))
        })
    }
}

impl Acme {
    /// The kept account, or a new one if the authority does not know it.
    pub(super) async fn account(&self) -> Result<Account, AcmeError> {
        let contact = self.settings.contact.as_ref().map(|address| format!("mailto:{address}"));
        let contact: Vec<_> = contact.iter().map(String::as_str).collect();
        if let Some(credentials) = self.credentials()? {
            let account = self.builder().from_credentials(credentials).await?;
            match account.update_contacts(&contact).await {
                Err(error) if is_unknown(&error) => tracing::warn!("{error}; creating a new account"),
                result => {
                    // Not needed for a certificate.
                    let _ =
                        result.inspect_err(|error| tracing::warn!("the contact was not updated: {error}"));
                    return Ok(account);
                }
            }
        }
        let request =
            NewAccount { contact: &contact, terms_of_service_agreed: true, only_return_existing: false };
        let directory = self.settings.directory.clone();
        let (account, credentials) = self.builder().create(&request, directory, None).await?;
        let text = serde_json::to_string(&credentials).map_err(Error::from)?;
        files::write(&self.directory.join("account.json"), &text)?;
        Ok(account)
    }

    fn credentials(&self) -> Result<Option<AccountCredentials>, TlsError> {
        let path = self.directory.join("account.json");
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(TlsError::file(&path)(cause)),
        };
        let credentials = serde_json::from_slice(&text);
        let logged = credentials.inspect_err(|error| {
            tracing::warn!("{}: not an account: {error}; creating a new one", path.display());
        });
        Ok(logged.ok())
    }

    fn builder(&self) -> AccountBuilder {
        Account::builder_with_http(Box::new(self.https.clone()))
    }
}

fn is_unknown(error: &Error) -> bool {
    let Error::Api(problem) = error else { return false };
    problem.r#type.as_deref() == Some("urn:ietf:params:acme:error:accountDoesNotExist")
}
