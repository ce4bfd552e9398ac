//! The sockets that the server listens at, and the certificate it shows there. `main` opens them before anything else, so
//! that what is wrong with them stops the start; tests open their own.

use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
    sync::Arc,
};

use thiserror::Error;
use tokio::net::TcpListener;

use super::{
    activation::{self, Inherited},
    config::Config,
    relay::Relay,
    tls::{Tls, TlsError},
};

/// Why the server cannot be reached, as one sentence.
#[derive(Debug, Error)]
pub enum DoorError {
    /// Another program is there.
    #[error("{0} is in use; stop the other program, or choose another port")]
    InUse(SocketAddr),
    /// Below 1024, or forbidden otherwise.
    #[error("this user may not listen at {0}; choose a port from 1024 up, or allow it (docs/DEPLOY.md)")]
    Forbidden(SocketAddr),
    /// No such address on this machine, for instance.
    #[error("cannot listen at {address}: {cause}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        cause: io::Error,
    },
    /// A socket that systemd holds.
    #[error("a socket of systemd cannot be used: {0}")]
    Inherited(io::Error),
    /// The certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// Where people come in.
#[derive(Debug)]
pub struct Door {
    /// Pages and signaling.
    pub listener: TcpListener,
    /// For HTTPS.
    pub tls: Option<Tls>,
    /// What comes here is sent to HTTPS.
    pub http: Option<TcpListener>,
    /// Figures for the operator.
    pub metrics: Option<TcpListener>,
    /// Relays what cannot go straight from one person to another.
    pub relay: Option<Arc<Relay>>,
}

impl Door {
    /// Listens, and gets the certificate. `key` is the server's.
    pub async fn open(config: &Config, key: &[u8; 32]) -> Result<Self, DoorError> {
        let tls = config.tls.as_ref().map(Tls::open).transpose()?;
        let mut inherited = Inherited::take();
        let mut hold = |name| inherited.listener(name).map_err(DoorError::Inherited);
        let listener = match hold(activation::PAGES)? {
            Some(listener) => listener,
            None => bind(config.listen).await?,
        };
        let http = match hold(activation::HTTP)? {
            Some(_) if tls.is_none() => {
                tracing::warn!(
                    "the socket `http` of systemd is not used: there is no HTTPS to send browsers to"
                );
                None
            }
            Some(listener) => Some(listener),
            None => bind_if_any(config.http_listen).await?,
        };
        let metrics = bind_if_any(config.metrics_listen).await?;
        let relay = Relay::open(
            &config.turn,
            listener.local_addr().map_err(failed(config.listen))?,
            config.hub.room_capacity,
            key,
        )
        .map_err(|(address, cause)| failed(address)(cause))?;
        Ok(Self { listener, tls, http, metrics, relay: relay.map(Arc::new) })
    }

    /// Plain HTTP at a socket that is open already.
    pub fn plain(listener: TcpListener) -> Self {
        Self { listener, tls: None, http: None, metrics: None, relay: None }
    }

    /// `http` or `https`.
    pub fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }
}

async fn bind_if_any(address: Option<SocketAddr>) -> Result<Option<TcpListener>, DoorError> {
    match address {
        Some(address) => bind(address).await.map(Some),
        None => Ok(None),
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, DoorError> {
    TcpListener::bind(address).await.map_err(failed(address))
}

fn failed(address: SocketAddr) -> impl Fn(io::Error) -> DoorError {
    move |cause| {
        if cause.kind() == ErrorKind::AddrInUse {
            DoorError::InUse(address)
        } else if cause.kind() == ErrorKind::PermissionDenied {
            DoorError::Forbidden(address)
        } else {
            DoorError::Listen { address, cause }
        }
    }
}
