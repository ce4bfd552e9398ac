//! The operator's settings: flag, else environment, else file, else default.
//!
//! A setting that cannot be read ends the program with one sentence that says where it stands and what was expected.
//! `Leptos.toml` in the repository lists every setting with its default.

mod arguments;
mod sources;

use std::{
    ffi::OsString,
    net::{IpAddr, SocketAddr},
    ops::RangeInclusive,
    path::PathBuf,
    time::Duration,
};

use arguments::{Action, Arguments};
use clap::{CommandFactory as _, FromArgMatches as _};
pub use sources::ConfigError;
use sources::Sources;
use toml::Value;
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

use super::{
    key::KeySource,
    site::is_site,
    tls::{CertificateFiles, TlsSource},
};
use crate::turn::Policy;
use crate::{hub::HubConfig, protocol::IceServer};

/// How the TURN server inside is reached, and whom it reaches.
#[derive(Debug, Clone)]
pub struct TurnSettings {
    /// There shall be none.
    pub off: bool,
    /// Where clients reach it by UDP; if not said, where pages are served, at port 3478 or, if that is taken, at another.
    pub listen: Option<SocketAddr>,
    /// What peers are told; if not said, what this machine knows of itself.
    pub addresses: Vec<IpAddr>,
    /// Where peers reach it.
    pub ports: RangeInclusive<u16>,
    /// Whom it reaches.
    pub policy: Policy,
}

impl Default for TurnSettings {
    fn default() -> Self {
        Self {
            off: false,
            listen: None,
            addresses: Vec::new(),
            ports: 49_152..=65_535,
            policy: Policy::default(),
        }
    }
}

const ADDRESS: &str = "an IP address (not a name) and a port, such as 127.0.0.1:8080";

/// Everything the operator can set.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where the certificate for HTTPS comes from; if from nowhere, plain HTTP is served.
    pub tls: Option<TlsSource>,
    /// Where to listen besides, to send plain HTTP to HTTPS.
    pub http_listen: Option<SocketAddr>,
    /// The TURN server inside.
    pub turn: TurnSettings,
    /// How the hub behaves.
    pub hub: HubConfig,
    /// Origins whose pages may use `/signal`; if empty, the host that served the page.
    pub allowed_origins: Vec<String>,
    /// Where the server's key comes from.
    pub key: KeySource,
    /// STUN and TURN servers for the clients.
    pub ice_servers: Vec<IceServer>,
    /// Secret shared with the TURN servers that have no login of their own.
    pub turn_secret: Option<String>,
    /// How long a login made with that secret, or for the server inside, is good for something new.
    pub turn_login: Duration,
    /// Where the built pages are; if none, beside the program.
    pub site_root: Option<PathBuf>,
    /// What is logged, in the words of `tracing_subscriber::EnvFilter`.
    pub log: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            tls: None,
            http_listen: None,
            turn: TurnSettings::default(),
            hub: HubConfig::default(),
            allowed_origins: Vec::new(),
            key: KeySource::StateDirectory,
            ice_servers: Vec::new(),
            turn_secret: None,
            turn_login: Duration::from_secs(600),
            site_root: None,
            log: "info".to_owned(),
        }
    }
}

/// What the program is asked to do.
#[derive(Debug)]
pub enum Invocation {
    /// Serve calls.
    Serve(Box<Config>),
    /// Say that the settings can be used.
    CheckConfig(Box<Config>),
    /// Print this.
    Print(Vec<u8>),
}

impl Invocation {
    /// Reads the command line and, if need be, the settings of this process.
    pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, ConfigError> {
        let matches = sources::parse_arguments(arguments)?;
        let action = Action::from_arg_matches(&matches).ok();
        if let Some(document) = action.and_then(Action::document) {
            return Ok(Self::Print(document));
        }
        let config = Box::new(Config::from_sources(&Sources::open(matches)?)?);
        Ok(match action {
            Some(Action::CheckConfig) => Self::CheckConfig(config),
            Some(Action::Completions { .. } | Action::Man) | None => Self::Serve(config),
        })
    }
}

impl Config {
    /// Reads the settings of this process.
    pub fn load(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, ConfigError> {
        Self::from_sources(&Sources::open(sources::parse_arguments(arguments)?)?)
    }

    fn from_sources(sources: &Sources) -> Result<Self, ConfigError> {
        let default = Self::default();
        let hub = HubConfig {
            room_capacity: sources.number(
                "room_capacity",
                default.hub.room_capacity,
                2..=25,
                "a whole number from 2 to 25",
            )?,
            heartbeat_ms: sources.number(
                "heartbeat_ms",
                default.hub.heartbeat_ms,
                1_000..=300_000,
                "milliseconds, a whole number from 1000 to 300000",
            )?,
            resume_window_ms: sources.number(
                "resume_window_ms",
                default.hub.resume_window_ms,
                1_000..=3_600_000,
                "milliseconds, a whole number from 1000 to 3600000",
            )?,
            reload_window_ms: sources.number(
                "reload_window_ms",
                default.hub.reload_window_ms,
                0..=3_600_000,
                "milliseconds, a whole number from 0 to 3600000",
            )?,
            ..default.hub
        };
        // So long after the last `keep_seat` of somebody whose own socket is lost, the server has missed that as well.
        if hub.resume_window_ms * 2 < hub.heartbeat_ms * 5 {
            return Err(sources.bad("heartbeat_ms", "at most two fifths of `resume_window_ms`"));
        }
        let tls = tls(sources)?;
        let turn_secret = sources.text("turn_secret", "a text", owned)?;
        let ice_servers: Vec<IceServer> = sources.list(
            "ice_servers",
            "URLs that start with stun:, turn: or turns:, or tables of urls, username and credential",
            ice_server,
        )?;
        if turn_secret.is_none() && ice_servers.iter().any(needs_login) {
            // Browsers refuse to make any connection with such a server.
            let expected = "a username and credential for each TURN server, or `turn_secret` beside them";
            return Err(sources.bad("ice_servers", expected));
        }
        if turn_secret.is_some() && !ice_servers.iter().any(needs_login) {
            return Err(sources.bad("turn_secret", "TURN servers in `ice_servers` that need it"));
        }
        let turn_login_seconds = sources.number(
            "turn_login_seconds",
            default.turn_login.as_secs(),
            10..=86_400,
            "seconds, a whole number from 10 to 86400",
        )?;
        // New logins come with a heartbeat once half of the time is over.
        if turn_login_seconds * 500 < hub.heartbeat_ms {
            return Err(sources.bad("turn_login_seconds", "at least two intervals of `heartbeat_ms`"));
        }
        Ok(Self {
            listen: sources.text("listen", ADDRESS, |text| text.parse().ok())?.unwrap_or(default.listen),
            http_listen: http_listen(sources, tls.is_some())?,
            tls,
            turn: turn(sources)?,
            hub,
            allowed_origins: sources.list(
                "allowed_origins",
                "origins such as https://call.example.org, without a path",
                origin,
            )?,
            key: key(sources)?,
            ice_servers,
            turn_secret,
            turn_login: Duration::from_secs(turn_login_seconds),
            site_root: sources.text(
                "site_root",
                "a directory with the built pages, such as target/site",
                site_root,
            )?,
            log: sources
                .text(
                    "log",
                    "off, error, warn, info, debug, trace, or a filter such as info,halloo=debug",
                    log_filter,
                )?
                .unwrap_or(default.log),
        })
    }

    /// The name of every setting, as it stands in the file.
    pub fn names() -> Vec<String> {
        let command = Arguments::command();
        command.get_arguments().map(|arg| arg.get_id().to_string()).filter(|id| id != "config").collect()
    }
}

fn tls(sources: &Sources) -> Result<Option<TlsSource>, ConfigError> {
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

fn http_listen(sources: &Sources, has_tls: bool) -> Result<Option<SocketAddr>, ConfigError> {
    let address = sources.text("http_listen", ADDRESS, |text| text.parse().ok())?;
    if address.is_some() && !has_tls {
        return Err(sources.bad("http_listen", "HTTPS to send browsers to: `tls_self_signed`, or `tls_cert`"));
    }
    Ok(address)
}

fn turn(sources: &Sources) -> Result<TurnSettings, ConfigError> {
    let default = TurnSettings::default();
    let expected = "an IP address and a port, such as 0.0.0.0:3478, or off";
    let listen = sources.text("turn_listen", expected, |text| match text {
        "off" => Some(None),
        text => text.parse().ok().map(Some),
    })?;
    let ports =
        sources.text("turn_ports", "two ports, such as 50000-50999, the first from 1024 up", |text| {
            let (first, last) = text.split_once('-')?;
            let ports: RangeInclusive<u16> = first.trim().parse().ok()?..=last.trim().parse().ok()?;
            (*ports.start() >= 1024 && !ports.is_empty()).then_some(ports)
        })?;
    let addresses: Vec<IpAddr> =
        sources.list("turn_address", "IP addresses, at most one IPv4 and one IPv6", |value| {
            value.as_str()?.parse().ok().filter(|ip: &IpAddr| !ip.is_unspecified())
        })?;
    if [true, false].iter().any(|v4| addresses.iter().filter(|ip| ip.is_ipv4() == *v4).count() > 1) {
        return Err(sources.bad("turn_address", "IP addresses, at most one IPv4 and one IPv6"));
    }
    Ok(TurnSettings {
        off: listen == Some(None),
        listen: listen.flatten(),
        addresses,
        ports: ports.unwrap_or(default.ports),
        policy: Policy { private: sources.switch("turn_allow_private")? },
    })
}

fn key(sources: &Sources) -> Result<KeySource, ConfigError> {
    let given = sources.text(
        "key",
        "64 hexadecimal digits, such as `openssl rand -hex 32` prints",
        super::key::parse,
    )?;
    if let Some(key) = given {
        return Ok(KeySource::Given(key));
    }
    let file = sources.text("key_file", "the path of a file", |text| Some(PathBuf::from(text)))?;
    Ok(file.map_or(KeySource::StateDirectory, KeySource::File))
}

fn site_root(text: &str) -> Option<PathBuf> {
    let root = PathBuf::from(text);
    is_site(&root).then_some(root)
}

/// A lone word must be a level: taken for the name of a module it would silence all others.
fn log_filter(text: &str) -> Option<String> {
    let is_level = |part: &str| part.contains(['=', '[']) || part.trim().parse::<LevelFilter>().is_ok();
    (text.split(',').all(is_level) && EnvFilter::try_new(text).is_ok()).then(|| text.to_owned())
}

fn owned(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn origin(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let (scheme, host) = text.split_once("://")?;
    let plain =
        matches!(scheme, "http" | "https") && !host.is_empty() && !host.contains(['/', '?', '#', '@']);
    plain.then(|| text.to_ascii_lowercase())
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

fn is_ice_url(url: &str) -> bool {
    ["stun:", "stuns:", "turn:", "turns:"]
        .iter()
        .any(|scheme| url.strip_prefix(scheme).is_some_and(is_ice_host))
}

/// `host`, `host:port` or `[address]:port`, and perhaps `?transport=` (RFC 7064 and 7065).
fn is_ice_host(rest: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']' | '?' | '=');
    rest.starts_with(|c: char| c.is_alphanumeric() || c == '[') && rest.chars().all(allowed)
}
