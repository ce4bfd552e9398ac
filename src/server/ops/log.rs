//! The log on standard output.
//!
//! A thread of its own writes it: whoever reads it, slowly, not at all or no longer, holds up nothing else.
//! Lines that nobody takes are dropped.

use std::io::{IsTerminal as _, Write as _};

use tracing_appender::non_blocking::{self, NonBlocking, WorkerGuard};
use tracing_subscriber::{
    EnvFilter,
    filter::{ParseError, filter_fn},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

/// The operator's settings of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSettings {
    /// What is logged, in the syntax of [`EnvFilter`].
    pub filter: String,
    /// How it is written.
    pub format: LogFormat,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { filter: "info".to_owned(), format: LogFormat::Text }
    }
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Text for people.
    Text,
    /// One JSON object per line.
    Json,
}

/// The log of the process. Dropping it waits a second at most until what was logged is written.
#[derive(Debug)]
pub struct Log {
    out: NonBlocking,
    _writer: WorkerGuard,
}

impl Log {
    /// Starts logging for the whole process.
    pub fn start(settings: &LogSettings) -> Result<Self, ParseError> {
        let filter = EnvFilter::try_new(&settings.filter)?;
        let may_be_logged = filter_fn(|line| may_be_logged(line.target()));
        let has_colours = std::io::stdout().is_terminal();
        let (out, writer) = non_blocking::NonBlockingBuilder::default().finish(std::io::stdout());
        let log = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_target(false)
            .with_ansi(has_colours)
            // These go to standard error by a macro that panics if that is closed.
            .log_internal_errors(false)
            .with_writer(out.clone());
        match settings.format {
            LogFormat::Text => log.finish().with(may_be_logged).init(),
            LogFormat::Json => log.json().flatten_event(true).finish().with(may_be_logged).init(),
        }
        Ok(Self { out, _writer: writer })
    }

    /// Writes a text after what was logged.
    pub fn print(&mut self, text: &str) {
        // Never fails: what cannot be written is dropped.
        let _ = self.out.write_all(text.as_bytes());
    }
}

/// Whether lines of this module may be logged, whatever the filter is. The WebSocket libraries log whole
/// messages, which contain room names, resume tokens and TURN logins.
fn may_be_logged(target: &str) -> bool {
    !["tungstenite", "tokio_tungstenite"].iter().any(|library| target.starts_with(library))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use tracing::{Level, enabled, subscriber};
    use tracing_subscriber::registry;

    use super::*;

    #[test]
    fn whole_messages_are_logged_by_no_filter() {
        for log in
            ["trace", "info,tungstenite=trace", "info,tungstenite::protocol=trace,tokio_tungstenite=trace"]
        {
            let filter = EnvFilter::try_new(log).unwrap();
            let allowed = filter_fn(|line| may_be_logged(line.target()));
            subscriber::with_default(registry().with(filter).with(allowed), || {
                assert!(enabled!(target: "halloo::server", Level::INFO));
                assert!(!enabled!(target: "tungstenite::protocol", Level::TRACE), "{log}");
                assert!(!enabled!(target: "tokio_tungstenite", Level::ERROR), "{log}");
            });
        }
    }
}
