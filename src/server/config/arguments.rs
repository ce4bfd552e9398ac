//! The command line: flags, commands, and what is generated from their description.

use clap::{Command, CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;

/// Video calls from a link: one program, no accounts.
///
/// Each setting can also be given as an environment variable or, under its name with underscores, in the configuration
/// file. A flag counts before the environment, the environment before the file, the file before the default.
#[derive(Debug, Parser)]
#[command(name = "halloo", version, max_term_width = 100, allow_negative_numbers = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) action: Option<Action>,
    /// Configuration file [default: halloo.toml or Leptos.toml in the working directory, if there is one]
    #[arg(long, env = "HALLOO_CONFIG", value_name = "FILE")]
    config: Option<String>,
    /// Address to listen at; 0.0.0.0:8080 or [::]:8080 for the network [default: 127.0.0.1:8080; with --domain [::]:443]
    #[arg(long, env = "HALLOO_LISTEN", value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Seats in a room, 2 to 25 [default: 2]
    #[arg(long, env = "HALLOO_ROOM_CAPACITY", value_name = "N")]
    room_capacity: Option<String>,
    /// Origins whose pages may connect, with commas between [default: the host that served the page]
    #[arg(long, env = "HALLOO_ALLOWED_ORIGINS", value_name = "ORIGINS")]
    allowed_origins: Option<String>,
    /// Milliseconds between heartbeats; a connection that is silent for two is closed; 1000 to 300000, and at most two
    /// fifths of --resume-window-ms [default: 10000]
    #[arg(long, env = "HALLOO_HEARTBEAT_MS", value_name = "MS")]
    heartbeat_ms: Option<String>,
    /// Milliseconds for which the seat of a lost connection is kept; 1000 to 3600000 [default: 30000]
    #[arg(long, env = "HALLOO_RESUME_WINDOW_MS", value_name = "MS")]
    resume_window_ms: Option<String>,
    /// Milliseconds for which the seat of a page that went away is kept; 0 to 3600000 [default: 5000]
    #[arg(long, env = "HALLOO_RELOAD_WINDOW_MS", value_name = "MS")]
    reload_window_ms: Option<String>,
    /// Serve HTTPS with a certificate made on this machine, for the names and addresses that it has; browsers warn of it
    #[arg(long, env = "HALLOO_TLS_SELF_SIGNED", value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    tls_self_signed: Option<String>,
    /// Serve HTTPS with this certificate: a PEM file with the whole chain; read again when it changes
    #[arg(long, env = "HALLOO_TLS_CERT", value_name = "FILE")]
    tls_cert: Option<String>,
    /// The private key of the certificate, a PEM file
    #[arg(long, env = "HALLOO_TLS_KEY", value_name = "FILE")]
    tls_key: Option<String>,
    /// Serve HTTPS with a certificate that is got and renewed by itself, for these names of this server in the internet,
    /// with commas between; the authority must reach port 443 of each
    #[arg(long, env = "HALLOO_DOMAIN", value_name = "NAMES")]
    domain: Option<String>,
    /// The authority that gives the certificate: URL of its ACME directory [default: Let's Encrypt]
    #[arg(long, env = "HALLOO_ACME_DIRECTORY", value_name = "URL")]
    acme_directory: Option<String>,
    /// Whom the authority may write to about the certificate [default: nobody]
    #[arg(long, env = "HALLOO_ACME_CONTACT", value_name = "EMAIL")]
    acme_contact: Option<String>,
    /// What the authority's own HTTPS is signed by, if it is a private one: a PEM file
    #[arg(long, env = "HALLOO_ACME_CA", value_name = "FILE")]
    acme_ca: Option<String>,
    /// Also listen here for plain HTTP, and send browsers to HTTPS, or `off` [default: nowhere; with --domain and without
    /// --listen [::]:80]
    #[arg(long, env = "HALLOO_HTTP_LISTEN", value_name = "ADDRESS:PORT")]
    http_listen: Option<String>,
    /// Serve figures for Prometheus here, at /metrics; not for the public [default: nowhere]
    #[arg(long, env = "HALLOO_METRICS_LISTEN", value_name = "ADDRESS:PORT")]
    metrics_listen: Option<String>,
    /// Proxies, as addresses or networks with commas between, that are believed where a request comes from [default: none]
    #[arg(long, env = "HALLOO_TRUSTED_PROXIES", value_name = "ADDRESSES")]
    trusted_proxies: Option<String>,
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
    /// Secret shared with the TURN servers, from which short-lived logins are made; other users can see flags, so rather set
    /// the variable [default: none]
    #[arg(long, env = "HALLOO_TURN_SECRET", value_name = "SECRET", hide_env_values = true)]
    turn_secret: Option<String>,
    /// Seconds for which a TURN login is good for something new; 10 to 86400; a call that has begun goes on [default: 600]
    #[arg(long, env = "HALLOO_TURN_LOGIN_SECONDS", value_name = "S")]
    turn_login_seconds: Option<String>,
    /// Where the TURN server inside is reached by UDP, or `off`; streams come to the address of the pages [default: the
    /// address of the pages, port 3478 or, if that is taken, another]
    #[arg(long, env = "HALLOO_TURN_LISTEN", value_name = "ADDRESS:PORT")]
    turn_listen: Option<String>,
    /// Addresses of this machine as others see it, one IPv4, one IPv6; needed behind NAT [default: those it knows of]
    #[arg(long, env = "HALLOO_TURN_ADDRESS", value_name = "ADDRESSES")]
    turn_address: Option<String>,
    /// UDP ports at which relayed calls are reached [default: 49152-65535]
    #[arg(long, env = "HALLOO_TURN_PORTS", value_name = "FIRST-LAST")]
    turn_ports: Option<String>,
    /// Relay to private networks as well: people in the one that the server stands in can be reached through it
    #[arg(long, env = "HALLOO_TURN_ALLOW_PRIVATE", value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    turn_allow_private: Option<String>,
    /// Directory of the built pages instead of those in the program
    #[arg(long, env = "HALLOO_SITE_ROOT", value_name = "DIRECTORY")]
    site_root: Option<String>,
    /// What to log: error, warn, info, debug, trace, or a filter like info,halloo=debug [default: info]
    #[arg(long, env = "HALLOO_LOG", value_name = "FILTER")]
    log: Option<String>,
    /// How to write it: text, or json with one object in each line [default: text]
    #[arg(long, env = "HALLOO_LOG_FORMAT", value_name = "FORMAT")]
    log_format: Option<String>,
}

/// What to do instead of serving.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub(super) enum Action {
    /// Read the settings, say whether they can be used, and end
    CheckConfig,
    /// Look at what the server needs, address, ports, certificate, relay, clock, and say what is missing
    Doctor,
    /// Print completions for a shell
    Completions {
        /// Which
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

/// The commands have no pages of their own, so none is named.
fn manual(command: Command) -> Vec<u8> {
    let mut page = Vec::new();
    // Writing to memory does not fail.
    let _ = clap_mangen::Man::new(command.disable_help_subcommand(true)).render(&mut page);
    let page = String::from_utf8_lossy(&page);
    let lines = page.lines().map(|line| {
        let command = line.strip_prefix("halloo\\-").and_then(|rest| rest.strip_suffix("(1)"));
        command.map_or_else(|| format!("{line}\n"), |command| format!("halloo {command}\n"))
    });
    lines.collect::<String>().into_bytes()
}

/// The whole description. Flags may stand before and after a command.
pub(super) fn command() -> Command {
    Arguments::command().mut_args(|arg| arg.global(true))
}

impl Action {
    /// What is printed for this command, if it needs no settings.
    pub(super) fn document(self) -> Option<Vec<u8>> {
        let mut command = command();
        let mut document = Vec::new();
        match self {
            Self::CheckConfig | Self::Doctor => return None,
            Self::Completions { shell } => {
                clap_complete::generate(shell, &mut command, "halloo", &mut document);
            }
            Self::Man => document = manual(command),
        }
        Some(document)
    }
}
