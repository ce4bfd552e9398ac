//! Whether the built-in TURN server answers, and whether others can reach its relayed addresses.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use tokio::{net::UdpSocket, time::timeout};

use super::{
    Finding, about,
    sockets::{here, is_halloo},
};
use crate::{
    checks::Check,
    server::{config::Config, net::host::is_private, relay},
    turn::binding_request,
};

const SUBJECT: &str = "relay";
const STREAMS: &[Check] = &[Check::TurnTcp, Check::TurnTls];
const ALL: &[Check] = &[Check::Stun, Check::TurnUdp, Check::TurnTcp, Check::TurnTls, Check::Loop];
const TIMEOUT: Duration = Duration::from_secs(2);

pub(super) async fn examine(config: &Config) -> Vec<Finding> {
    let turn = &config.turn;
    if turn.off {
        let finding = match config.ice.servers.is_empty() {
            true => Finding::note(
                SUBJECT,
                "off: calls between networks with strict firewalls show no picture",
                "remove --turn-listen, or set another server in --ice-servers",
            ),
            false => Finding::good(SUBJECT, "off: other servers are set"),
        };
        return about(ALL, vec![finding]);
    }
    let listen = turn.listen.unwrap_or_else(|| SocketAddr::new(config.listen.pages.ip(), relay::PORT));
    let is_running = is_halloo(config.listen.pages).await;
    let port = port(listen, turn.listen.is_none(), is_running).await;
    let mut findings = about(&[Check::Stun, Check::TurnUdp], vec![port]);
    findings.extend(about(STREAMS, vec![streams(config.tls.is_some(), config.listen.pages)]));
    findings.extend(about(&[Check::Loop], vec![addresses(config, listen.ip())]));
    findings
}

/// Streams use the port of the pages.
fn streams(has_tls: bool, pages: SocketAddr) -> Finding {
    let protocols = if has_tls { "TLS and TCP" } else { "TCP" };
    Finding::good(SUBJECT, format!("also over {protocols} at {pages}, unless a proxy is in front"))
}

/// If a halloo is running, the TURN server at that port is taken for its own.
async fn port(listen: SocketAddr, or_another: bool, is_running: bool) -> Finding {
    let kind = match UdpSocket::bind(listen).await {
        Ok(_) => return Finding::good(SUBJECT, format!("UDP {listen} is free")),
        Err(error) => error.kind(),
    };
    if kind == io::ErrorKind::AddrInUse && is_running && answers(here(listen)).await.unwrap_or(false) {
        return Finding::good(SUBJECT, format!("a halloo is running, and answers STUN at UDP {listen}"));
    }
    if kind == io::ErrorKind::AddrInUse && or_another {
        let text = format!("UDP {listen} is in use by another program, so each start takes another port");
        return Finding::note(SUBJECT, text, "set --turn-listen to a free port, which a firewall can allow");
    }
    let text = format!("cannot listen at UDP {listen}: {}", io::Error::from(kind));
    Finding::problem(SUBJECT, text, "choose another address or port in --turn-listen")
}

/// Whether a STUN server answers at this address (RFC 8489, section 3).
async fn answers(address: SocketAddr) -> io::Result<bool> {
    let any: IpAddr =
        if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { std::net::Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind(SocketAddr::new(any, 0)).await?;
    let request = binding_request(*b"halloodoctor");
    socket.send_to(&request, address).await?;
    let mut answer = [0; 512];
    let length = timeout(TIMEOUT, socket.recv(&mut answer)).await??;
    // A success, with the same transaction.
    Ok(length >= 20 && answer.starts_with(&[1, 1]) && answer.get(8..20) == request.get(8..20))
}

fn addresses(config: &Config, listen: IpAddr) -> Finding {
    let set = &config.turn.addresses;
    let known = if set.is_empty() { relay::addresses_for(listen) } else { set.clone() };
    let (first, last) = (config.turn.ports.start(), config.turn.ports.end());
    if known.is_empty() {
        let text = "no address of this machine is known";
        return Finding::problem(SUBJECT, text, "set --turn-address");
    }
    let list = known.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let text = format!("others reach it at {list}, UDP ports {first} to {last}");
    if listen.is_loopback() {
        let text = "for this machine only: people elsewhere have no relay";
        return Finding::note(SUBJECT, text, "--turn-listen [::]:3478, if anybody else shall use it");
    }
    if known.iter().any(|ip| !is_private(*ip)) {
        let text = format!("{text}; whether a firewall allows them can only be checked from outside");
        return Finding::good(SUBJECT, text);
    }
    let remedy = "fine in a local network; for the internet, set --turn-address to the public address, and \
                  forward the ports";
    Finding::note(SUBJECT, text, remedy)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

    use super::{super::Level, *};

    #[tokio::test]
    async fn a_port_is_free_answers_or_is_somebody_elses() {
        let other = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = other.local_addr().unwrap();
        let echo = async {
            let mut buffer = [0; 512];
            let (length, from) = other.recv_from(&mut buffer).await.unwrap();
            buffer[0] = 1;
            buffer[1] = 1;
            other.send_to(&buffer[..length], from).await.unwrap();
        };
        let (finding, ()) = tokio::join!(port(address, false, true), echo);
        assert_eq!(finding.level, Level::Good, "{finding}");
        assert_eq!(port(address, false, false).await.level, Level::Problem, "another STUN server");
        let echo = async {
            let mut buffer = [0; 512];
            let (length, from) = other.recv_from(&mut buffer).await.unwrap();
            other.send_to(&buffer[..length], from).await.unwrap();
        };
        let (finding, ()) = tokio::join!(port(address, false, true), echo);
        assert_eq!(finding.level, Level::Problem, "{finding}");
        drop(other);
        assert_eq!(port(address, false, false).await.level, Level::Good);
    }
}
