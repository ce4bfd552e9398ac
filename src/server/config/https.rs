//! Settings of HTTPS.

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    path::PathBuf,
};

use instant_acme::LetsEncrypt;
use toml::Value;

use super::{ConfigError, owned, sources::Sources};
use crate::server::{
    net::listeners::ListenSettings,
    tls::{AcmeSettings, CertificateFiles, TlsSource},
};

/// These include IPv4.
const WORLD_HTTPS: SocketAddr = SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), 443);
const WORLD_HTTP: SocketAddr = SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), 80);

/// Where the certificate comes from: at most one source is allowed.
pub(super) fn certificate(sources: &Sources) -> Result<Option<TlsSource>, ConfigError> {
    let files = match (file(sources, "tls_cert")?, file(sources, "tls_key")?) {
        (Some(certificate), Some(key)) => Some(TlsSource::Files(CertificateFiles { certificate, key })),
        (Some(_), None) => return Err(sources.bad("tls_cert", "`tls_key` beside it")),
        (None, Some(_)) => return Err(sources.bad("tls_key", "`tls_cert` beside it")),
        (None, None) => None,
    };
    let self_signed = sources.switch("tls_self_signed")?.then_some(TlsSource::SelfSigned);
    let acme = acme(sources)?.map(TlsSource::Acme);
    let mut found: Vec<_> = [files, acme, self_signed].into_iter().flatten().collect();
    if let [_, .., last] = &found[..] {
        let name = if *last == TlsSource::SelfSigned { "tls_self_signed" } else { "domain" };
        return Err(sources.bad(name, "one of `domain`, `tls_self_signed`, or `tls_cert` and `tls_key`"));
    }
    Ok(found.pop())
}

fn acme(sources: &Sources) -> Result<Option<AcmeSettings>, ConfigError> {
    let domains: Vec<String> = sources.list("domain", domain)?;
    let is_url = |text: &str| text.starts_with("https://").then(|| text.to_owned());
    let directory = sources.text("acme_directory", is_url)?;
    let contact = sources.text("acme_contact", |text| text.contains('@').then(|| text.to_owned()))?;
    let ca = file(sources, "acme_ca")?;
    let lonely = [
        ("acme_directory", directory.is_some()),
        ("acme_contact", contact.is_some()),
        ("acme_ca", ca.is_some()),
    ];
    if domains.is_empty() {
        return match lonely.iter().find(|(_, is_set)| *is_set) {
            Some((name, _)) => Err(sources.bad(name, "`domain` beside it")),
            None => Ok(None),
        };
    }
    let directory = directory.unwrap_or_else(|| LetsEncrypt::Production.url().to_owned());
    Ok(Some(AcmeSettings { domains, directory, contact, ca }))
}

/// Where to listen. A server with a public name uses the standard ports, unless `listen` is set.
pub(super) fn listeners(
    sources: &Sources,
    default: ListenSettings,
    tls: Option<&TlsSource>,
) -> Result<ListenSettings, ConfigError> {
    let listen = sources.text("listen", |text| text.parse().ok())?;
    let http_listen = sources.text("http_listen", |text| match text {
        "off" => Some(None),
        text => text.parse().ok().map(Some),
    })?;
    if http_listen.flatten().is_some() && tls.is_none() {
        let expected = "HTTPS to send browsers to: `domain`, `tls_self_signed`, or `tls_cert`";
        return Err(sources.bad("http_listen", expected));
    }
    let (listen, http_listen) = match (listen, tls) {
        (None, Some(TlsSource::Acme(_))) => (WORLD_HTTPS, http_listen.unwrap_or(Some(WORLD_HTTP))),
        (listen, _) => (listen.unwrap_or(default.pages), http_listen.flatten()),
    };
    if http_listen == Some(listen) && listen.port() != 0 {
        return Err(sources.bad("http_listen", "another address than that of `listen`"));
    }
    Ok(ListenSettings { pages: listen, http: http_listen, ..default })
}

fn file(sources: &Sources, name: &str) -> Result<Option<PathBuf>, ConfigError> {
    Ok(sources.text(name, owned)?.map(PathBuf::from))
}

/// A public DNS name: lower case, with a dot, no wildcard, no address.
fn domain(value: &Value) -> Option<String> {
    let name = value.as_str()?.trim().to_ascii_lowercase();
    let is_label = |label: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-';
        (1..64).contains(&label.len())
            && label.chars().all(allowed)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_name = name.contains('.') && name.split('.').all(is_label) && name.parse::<IpAddr>().is_err();
    is_name.then_some(name)
}
