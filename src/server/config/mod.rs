//! The operator's settings: flag, else environment, else file, else default.
//!
//! A setting that cannot be read ends the program with one sentence that says where it stands and what was expected.
//! `Leptos.toml` in the repository lists every setting with its default.

mod arguments;
mod https;
mod relays;
mod sources;

use std::{
    ffi::OsString,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use arguments::{Action, Arguments};
use clap::{CommandFactory as _, FromArgMatches as _};
use ipnet::IpNet;
pub use sources::ConfigError;
use sources::Sources;
use toml::Value;
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

use crate::{
    hub::HubConfig,
    server::{
        net::listeners::ListenSettings,
        ops::{
            key::{self, KeySource},
            log::{LogFormat, LogSettings},
        },
        relay::settings::TurnSettings,
        signaling::ice_servers::IceSettings,
        tls::TlsSource,
        web::{site::is_site, state::WebSettings},
    },
};

const ADDRESS: &str = "an IP address (not a name) and a port, such as 127.0.0.1:8080";

/// Everything the operator can set.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Where to listen.
    pub listen: ListenSettings,
    /// Where the certificate for HTTPS comes from. If `None`, plain HTTP is served.
    pub tls: Option<TlsSource>,
    /// Pages, and who may use them.
    pub web: WebSettings,
    /// Rooms, seats and heartbeats.
    pub hub: HubConfig,
    /// The built-in TURN server.
    pub turn: TurnSettings,
    /// STUN and TURN servers that clients are told.
    pub ice: IceSettings,
    /// Where the server's key comes from.
    pub key: KeySource,
    /// The log.
    pub log: LogSettings,
}

/// What the program is asked to do.
#[derive(Debug)]
pub enum Invocation {
    /// Serve calls.
    Serve(Box<Config>),
    /// Say that the settings can be used.
    CheckConfig(Box<Config>),
    /// Say what is missing.
    Doctor(Box<Config>),
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
            Some(Action::Doctor) => Self::Doctor(config),
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
        let tls = https::certificate(sources)?;
        let mut listen = https::listeners(sources, default.listen, tls.as_ref())?;
        listen.metrics = metrics_listener(sources, listen.pages)?;
        let ice = relays::servers(sources, default.ice.login_lifetime, hub.heartbeat_ms)?;
        let web = WebSettings {
            allowed_origins: sources.list(
                "allowed_origins",
                "origins such as https://call.example.org, without a path",
                origin,
            )?,
            trusted_proxies: sources.list(
                "trusted_proxies",
                "addresses or networks, such as 127.0.0.1 or 10.0.0.0/8",
                network,
            )?,
            site_root: sources.text(
                "site_root",
                "a directory with the built pages, such as target/site",
                site_root,
            )?,
        };
        let log = LogSettings {
            filter: sources
                .text(
                    "log",
                    "off, error, warn, info, debug, trace, or a filter such as info,halloo=debug",
                    log_filter,
                )?
                .unwrap_or(default.log.filter),
            format: sources.text("log_format", "text or json", log_format)?.unwrap_or(default.log.format),
        };
        Ok(Self { listen, tls, web, hub, turn: relays::built_in(sources)?, ice, key: key(sources)?, log })
    }

    /// The name of every setting, as it stands in the file.
    pub fn names() -> Vec<String> {
        let command = Arguments::command();
        command.get_arguments().map(|arg| arg.get_id().to_string()).filter(|id| id != "config").collect()
    }
}

fn metrics_listener(sources: &Sources, listen: SocketAddr) -> Result<Option<SocketAddr>, ConfigError> {
    let address: Option<SocketAddr> = sources.text("metrics_listen", ADDRESS, |text| text.parse().ok())?;
    if address == Some(listen) && listen.port() != 0 {
        return Err(sources.bad("metrics_listen", "another address than that of `listen`"));
    }
    Ok(address)
}

fn key(sources: &Sources) -> Result<KeySource, ConfigError> {
    let given =
        sources.text("key", "64 hexadecimal digits, such as `openssl rand -hex 32` prints", key::parse)?;
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

fn log_format(text: &str) -> Option<LogFormat> {
    match text {
        "text" => Some(LogFormat::Text),
        "json" => Some(LogFormat::Json),
        _ => None,
    }
}

fn network(value: &Value) -> Option<IpNet> {
    let text = value.as_str()?;
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
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
