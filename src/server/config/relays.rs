//! Settings of STUN and TURN: the server inside, and others.

use std::{net::IpAddr, ops::RangeInclusive, time::Duration};

use toml::Value;

use super::{ConfigError, ice_url::is_ice_url, sources::Sources};
use crate::{
    protocol::IceServer,
    server::{relay::settings::TurnSettings, signaling::ice_servers::IceSettings},
    turn::{Policy, Secret},
};

/// The built-in TURN server.
pub(super) fn built_in(sources: &Sources) -> Result<TurnSettings, ConfigError> {
    let default = TurnSettings::default();
    let listen = sources.text("turn_listen", |text| match text {
        "off" => Some(None),
        text => text.parse().ok().map(Some),
    })?;
    let ports = sources.text("turn_ports", |text| {
        let (first, last) = text.split_once('-')?;
        let ports: RangeInclusive<u16> = first.trim().parse().ok()?..=last.trim().parse().ok()?;
        (*ports.start() >= 1024 && !ports.is_empty()).then_some(ports)
    })?;
    let addresses: Vec<IpAddr> = sources.list("turn_address", |value| {
        value.as_str()?.parse().ok().filter(|ip: &IpAddr| !ip.is_unspecified())
    })?;
    if [true, false].iter().any(|v4| addresses.iter().filter(|ip| ip.is_ipv4() == *v4).count() > 1) {
        return Err(sources.bad("turn_address", "IP addresses, at most one IPv4 and one IPv6"));
    }
    let megabits = |name: &str, default: Option<u64>| {
        let number = sources.number(name, default.unwrap_or_default() / 1_000_000)?;
        Ok((number > 0).then_some(number * 1_000_000))
    };
    Ok(TurnSettings {
        off: listen == Some(None),
        listen: listen.flatten(),
        addresses,
        ports: ports.unwrap_or(default.ports),
        policy: Policy { private: sources.switch("turn_allow_private")? },
        bandwidth_per_person: megabits("turn_person_mbit", default.bandwidth_per_person)?,
        bandwidth: megabits("turn_total_mbit", default.bandwidth)?,
    })
}

/// The servers that clients are told, and their logins.
pub(super) fn servers(
    sources: &Sources,
    default_lifetime: Duration,
    heartbeat_ms: u64,
) -> Result<IceSettings, ConfigError> {
    let turn_secret = sources.text("turn_secret", |text| Some(Secret::new(text)))?;
    let ice_servers: Vec<IceServer> = sources.list("ice_servers", ice_server)?;
    if turn_secret.is_none() && ice_servers.iter().any(needs_login) {
        // Browsers refuse to make any connection with such a server.
        let expected = "a username and credential for each TURN server, or `turn_secret` beside them";
        return Err(sources.bad("ice_servers", expected));
    }
    if turn_secret.is_some() && !ice_servers.iter().any(needs_login) {
        return Err(sources.bad("turn_secret", "TURN servers in `ice_servers` that need it"));
    }
    let login_lifetime = login_lifetime(sources, default_lifetime, heartbeat_ms)?;
    Ok(IceSettings { servers: ice_servers, secret: turn_secret, login_lifetime })
}

/// How long these logins are valid.
fn login_lifetime(sources: &Sources, default: Duration, heartbeat_ms: u64) -> Result<Duration, ConfigError> {
    let turn_login_seconds = sources.number("turn_login_seconds", default.as_secs())?;
    // New logins are sent with a heartbeat once half of the time is over.
    if turn_login_seconds * 500 <= heartbeat_ms {
        return Err(sources.bad("turn_login_seconds", "more than two intervals of `heartbeat_ms`"));
    }
    Ok(Duration::from_secs(turn_login_seconds))
}

fn ice_server(value: &Value) -> Option<IceServer> {
    if let Value::String(url) = value {
        return is_ice_url(url).then(|| IceServer {
            urls: vec![url.clone()],
            username: None,
            credential: None,
        });
    }
    let table = value.as_table()?;
    let known = |key: &String| ["urls", "username", "credential"].contains(&key.as_str());
    if !table.keys().all(known) {
        return None;
    }
    let server: IceServer = value.clone().try_into().ok()?;
    let complete = server.username.is_some() == server.credential.is_some();
    (complete && !server.urls.is_empty() && server.urls.iter().all(|url| is_ice_url(url))).then_some(server)
}

fn needs_login(server: &IceServer) -> bool {
    server.username.is_none() && server.urls.iter().any(|url| url.starts_with("turn"))
}
