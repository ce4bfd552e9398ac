//! The addresses at which other devices reach this server: for the log at start-up and for pages on a private network.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use super::{Door, config::Config, relay, tls::Tls};

/// How to be reached by others, with a camera.
pub(super) const FOR_OTHERS: &str = "for other devices: --listen 0.0.0.0:8443 --tls-self-signed";

/// Base URLs at which other devices reach a server that listens there. Empty for a loopback address.
pub fn reachable(listen: SocketAddr, scheme: &str) -> Vec<String> {
    if !listen.ip().is_unspecified() {
        return base_urls(&[listen.ip()], listen.port(), scheme);
    }
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let all = interfaces.iter().map(if_addrs::Interface::ip);
    // On most systems [::] takes both kinds.
    let all: Vec<_> = all.filter(|ip| listen.is_ipv6() || ip.is_ipv4()).collect();
    base_urls(&all, listen.port(), scheme)
}

/// Tells the operator, in the log, who can reach this server.
pub fn announce(door: &Door, config: &Config) -> io::Result<()> {
    let (listen, tls, scheme) = (door.listener.local_addr()?, &door.tls, door.scheme());
    if let Some(tls) = tls {
        for name in tls.domains() {
            tracing::info!("in the internet: https://{name}");
        }
        if tls.domains().is_empty() {
            tracing::info!("certificate: SHA-256 {}", tls.certificate().fingerprint());
        }
    }
    if listen.ip().is_loopback() {
        tracing::info!("serving on {scheme}://{}, for this machine only", local(listen));
        if config.trusted_proxies.is_empty() {
            tracing::info!("{FOR_OTHERS}");
        }
    } else {
        tracing::info!("serving on {scheme}://{}", local(listen));
    }
    for address in door.relay.iter().flat_map(|relay| relay.listening_at()) {
        if !address.ip().is_loopback() {
            tracing::info!("calls across networks: TURN at UDP {address}, and where the pages are");
        }
    }
    if listen.ip().is_loopback() {
        return Ok(());
    }
    for url in reachable(listen, scheme) {
        tracing::info!("other devices: {url}");
    }
    match tls {
        None => tracing::info!(
            "browsers allow cameras there with HTTPS only: --tls-self-signed, or a reverse proxy with a certificate"
        ),
        Some(tls) if tls.domains().is_empty() && !tls.certificate().is_signed_by_another() => {
            tracing::info!(
                "browsers warn once, because this machine made the certificate: compare the SHA-256"
            );
        }
        Some(_) => {}
    }
    Ok(())
}

/// An address for other devices as a picture for their cameras, if they can make calls there.
pub fn qr_code(door: &Door) -> io::Result<Option<String>> {
    let listen = door.listener.local_addr()?;
    let urls = reachable(listen, door.scheme());
    // Of several networks, such as those of containers, the one that leads on.
    let main = relay::addresses_for(listen.ip())
        .into_iter()
        .map(|ip| base_urls(&[ip], listen.port(), door.scheme()));
    let named = door.tls.iter().flat_map(Tls::domains).map(|name| format!("https://{name}")).next();
    let url = named.or_else(|| main.flatten().next()).or_else(|| urls.into_iter().next());
    let url = url.filter(|_| door.tls.is_some());
    let code = url.and_then(|url| qrcode::QrCode::new(url).ok());
    let picture = code.map(|code| code.render::<qrcode::render::unicode::Dense1x2>().build());
    // Dark on light whatever the terminal's colours: not every camera reads the reverse.
    let lines = picture.iter().flat_map(|picture| picture.lines());
    let picture: String = lines.map(|line| format!("\x1b[30;107m{line}\x1b[0m\n")).collect();
    Ok(Some(picture).filter(|picture| !picture.is_empty()))
}

/// Where this machine itself finds the server.
fn local(listen: SocketAddr) -> String {
    match listen.ip() {
        ip if ip == Ipv4Addr::LOCALHOST || ip.is_unspecified() => {
            format!("localhost:{}", listen.port())
        }
        _ => listen.to_string(),
    }
}

/// Those of these base URLs that a page served under this `Host` may show.
pub(super) fn shown_on(host: &str, reachable: &[String]) -> Vec<String> {
    if is_private_host(host_name(host)) { reachable.to_vec() } else { Vec::new() }
}

/// The name in a `Host` header, without the port.
pub(super) fn host_name(host: &str) -> &str {
    if let Some((address, _)) = host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return address;
    }
    host.split_once(':').map_or(host, |(name, _)| name)
}

fn base_urls(addresses: &[IpAddr], port: u16, scheme: &str) -> Vec<String> {
    let mut urls: Vec<_> = addresses
        .iter()
        .filter(|address| is_private(**address) && !address.is_loopback())
        .map(|address| format!("{scheme}://{}", SocketAddr::new(*address, port)))
        .collect();
    urls.sort();
    urls.dedup();
    urls
}

/// Whether this is a name that the whole world knows: others may have other services at the same name.
pub(super) fn is_public_name(name: &str) -> bool {
    let is_local = name.ends_with(".local") || name.ends_with(".localhost");
    name.contains('.') && !name.contains(':') && !is_local && name.parse::<IpAddr>().is_err()
}

fn is_private_host(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost") || name.parse::<IpAddr>().is_ok_and(is_private)
}

/// Loopback, RFC 1918, and unique local IPv6 (RFC 4193). Link-local addresses need a zone, which no URL carries.
pub(super) fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || Ipv4Addr::is_private(&v4),
        IpAddr::V6(v6) => v6.is_loopback() || Ipv6Addr::is_unique_local(&v6),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn a_public_host_shows_no_addresses() {
        let urls = ["http://192.168.1.5:8080".to_owned()];
        for host in ["localhost:8080", "127.0.0.1:8080", "192.168.1.5", "[::1]:8080", "[fd00::1]"] {
            assert_eq!(shown_on(host, &urls), urls, "{host}");
        }
        for host in ["call.example.org", "203.0.113.7:8080", "[2001:db8::1]:80", "", "localhost.example.org"]
        {
            assert!(shown_on(host, &urls).is_empty(), "{host}");
        }
    }

    #[test]
    fn loopback_is_reached_by_no_other_device() {
        assert!(reachable(SocketAddr::from(([127, 0, 0, 1], 80)), "http").is_empty());
        assert_eq!(reachable(SocketAddr::from(([10, 0, 0, 9], 443)), "https"), ["https://10.0.0.9:443"]);
    }

    #[test]
    fn ipv6_addresses_stand_in_brackets() {
        let addresses = ["fd00::2".parse().unwrap(), "fe80::1".parse().unwrap(), "10.1.1.1".parse().unwrap()];
        assert_eq!(base_urls(&addresses, 8080, "http"), ["http://10.1.1.1:8080", "http://[fd00::2]:8080"]);
    }
}
