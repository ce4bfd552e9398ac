//! The sockets that the server listens at, and the certificate it shows there. `main` opens them before anything else, so
//! that what is wrong with them stops the start; tests open their own.

use std::{
    io::{self, ErrorKind},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use socket2::{Domain, Protocol, Socket, Type};
use thiserror::Error;
use tokio::net::TcpListener;

use super::systemd::{self, Inherited};
use crate::server::{
    config::Config,
    relay::Relay,
    tls::{Tls, TlsError},
};

/// Connections that may wait to be accepted; the system may allow fewer.
const BACKLOG: i32 = 1_024;

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
    /// systemd holds the listener, and lets people wait there while there is no program.
    pub is_held: bool,
}

impl Door {
    /// Listens, and gets the certificate. `key` is the server's.
    pub fn open(config: &Config, key: &[u8; 32], mut inherited: Inherited) -> Result<Self, DoorError> {
        let tls = config.tls.as_ref().map(Tls::open).transpose()?;
        let mut hold = |name| inherited.listener(name).map_err(DoorError::Inherited);
        let held = hold(systemd::PAGES)?;
        let is_held = held.is_some();
        let listener = held.map_or_else(|| bind(config.listen), Ok)?;
        let http = match hold(systemd::HTTP)? {
            Some(_) if tls.is_none() => {
                tracing::warn!(
                    "the socket `http` of systemd is not used: there is no HTTPS to send browsers to"
                );
                None
            }
            Some(listener) => Some(listener),
            None => config.http_listen.map(bind).transpose()?,
        };
        let metrics = config.metrics_listen.map(bind).transpose()?;
        let relay = Relay::open(
            &config.turn,
            listener.local_addr().map_err(failed(config.listen))?,
            config.hub.room_capacity,
            key,
        )
        .map_err(|(address, cause)| failed(address)(cause))?;
        Ok(Self { listener, tls, http, metrics, relay: relay.map(Arc::new), is_held })
    }

    /// Plain HTTP at a socket that is open already.
    pub fn plain(listener: TcpListener) -> Self {
        Self { listener, tls: None, http: None, metrics: None, relay: None, is_held: false }
    }

    /// `http` or `https`.
    pub fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }
}

/// At every address IPv4 is meant as well, whatever the system's habit, and alone where there is no IPv6.
fn bind(address: SocketAddr) -> Result<TcpListener, DoorError> {
    let listen = |address: SocketAddr| {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        if address.is_ipv6() {
            socket.set_only_v6(address.ip() != Ipv6Addr::UNSPECIFIED)?;
        }
        socket.set_reuse_address(true)?;
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        TcpListener::from_std(socket.into())
    };
    let has_ipv6 = Socket::new(Domain::IPV6, Type::STREAM, None).is_ok();
    let instead = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), address.port());
    let is_missing = address.ip() == Ipv6Addr::UNSPECIFIED && !has_ipv6;
    listen(if is_missing { instead } else { address }).map_err(failed(address))
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
