//! Looks settings up, and describes values that cannot be used.
//!
//! [`super::Config::load`] asks for each setting by name and says what was expected.

use std::{borrow::Cow, env, ffi::OsString, fs, io, path::Path};

use clap::{ArgMatches, parser::ValueSource};
use strsim::osa_distance;
use thiserror::Error;
use toml::{Table, Value};

use super::{
    command::{CONFIG_VARIABLE, command},
    setting::{Kind, Setting, VARIABLE_PREFIX},
    table::{setting, settings},
};

/// Without `--config`, the first of these files that exists is read.
const DEFAULT_FILES: [&str; 2] = ["halloo.toml", "Leptos.toml"];
/// Wrong, missing, additional or swapped letters in a misspelt name.
const LARGEST_SLIP: usize = 2;

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
        /// Its name as given.
        file: String,
        /// Why.
        cause: io::Error,
    },
    /// The file is not TOML.
    #[error("{file}: line {line}: expected TOML: {reason}")]
    Syntax {
        /// Its name as given.
        file: String,
        /// Counted from 1.
        line: usize,
        /// What the parser says.
        reason: String,
    },
    /// The file has an unknown key.
    #[error("{file}: there is no setting `{key}`; `halloo --help` lists them all")]
    UnknownKey {
        /// Its name as given.
        file: String,
        /// What stands there.
        key: String,
    },
    /// A variable with nearly the name of a setting. Other unknown variables may belong to other programs.
    #[error("{found}: there is no such setting; is {meant} meant?")]
    UnknownVariable {
        /// As it is set.
        found: String,
        /// One that there is.
        meant: String,
    },
    /// A value that the setting does not take. The value is not repeated, because it may be a secret.
    #[error("{place}: expected {expected}")]
    Value {
        /// Flag, variable, or file and key.
        place: String,
        /// What would be right.
        expected: Cow<'static, str>,
    },
}

/// Reads the command line.
pub(super) fn parse_arguments(
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<ArgMatches, ConfigError> {
    command().try_get_matches_from(arguments).map_err(explain)
}

/// The places where settings are looked up.
pub(super) struct Sources {
    arguments: ArgMatches,
    file: String,
    table: Table,
}

/// A setting that was found.
struct Found {
    setting: Option<&'static Setting>,
    place: String,
    value: Value,
    /// From a flag or a variable, where numbers are text.
    is_text: bool,
}

impl Found {
    /// The error for a value that is not one of those in the table.
    fn unexpected(self) -> ConfigError {
        let expected = self.setting.map(Setting::expected).unwrap_or_default();
        ConfigError::Value { place: self.place, expected }
    }
}

impl Sources {
    pub(super) fn open(arguments: ArgMatches) -> Result<Self, ConfigError> {
        check_variables(env::vars_os().filter_map(|(name, _)| name.into_string().ok()))?;
        let named = arguments.get_one::<String>("config").filter(|file| !file.is_empty());
        let found = DEFAULT_FILES.into_iter().find(|file| Path::new(file).exists());
        let file = named.map(String::as_str).or(found).unwrap_or(DEFAULT_FILES[0]).to_owned();
        let table = match fs::read_to_string(&file) {
            Ok(text) => parse(&file, &text)?,
            Err(cause) if named.is_none() && cause.kind() == io::ErrorKind::NotFound => Table::new(),
            Err(cause) => return Err(ConfigError::Unreadable { file, cause }),
        };
        Ok(Self { arguments, file, table })
    }

    /// Looks a setting up. An empty text means not set.
    fn find(&self, name: &str) -> Option<Found> {
        let in_file = || {
            let value = self.table.get(name)?.clone();
            Some(Found {
                setting: setting(name),
                place: format!("{}: `{name}`", self.file),
                value,
                is_text: false,
            })
        };
        let is_set = |found: &Found| found.value.as_str() != Some("");
        let of_process = self.find_argument(name).filter(is_set).or_else(|| leptos_variable(name));
        of_process.or_else(in_file).filter(is_set)
    }

    fn find_argument(&self, name: &str) -> Option<Found> {
        let setting = setting(name)?;
        let text = self.arguments.get_one::<String>(name)?;
        let place = match self.arguments.value_source(name) {
            Some(ValueSource::EnvVariable) => setting.variable(),
            Some(_) | None => setting.flag(),
        };
        Some(Found { setting: Some(setting), place, value: Value::String(text.clone()), is_text: true })
    }

    /// The error for a value that does not fit the other settings.
    pub(super) fn bad(&self, name: &str, expected: &'static str) -> ConfigError {
        let place = self.find(name).map_or_else(|| name.to_owned(), |found| found.place);
        ConfigError::Value { place, expected: expected.into() }
    }

    /// A text that `read` understands.
    pub(super) fn text<T>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        let Some(found) = self.find(name) else { return Ok(None) };
        match found.value.as_str().and_then(read) {
            Some(value) => Ok(Some(value)),
            None => Err(found.unexpected()),
        }
    }

    /// A switch; off if not set.
    pub(super) fn switch(&self, name: &str) -> Result<bool, ConfigError> {
        let Some(found) = self.find(name) else { return Ok(false) };
        let text = found.value.as_str().and_then(|text| match text {
            "true" | "1" | "yes" | "on" => Some(true),
            "false" | "0" | "no" | "off" => Some(false),
            _ => None,
        });
        found.value.as_bool().or(text).ok_or_else(|| found.unexpected())
    }

    /// A whole number in the range of the table.
    pub(super) fn number<N: TryFrom<u64>>(&self, name: &str, default: N) -> Result<N, ConfigError> {
        let Some(found) = self.find(name) else { return Ok(default) };
        let text = found.value.as_str().filter(|_| found.is_text);
        let number = text.map_or_else(|| found.value.as_integer(), |text| text.parse().ok());
        let is_in_range = |number: &u64| match found.setting.map(|setting| &setting.kind) {
            Some(Kind::Number(range)) => range.contains(number),
            Some(Kind::Switch | Kind::Text(_) | Kind::Secret(_) | Kind::List(_)) | None => false,
        };
        let number = number.and_then(|number| u64::try_from(number).ok()).filter(is_in_range);
        number.and_then(|number| N::try_from(number).ok()).ok_or_else(|| found.unexpected())
    }

    /// A list: separated by commas in a flag or variable, an array in the file.
    pub(super) fn list<T>(
        &self,
        name: &str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<Vec<T>, ConfigError> {
        let Some(found) = self.find(name) else { return Ok(Vec::new()) };
        let items = if let Some(text) = found.value.as_str() {
            text.split(',').map(|item| Value::String(item.trim().to_owned())).collect()
        } else if let Some(items) = found.value.as_array() {
            items.clone()
        } else {
            return Err(found.unexpected());
        };
        match items.iter().map(read).collect() {
            Some(list) => Ok(list),
            None => Err(found.unexpected()),
        }
    }
}

/// The variables that `cargo leptos watch` sets for the server it starts.
fn leptos_variable(name: &str) -> Option<Found> {
    let variable = match name {
        "listen" => "LEPTOS_SITE_ADDR",
        "site_root" => "LEPTOS_SITE_ROOT",
        _ => return None,
    };
    let found = |text| Found {
        setting: setting(name),
        place: variable.to_owned(),
        value: Value::String(text),
        is_text: true,
    };
    env::var(variable).ok().map(found)
}

/// Finds misspelt variables.
fn check_variables(mut variables: impl Iterator<Item = String>) -> Result<(), ConfigError> {
    let known: Vec<_> = settings().map(Setting::variable).collect();
    let misspelt = |found: String| {
        let is_ours =
            found.starts_with(VARIABLE_PREFIX) && found != CONFIG_VARIABLE && !known.contains(&found);
        let meant = known.iter().find(|name| is_ours && osa_distance(name, &found) <= LARGEST_SLIP)?;
        Some(ConfigError::UnknownVariable { found, meant: meant.clone() })
    };
    variables.find_map(misspelt).map_or(Ok(()), Err)
}

fn parse(file: &str, text: &str) -> Result<Table, ConfigError> {
    let table: Table = toml::from_str(text).map_err(|cause: toml::de::Error| {
        let end = cause.span().map_or(0, |span| span.start.min(text.len()));
        let line = 1 + text.bytes().take(end).filter(|byte| *byte == b'\n').count();
        let reason = cause.message().lines().collect::<Vec<_>>().join(", ");
        ConfigError::Syntax { file: file.to_owned(), line, reason }
    })?;
    match table.keys().find(|key| setting(key).is_none()) {
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
