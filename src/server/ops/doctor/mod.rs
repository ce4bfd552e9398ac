//! `halloo doctor`: checks what a server with these settings needs, and says what is missing. Changes
//! nothing, and does not disturb a running server. In brackets stand the checks of the page that depend on it
//! ([`crate::call::diagnosis`]).

mod certificate;
mod clock;
mod relay;
mod sockets;

use std::fmt;

use super::{key, state_directory::state_directory};
use crate::{checks::Check, server::config::Config};

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing to do.
    Good,
    /// Works, but perhaps not as intended.
    Note,
    /// Must be fixed.
    Problem,
}

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How serious it is.
    pub level: Level,
    /// What was checked.
    pub subject: &'static str,
    /// What was found.
    pub text: String,
    /// What to do about it.
    pub remedy: Option<String>,
    /// The checks of the page that fail if this is wrong.
    pub checks: &'static [Check],
}

impl Finding {
    fn good(subject: &'static str, text: impl Into<String>) -> Self {
        Self { level: Level::Good, subject, text: text.into(), remedy: None, checks: &[] }
    }

    fn note(subject: &'static str, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { level: Level::Note, subject, text: text.into(), remedy: Some(remedy.into()), checks: &[] }
    }

    fn problem(subject: &'static str, text: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { level: Level::Problem, subject, text: text.into(), remedy: Some(remedy.into()), checks: &[] }
    }
}

/// Says which checks of the page depend on these findings.
fn about(checks: &'static [Check], mut findings: Vec<Finding>) -> Vec<Finding> {
    for finding in &mut findings {
        finding.checks = checks;
    }
    findings
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.level {
            Level::Good => "ok",
            Level::Note => "note",
            Level::Problem => "PROBLEM",
        };
        write!(f, "{mark:<8}{:<14}{}", self.subject, self.text)?;
        if !self.checks.is_empty() {
            write!(f, " [{}]", self.checks.iter().map(|check| check.code()).collect::<Vec<_>>().join(", "))?;
        }
        writeln!(f)?;
        if let Some(remedy) = &self.remedy {
            writeln!(f, "{:<22}-> {remedy}", "")?;
        }
        Ok(())
    }
}

/// Makes every check.
pub async fn examine(config: &Config) -> Vec<Finding> {
    let mut findings = vec![key(config)];
    findings.extend(sockets::examine(config).await);
    findings.extend(about(&[Check::Https, Check::TurnTls], certificate::examine(config).await));
    findings.extend(relay::examine(config).await);
    findings.push(clock::examine());
    findings.push(open_files());
    findings
}

fn key(config: &Config) -> Finding {
    const SUBJECT: &str = "key";
    match key::inspect(&config.key) {
        Ok(key::KeyStatus::Given) => Finding::good(SUBJECT, "given in the settings"),
        Ok(key::KeyStatus::Kept(path)) => Finding::good(SUBJECT, format!("kept in {}", path.display())),
        Ok(key::KeyStatus::ToBeCreated(path)) => {
            Finding::good(SUBJECT, format!("will be created at the first start, in {}", path.display()))
        }
        Ok(key::KeyStatus::Nowhere) => Finding::note(
            SUBJECT,
            "there is no place to keep it, so seats are lost at a restart",
            "set STATE_DIRECTORY or HOME, or --key-file",
        ),
        Err(error) => Finding::problem(
            SUBJECT,
            error.to_string(),
            match state_directory() {
                Some(directory) => {
                    format!("allow the user of the program to write in {}", directory.display())
                }
                None => "set STATE_DIRECTORY or HOME, or --key-file".to_owned(),
            },
        ),
    }
}

/// Each socket of a person and each relayed address is an open file.
fn open_files() -> Finding {
    const SUBJECT: &str = "open files";
    const ENOUGH: u64 = 4_096;
    // The server raises its limit to the hard limit.
    match rlimit::Resource::NOFILE.get_hard() {
        Err(_) => Finding::good(SUBJECT, "no limit is known"),
        Ok(most) if most >= ENOUGH => Finding::good(SUBJECT, format!("{most} are allowed")),
        Ok(most) => Finding::note(
            SUBJECT,
            format!("{most} are allowed, enough for about {} people", most / 2),
            "for more: LimitNOFILE= in the unit of systemd, or `ulimit -Hn`",
        ),
    }
}
