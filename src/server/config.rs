//! The operator's settings: flag, else environment, else file, else default.
//!
//! A setting that cannot be read ends the program with one sentence that says where it stands and what was expected.
//! `Leptos.toml` in the repository lists every setting with its default.

use std::{env, ffi::OsString, fs, io, net::SocketAddr, ops::RangeInclusive, path::PathBuf};

use clap::{ArgMatches, CommandFactory, Parser, parser::ValueSource};
use thiserror::Error;
use toml::{Table, Value};
use tracing_subscriber::EnvFilter;

use super::key::KeySource;
use crate::{hub::HubConfig, protocol::IceServer};

/// The file that is read if there is no `--config`.
const DEFAULT_FILE: &str = "Leptos.toml";

/// Everything the operator can set.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
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
    /// Where the built pages are; if none, beside the program.
    pub site_root: Option<PathBuf>,
    /// What is logged, in the words of `tracing_subscriber::EnvFilter`.
    pub log: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            hub: HubConfig::default(),
            allowed_origins: Vec::new(),
            key: KeySource::StateDirectory,
            ice_servers: Vec::new(),
            turn_secret: None,
            site_root: None,
            log: "info".to_owned(),
        }
    }
}

/// A setting that cannot be used, as one sentence.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// What clap says, shortened; or, with status 0, its help or version.
    #[error("{text}")]
    Arguments {
        /// To be printed.
        text: String,
        /// Exit status.
        status: u8,
    },
    /// The file cannot be read.
    #[error("{file}: the configuration file cannot be read: {cause}")]
    Unreadable {
        /// As it was named.
        file: String,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// The file is no TOML.
    #[error("{file}: line {line}: expected TOML: {reason}")]
    Syntax {
        /// As it was named.
        file: String,
        /// Counted from 1.
        line: usize,
        /// What the parser says.
        reason: String,
    },
    /// The file has a key that means nothing.
    #[error("{file}: there is no setting `{key}`; `halloo --help` lists them all")]
    UnknownKey {
        /// As it was named.
        file: String,
        /// What stands there.
        key: String,
    },
    /// A value that is none for its setting. The value is not repeated: it may be a secret.
    #[error("{place}: expected {expected}")]
    Value {
        /// Flag, variable, or file and key.
        place: String,
        /// What would be right.
        expected: &'static str,
    },
}

/// Video calls from a link: one program, no accounts.
///
/// Each setting can also be given as an environment variable or, under its name with underscores, in the configuration
/// file. A flag counts before the environment, the environment before the file, the file before the default.
#[derive(Debug, Parser)]
#[command(name = "halloo", version, max_term_width = 100)]
struct Arguments {
    /// Configuration file [default: Leptos.toml in the working directory, if there is one]
    #[arg(long, env = "HALLOO_CONFIG", value_name = "FILE")]
    config: Option<String>,
    /// Address to listen at; 0.0.0.0:8080 or [::]:8080 for the network [default: 127.0.0.1:8080]
    #[arg(long, env = "HALLOO_LISTEN", value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Seats in a room, 2 to 25 [default: 2]
    #[arg(long, env = "HALLOO_ROOM_CAPACITY", value_name = "N")]
    room_capacity: Option<String>,
    /// Origins whose pages may connect, with commas between [default: the host that served the page]
    #[arg(long, env = "HALLOO_ALLOWED_ORIGINS", value_name = "ORIGINS")]
    allowed_origins: Option<String>,
    /// Milliseconds between heartbeats; a connection that is silent for two is closed [default: 10000]
    #[arg(long, env = "HALLOO_HEARTBEAT_MS", value_name = "MS")]
    heartbeat_ms: Option<String>,
    /// Milliseconds for which the seat of a lost connection is kept [default: 30000]
    #[arg(long, env = "HALLOO_RESUME_WINDOW_MS", value_name = "MS")]
    resume_window_ms: Option<String>,
    /// Milliseconds for which the seat of a page that went away is kept [default: 5000]
    #[arg(long, env = "HALLOO_RELOAD_WINDOW_MS", value_name = "MS")]
    reload_window_ms: Option<String>,
    /// File with the key that authenticates seats, made if missing [default: `key` in $STATE_DIRECTORY, or else in
    /// $XDG_STATE_HOME/halloo, or else in $HOME/.local/state/halloo]
    #[arg(long, env = "HALLOO_KEY_FILE", value_name = "FILE")]
    key_file: Option<String>,
    /// The key itself, 64 hexadecimal digits, instead of a file; other users can see flags, so rather set the variable
    #[arg(long, env = "HALLOO_KEY", value_name = "HEX", hide_env_values = true)]
    key: Option<String>,
    /// STUN and TURN servers, with commas between; the file can also hold logins [default: none]
    #[arg(long, env = "HALLOO_ICE_SERVERS", value_name = "URLS")]
    ice_servers: Option<String>,
    /// Secret shared with the TURN servers, from which short-lived logins are made [default: none]
    #[arg(long, env = "HALLOO_TURN_SECRET", value_name = "SECRET", hide_env_values = true)]
    turn_secret: Option<String>,
    /// Directory of the built pages [default: `site` beside the program or one directory above]
    #[arg(long, env = "HALLOO_SITE_ROOT", value_name = "DIRECTORY")]
    site_root: Option<String>,
    /// What to log: error, warn, info, debug, trace, or a filter like info,halloo=debug [default: info]
    #[arg(long, env = "HALLOO_LOG", value_name = "FILTER")]
    log: Option<String>,
}

impl Config {
    /// Reads the settings of this process.
    pub fn load(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, ConfigError> {
        let sources = Sources::open(arguments)?;
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
        let filter = |text: &str| EnvFilter::try_new(text).is_ok().then(|| text.to_owned());
        Ok(Self {
            listen: sources
                .text("listen", "an address and a port such as 127.0.0.1:8080", |text| text.parse().ok())?
                .unwrap_or(default.listen),
            hub,
            allowed_origins: sources.list(
                "allowed_origins",
                "origins such as https://call.example.org, without a path",
                origin,
            )?,
            key: sources.key()?,
            ice_servers: sources.list(
                "ice_servers",
                "URLs that start with stun:, turn: or turns:, or tables of urls, username and credential",
                ice_server,
            )?,
            turn_secret: sources.text("turn_secret", "a text", owned)?,
            site_root: sources.text("site_root", "a directory", |text| Some(text.into()))?,
            log: sources
                .text("log", "error, warn, info, debug, trace or a filter of them", filter)?
                .unwrap_or(default.log),
        })
    }

    /// The name of every setting, as it stands in the file.
    pub fn names() -> Vec<String> {
        let command = Arguments::command();
        command.get_arguments().map(|arg| arg.get_id().to_string()).filter(|id| id != "config").collect()
    }
}

/// Where settings are looked up.
struct Sources {
    arguments: ArgMatches,
    file: String,
    table: Table,
}

/// A setting that was found.
struct Found {
    place: String,
    value: Value,
}

impl Found {
    fn bad(self, expected: &'static str) -> ConfigError {
        ConfigError::Value { place: self.place, expected }
    }
}

impl Sources {
    fn open(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, ConfigError> {
        let arguments = Arguments::command().try_get_matches_from(arguments).map_err(explain)?;
        let named = arguments.get_one::<String>("config").filter(|file| !file.is_empty());
        let file = named.map_or(DEFAULT_FILE, String::as_str).to_owned();
        let table = match fs::read_to_string(&file) {
            Ok(text) => parse(&file, &text)?,
            Err(cause) if named.is_none() && cause.kind() == io::ErrorKind::NotFound => Table::new(),
            Err(cause) => return Err(ConfigError::Unreadable { file, cause }),
        };
        Ok(Self { arguments, file, table })
    }

    /// Looks a setting up. An empty text counts as not set.
    fn find(&self, name: &str) -> Option<Found> {
        self.find_argument(name)
            .or_else(|| leptos_variable(name))
            .or_else(|| {
                let value = self.table.get(name)?.clone();
                Some(Found { place: format!("{}: `{name}`", self.file), value })
            })
            .filter(|found| found.value.as_str() != Some(""))
    }

    fn find_argument(&self, name: &str) -> Option<Found> {
        let text = self.arguments.get_one::<String>(name)?;
        let place = match self.arguments.value_source(name) {
            Some(ValueSource::EnvVariable) => format!("HALLOO_{}", name.to_ascii_uppercase()),
            Some(_) | None => format!("--{}", name.replace('_', "-")),
        };
        Some(Found { place, value: Value::String(text.clone()) })
    }

    fn text<T>(
        &self,
        name: &str,
        expected: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        let Some(found) = self.find(name) else { return Ok(None) };
        match found.value.as_str().and_then(read) {
            Some(value) => Ok(Some(value)),
            None => Err(found.bad(expected)),
        }
    }

    fn number<N>(
        &self,
        name: &str,
        default: N,
        range: RangeInclusive<N>,
        expected: &'static str,
    ) -> Result<N, ConfigError>
    where
        N: TryFrom<i64> + PartialOrd,
    {
        let Some(found) = self.find(name) else { return Ok(default) };
        // In a flag or a variable everything is text; in the file a number is a number.
        let is_text = !found.place.starts_with(&self.file);
        let text = found.value.as_str().filter(|_| is_text);
        let number = text.map_or_else(|| found.value.as_integer(), |text| text.parse().ok());
        match number.and_then(|number| N::try_from(number).ok()).filter(|number| range.contains(number)) {
            Some(number) => Ok(number),
            None => Err(found.bad(expected)),
        }
    }

    /// A list: with commas between in a flag or variable, an array in the file.
    fn list<T>(
        &self,
        name: &str,
        expected: &'static str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<Vec<T>, ConfigError> {
        let Some(found) = self.find(name) else { return Ok(Vec::new()) };
        let items = if let Some(text) = found.value.as_str() {
            text.split(',').map(|item| Value::String(item.trim().to_owned())).collect()
        } else if let Some(items) = found.value.as_array() {
            items.clone()
        } else {
            return Err(found.bad(expected));
        };
        match items.iter().map(read).collect() {
            Some(list) => Ok(list),
            None => Err(found.bad(expected)),
        }
    }

    fn key(&self) -> Result<KeySource, ConfigError> {
        let given = self.text(
            "key",
            "64 hexadecimal digits, such as `openssl rand -hex 32` prints",
            super::key::parse,
        )?;
        if let Some(key) = given {
            return Ok(KeySource::Given(key));
        }
        let file = self.text("key_file", "the path of a file", |text| Some(PathBuf::from(text)))?;
        Ok(file.map_or(KeySource::StateDirectory, KeySource::File))
    }
}

/// The variables that `cargo leptos watch` sets for the server it starts.
fn leptos_variable(name: &str) -> Option<Found> {
    let variable = match name {
        "listen" => "LEPTOS_SITE_ADDR",
        "site_root" => "LEPTOS_SITE_ROOT",
        _ => return None,
    };
    env::var(variable).ok().map(|text| Found { place: variable.to_owned(), value: Value::String(text) })
}

fn parse(file: &str, text: &str) -> Result<Table, ConfigError> {
    let table: Table = toml::from_str(text).map_err(|cause: toml::de::Error| {
        let end = cause.span().map_or(0, |span| span.start.min(text.len()));
        let line = 1 + text.bytes().take(end).filter(|byte| *byte == b'\n').count();
        let reason = cause.message().lines().collect::<Vec<_>>().join(", ");
        ConfigError::Syntax { file: file.to_owned(), line, reason }
    })?;
    let names = Config::names();
    match table.keys().find(|key| !names.contains(key)) {
        Some(key) => Err(ConfigError::UnknownKey { file: file.to_owned(), key: key.clone() }),
        None => Ok(table),
    }
}

fn explain(error: clap::Error) -> ConfigError {
    if !error.use_stderr() {
        return ConfigError::Arguments { text: error.to_string(), status: 0 };
    }
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
    ConfigError::Arguments { text: format!("{first}; `halloo --help` lists all flags"), status: 2 }
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

fn is_ice_url(url: &str) -> bool {
    ["stun:", "stuns:", "turn:", "turns:"]
        .iter()
        .any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/')))
}
