//! Settings of HTTPS.

use std::{net::SocketAddr, path::PathBuf};

use super::{ADDRESS, ConfigError, sources::Sources};
use crate::server::tls::{CertificateFiles, TlsSource};

pub(super) fn certificate(sources: &Sources) -> Result<Option<TlsSource>, ConfigError> {
    let file = |name| sources.text(name, "the path of a file", |text| Some(PathBuf::from(text)));
    let self_signed = sources.switch("tls_self_signed")?;
    match (file("tls_cert")?, file("tls_key")?) {
        (Some(_), Some(_)) if self_signed => {
            Err(sources.bad("tls_self_signed", "either this, or `tls_cert` and `tls_key`, not both"))
        }
        (Some(certificate), Some(key)) => Ok(Some(TlsSource::Files(CertificateFiles { certificate, key }))),
        (Some(_), None) => Err(sources.bad("tls_cert", "`tls_key` beside it")),
        (None, Some(_)) => Err(sources.bad("tls_key", "`tls_cert` beside it")),
        (None, None) => Ok(self_signed.then_some(TlsSource::SelfSigned)),
    }
}

pub(super) fn http_listen(sources: &Sources, has_tls: bool) -> Result<Option<SocketAddr>, ConfigError> {
    let address = sources.text("http_listen", ADDRESS, |text| text.parse().ok())?;
    if address.is_some() && !has_tls {
        return Err(sources.bad("http_listen", "HTTPS to send browsers to: `tls_self_signed`, or `tls_cert`"));
    }
    Ok(address)
}
