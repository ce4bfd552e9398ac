//! Whether the server can listen at its addresses, and who can reach them.

use std::{
    io::{self, ErrorKind},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use super::{Finding, about};
use crate::{
    checks::Check,
    server::{config::Config, net::addresses::reachable, ops::announce::FOR_OTHERS},
};

/// What pages need of their listener.
const PAGES: &[Check] = &[Check::Https, Check::WebSocket];
const TIMEOUT: Duration = Duration::from_secs(3);

pub(super) async fn examine(config: &Config) -> Vec<Finding> {
    let mut findings = about(PAGES, vec![listener("pages", config.listen.pages).await, reach(config)]);
    if let Some(address) = config.listen.http {
        findings.push(listener("plain HTTP", address).await);
    }
    if let Some(address) = config.listen.metrics {
        findings.push(listener("metrics", address).await);
        if !address.ip().is_loopback() {
            let text = format!("everybody who reaches {address} can read them");
            findings.push(Finding::note("metrics", text, "protect that port by a firewall"));
        }
    }
    findings
}

async fn listener(subject: &'static str, address: SocketAddr) -> Finding {
    match TcpListener::bind(address).await {
        Ok(_) => Finding::good(subject, format!("{address} is free")),
        // Also if systemd holds a port that this user may not listen at.
        Err(_) if is_halloo(address).await => {
            Finding::good(subject, format!("a halloo answers at {address}"))
        }
        Err(error) if error.kind() == ErrorKind::AddrInUse => Finding::problem(
            subject,
            format!("{address} is in use by another program"),
            "stop that program, or choose another port",
        ),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Finding::problem(
            subject,
            format!("this user may not listen at {address}"),
            "choose a port from 1024 up, or let systemd open the socket (docs/DEPLOY.md)",
        ),
        Err(error) => Finding::problem(
            subject,
            format!("cannot listen at {address}: {error}"),
            "choose an address that this machine has, or 0.0.0.0 for all",
        ),
    }
}

/// Whether a halloo answers there: plain HTTP is answered or redirected by each, with its name in `server`.
pub(super) async fn is_halloo(address: SocketAddr) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(here(address)).await?;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        io::Result::Ok(answer)
    };
    let answer = timeout(TIMEOUT, ask).await;
    answer.is_ok_and(|answer| answer.is_ok_and(|text| text.contains("\r\nserver: halloo\r\n")))
}

/// The address at which this machine reaches a listener.
pub(super) fn here(address: SocketAddr) -> SocketAddr {
    let ip: IpAddr = match address {
        _ if !address.ip().is_unspecified() => address.ip(),
        SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    SocketAddr::new(ip, address.port())
}

fn reach(config: &Config) -> Finding {
    const SUBJECT: &str = "reachable";
    if config.listen.pages.ip().is_loopback() {
        return Finding::note(SUBJECT, "by this machine only, or by a proxy on it", FOR_OTHERS);
    }
    if config.tls.is_none() {
        return Finding::note(
            SUBJECT,
            "by everybody in the network, but browsers allow no camera without HTTPS",
            "--domain, --tls-self-signed, --tls-cert, or a proxy with a certificate",
        );
    }
    let urls = reachable(config.listen.pages, "https").join(", ");
    let at = if urls.is_empty() { String::new() } else { format!(", for example at {urls}") };
    Finding::good(SUBJECT, format!("by everybody in the network{at}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

    use super::{super::Level, *};

    #[tokio::test]
    async fn a_port_is_free_or_in_use() {
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = taken.local_addr().unwrap();
        let silent = async {
            let (stream, _) = taken.accept().await.unwrap();
            drop(stream);
        };
        let (finding, ()) = tokio::join!(listener("pages", address), silent);
        assert_eq!(finding.level, Level::Problem, "{finding}");
        drop(taken);
        assert_eq!(listener("pages", address).await.level, Level::Good);
        let foreign = listener("pages", "192.0.2.1:80".parse().unwrap()).await;
        assert_eq!(foreign.level, Level::Problem, "{foreign}");
    }
}
