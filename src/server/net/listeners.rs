//! The TCP sockets that the server listens at. Opened before anything else, so that an error stops the start.

use std::{
    io::{self, ErrorKind},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
};

use socket2::{Domain, Protocol, Socket, Type};
use thiserror::Error;
use tokio::net::TcpListener;

use super::systemd::{self, Inherited};

/// Connections that may wait to be accepted. The system may allow fewer.
const BACKLOG: i32 = 1_024;

/// Where to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenSettings {
    /// Pages and signaling, by HTTPS if there is a certificate.
    pub pages: SocketAddr,
    /// Plain HTTP, which is redirected to HTTPS.
    pub http: Option<SocketAddr>,
    /// Metrics for the operator.
    pub metrics: Option<SocketAddr>,
}

impl Default for ListenSettings {
    fn default() -> Self {
        Self { pages: SocketAddr::from(([127, 0, 0, 1], 8080)), http: None, metrics: None }
    }
}

/// Why a socket could not be opened, as one sentence.
#[derive(Debug, Error)]
pub enum ListenError {
    /// Another program listens there.
    #[error("{0} is in use; stop the other program, or choose another port")]
    InUse(SocketAddr),
    /// A port below 1024, for instance.
    #[error("this user may not listen at {0}; choose a port from 1024 up, or allow it (docs/DEPLOY.md)")]
    Forbidden(SocketAddr),
    /// An address of another machine, or of IPv6 on a machine without.
    #[error("this machine does not have the address {0}; choose one of its own, or 0.0.0.0 or [::] for all")]
    NotOurs(SocketAddr),
    /// Any other error.
    #[error("cannot listen at {address}: {cause}")]
    Other {
        /// Where.
        address: SocketAddr,
        /// Why.
        cause: io::Error,
    },
    /// A socket passed by systemd.
    #[error("a socket of systemd cannot be used: {0}")]
    Inherited(io::Error),
}

impl ListenError {
    /// The error for this address.
    pub(crate) fn at(address: SocketAddr) -> impl Fn(io::Error) -> Self {
        move |cause| {
            if cause.kind() == ErrorKind::AddrInUse {
                Self::InUse(address)
            } else if cause.kind() == ErrorKind::PermissionDenied {
                Self::Forbidden(address)
            } else if cause.kind() == ErrorKind::AddrNotAvailable || has_no_such_family(&cause) {
                Self::NotOurs(address)
            } else {
                Self::Other { address, cause }
            }
        }
    }
}

/// The TCP listeners of a server.
#[derive(Debug)]
pub struct Listeners {
    /// Pages and signaling.
    pub pages: TcpListener,
    /// Plain HTTP, which is redirected to HTTPS.
    pub http: Option<TcpListener>,
    /// Metrics for the operator.
    pub metrics: Option<TcpListener>,
    /// systemd holds the listener of the pages: connections wait there while no server runs.
    pub is_held: bool,
}

impl Listeners {
    /// Opens the sockets, or takes those of systemd.
    pub(crate) fn open(
        settings: &ListenSettings,
        has_https: bool,
        mut inherited: Inherited,
    ) -> Result<Self, ListenError> {
        let mut take = |name| inherited.listener(name).map_err(ListenError::Inherited);
        let held = take(systemd::PAGES)?;
        let is_held = held.is_some();
        let pages = held.map_or_else(|| bind(settings.pages), Ok)?;
        let http = match take(systemd::HTTP)? {
            Some(_) if !has_https => {
                tracing::warn!("the socket `http` of systemd is not used, because HTTPS is off");
                None
            }
            Some(listener) => Some(listener),
            None => settings.http.map(bind).transpose()?,
        };
        let metrics = settings.metrics.map(bind).transpose()?;
        Ok(Self { pages, http, metrics, is_held })
    }
}

/// Opens a listener. `[::]` includes IPv4, whatever the system's default, and is IPv4 alone on systems
/// without IPv6.
fn bind(address: SocketAddr) -> Result<TcpListener, ListenError> {
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
    let is_missing = address.ip() == Ipv6Addr::UNSPECIFIED && !has_ipv6;
    let v4 = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), address.port());
    listen(if is_missing { v4 } else { address }).map_err(ListenError::at(address))
}

/// Returns whether the system has no IPv6.
fn has_no_such_family(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::AFNOSUPPORT.raw_os_error())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn an_address_that_the_machine_does_not_have_is_said_with_what_to_choose() {
        let no_family = io::Error::from_raw_os_error(rustix::io::Errno::AFNOSUPPORT.raw_os_error());
        for (address, cause) in
            [("[fd00::1]:3478", no_family), ("192.0.2.1:80", io::Error::from(ErrorKind::AddrNotAvailable))]
        {
            let address = address.parse().unwrap();
            let error = ListenError::at(address)(cause);
            assert!(matches!(error, ListenError::NotOurs(at) if at == address), "{error}");
            assert!(error.to_string().contains("0.0.0.0 or [::]"));
        }
    }
}
