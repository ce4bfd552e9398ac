//! The operator's settings: flag, else environment, else file, else default.
//!
//! A setting that cannot be read ends the program with one sentence that says where it stands and what was
//! expected. The table of settings is in `table.rs`. Here its values become the settings types of the parts
//! of the server.

mod command;
mod documents;
mod https;
mod ice_url;
mod relays;
mod setting;
mod sources;
mod table;

use std::{
    ffi::OsString,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use clap::FromArgMatches as _;
use command::Action;
pub use documents::documents;
use ipnet::IpNet;
pub use setting::{Group, Kind, Setting, Words};
pub use sources::ConfigError;
use sources::Sources;
pub use table::{GROUPS, settings};
use toml::Value;
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

use crate::{
    hub::HubConfig,
    server::{
        net::{gate::LimitSettings, listeners::ListenSettings},
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

/// Everything the operator can set.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Where to listen.
    pub listen: ListenSettings,
    /// Where the certificate for HTTPS comes from. If `None`, plain HTTP is served.
    pub tls: Option<TlsSource>,
    /// Pages, and who may use them.
    pub web: WebSettings,
    /// Connections and joins.
    pub limits: LimitSettings,
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

/// What the command line asks for.
#[derive(Debug)]
pub enum Invocation {
    /// Serve calls.
    Serve(Box<Config>),
    /// Check the settings.
    CheckConfig(Box<Config>),
    /// Check what the server needs.
    Doctor(Box<Config>),
    /// Print this.
    Print(Vec<u8>),
}

impl Invocation {
    /// Reads the command line and, unless it asks for a document, the settings of this process.
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
            room_capacity: sources.number("room_capacity", default.hub.room_capacity)?,
            heartbeat_ms: sources.number("heartbeat_ms", default.hub.heartbeat_ms)?,
            resume_window_ms: sources.number("resume_window_ms", default.hub.resume_window_ms)?,
            reload_window_ms: sources.number("reload_window_ms", default.hub.reload_window_ms)?,
            ..default.hub
        };
        // A lost `keep_seat` is noticed by the server so long after it: its sender's own socket may be lost
        // too.
        if hub.resume_window_ms * 2 < hub.heartbeat_ms * 5 {
            return Err(sources.bad("heartbeat_ms", "at most two fifths of `resume_window_ms`"));
        }
        let tls = https::certificate(sources)?;
        let mut listen = https::listeners(sources, default.listen, tls.as_ref())?;
        listen.metrics = metrics_listener(sources, listen.pages)?;
        let ice = relays::servers(sources, default.ice.login_lifetime, hub.heartbeat_ms)?;
        let web = WebSettings {
            allowed_origins: sources.list("allowed_origins", origin)?,
            trusted_proxies: sources.list("trusted_proxies", network)?,
            site_root: sources.text("site_root", site_root)?,
            codelab: sources.switch("codelab")?,
        };
        let limits = LimitSettings {
            max_connections: sources.number("max_connections", default.limits.max_connections)?,
            connections_per_address: sources
                .number("connections_per_address", default.limits.connections_per_address)?,
            joins_per_address: sources.number("joins_per_address", default.limits.joins_per_address)?,
        };
        let log = LogSettings {
            filter: sources.text("log", log_filter)?.unwrap_or(default.log.filter),
            format: sources.text("log_format", log_format)?.unwrap_or(default.log.format),
        };
        let turn = relays::built_in(sources)?;
        Ok(Self { listen, tls, web, limits, hub, turn, ice, key: key(sources)?, log })
    }
}

fn metrics_listener(sources: &Sources, listen: SocketAddr) -> Result<Option<SocketAddr>, ConfigError> {
    let address: Option<SocketAddr> = sources.text("metrics_listen", |text| text.parse().ok())?;
    if address == Some(listen) && listen.port() != 0 {
        return Err(sources.bad("metrics_listen", "another address than that of `listen`"));
    }
    Ok(address)
}

fn key(sources: &Sources) -> Result<KeySource, ConfigError> {
    let given = sources.text("key", key::parse)?;
    if let Some(key) = given {
        return Ok(KeySource::Given(key));
    }
    let file = sources.text("key_file", |text| Some(PathBuf::from(text)))?;
    Ok(file.map_or(KeySource::StateDirectory, KeySource::File))
}

fn site_root(text: &str) -> Option<PathBuf> {
    let root = PathBuf::from(text);
    is_site(&root).then_some(root)
}

/// A word alone must be a level: as the name of a module it would turn off all others.
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
