//! The server's side of TLS handshakes. `net::connections` uses it.

use std::{io, sync::Arc};

use rustls::{ServerConfig, server};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::{LazyConfigAcceptor, server::TlsStream};

use super::{
    certificate::{ACME_ALPN, Certificate, is_authority, provider},
    error::TlsError,
};

/// What is spoken here over TLS: HTTP/1.1, TURN and STUN (RFC 7443).
const SPOKEN: [&[u8]; 3] = [b"http/1.1", b"stun.turn", b"stun.nat-discovery"];

/// Accepts TLS connections of browsers, TURN clients and authorities.
#[derive(Clone)]
pub(crate) struct Acceptor {
    clients: Arc<ServerConfig>,
    authorities: Arc<ServerConfig>,
}

impl Acceptor {
    /// Returns an acceptor that shows this certificate, and its proofs to authorities.
    pub(super) fn new(certificate: &Arc<Certificate>) -> Result<Self, TlsError> {
        let speaking = |protocols: &[&[u8]]| {
            let mut config = ServerConfig::builder_with_provider(provider())
                .with_safe_default_protocol_versions()?
                .with_no_client_auth()
                .with_cert_resolver(Arc::<Certificate>::clone(certificate));
            config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
            Ok::<_, TlsError>(Arc::new(config))
        };
        Ok(Self { clients: speaking(&SPOKEN)?, authorities: speaking(&[ACME_ALPN])? })
    }

    /// Makes the handshake. `acme-tls/1` is spoken with those that offer it alone (RFC 8737, section 3).
    pub(crate) async fn accept<S>(&self, stream: S) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let start = LazyConfigAcceptor::new(server::Acceptor::default(), stream).await?;
        let is_authority = start.client_hello().alpn().is_some_and(is_authority);
        let config = if is_authority { &self.authorities } else { &self.clients };
        start.into_stream(Arc::clone(config)).await
    }
}
