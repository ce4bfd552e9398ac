//! What the operator is told at the start: who can reach this server, and where.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
};

use crate::server::{
    net::addresses::{base_urls, reachable},
    relay,
    serve::Server,
    tls::Tls,
};

/// How to reach the server from other devices, with cameras.
pub(crate) const FOR_OTHERS: &str = "for other devices: --listen 0.0.0.0:8443 --tls-self-signed";

/// Logs who can reach this server, and where. `is_proxied`: the operator trusts proxies.
pub fn announce(server: &Server, is_proxied: bool) -> io::Result<()> {
    let (listen, tls, scheme) = (server.address()?, &server.tls, server.scheme());
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
        if !is_proxied {
            tracing::info!("{FOR_OTHERS}");
        }
    } else {
        tracing::info!("serving on {scheme}://{}", local(listen));
    }
    for address in server.relay.iter().flat_map(|relay| relay.listening_at()) {
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
            "there, browsers allow cameras with HTTPS only: --tls-self-signed, or a proxy with a certificate"
        ),
        Some(tls) if tls.domains().is_empty() && !tls.certificate().is_signed_by_another() => {
            tracing::info!(
                "browsers warn once, because this machine created the certificate: compare the SHA-256"
            );
        }
        Some(_) => {}
    }
    Ok(())
}

/// A QR code of the address for other devices. `None` if calls are not possible there, because HTTPS is off.
pub fn qr_code(server: &Server) -> io::Result<Option<String>> {
    let listen = server.address()?;
    let urls = reachable(listen, server.scheme());
    // Of several networks, such as those of containers, the one with the default route.
    let main = relay::addresses_for(listen.ip())
        .into_iter()
        .map(|ip| base_urls(&[ip], listen.port(), server.scheme()));
    let named = server.tls.iter().flat_map(Tls::domains).map(|name| format!("https://{name}")).next();
    let url = named.or_else(|| main.flatten().next()).or_else(|| urls.into_iter().next());
    let url = url.filter(|_| server.tls.is_some());
    let code = url.and_then(|url| qrcode::QrCode::new(url).ok());
    let picture = code.map(|code| code.render::<qrcode::render::unicode::Dense1x2>().build());
    // Dark on light, whatever the colours of the terminal: some cameras do not read inverted codes.
    let lines = picture.iter().flat_map(|picture| picture.lines());
    let picture: String = lines.map(|line| format!("\x1b[30;107m{line}\x1b[0m\n")).collect();
    Ok(Some(picture).filter(|picture| !picture.is_empty()))
}

/// The address to open on this machine.
fn local(listen: SocketAddr) -> String {
    match listen.ip() {
        ip if ip == Ipv4Addr::LOCALHOST || ip.is_unspecified() => {
            format!("localhost:{}", listen.port())
        }
        _ => listen.to_string(),
    }
}
