//! The command line: flags made from the table of settings, commands, and what is generated from both.

use clap::{Arg, Command, Subcommand, builder::Str};
use clap_complete::Shell;

use super::{
    setting::{Kind, Setting, default_words},
    table::{GROUPS, settings},
};

/// The variable that names the configuration file.
pub(super) const CONFIG_VARIABLE: &str = "HALLOO_CONFIG";

/// What to do instead of serving.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub(super) enum Action {
    /// Read the settings, say whether they can be used, and end
    CheckConfig,
    /// Check what the server needs (addresses, ports, certificate, relay, clock), and say what is missing
    Doctor,
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

/// The whole command line. Flags may stand before and after a command.
pub(super) fn command() -> Command {
    let config = Arg::new("config").long("config").env(CONFIG_VARIABLE).value_name("FILE").help(
        "Configuration file [default: halloo.toml or Leptos.toml in the working directory, if there is one]",
    );
    let flags = GROUPS
        .iter()
        .flat_map(|group| group.settings.iter().map(|setting| flag(setting).help_heading(group.title.en)));
    let command = Action::augment_subcommands(Command::new("halloo").arg(config).args(flags));
    command
        .mut_args(|arg| arg.global(true))
        .version(env!("CARGO_PKG_VERSION"))
        .about("Video calls from a link: one program, no accounts")
        .long_about(
            "Video calls from a link: one program, no accounts.\n\nEach setting can also be given as an \
             environment variable or, under its name with underscores, in the configuration file. Flags take \
             precedence over the environment, the environment over the file, and the file over the defaults.",
        )
        .max_term_width(100)
        .next_line_help(true)
        .allow_negative_numbers(true)
}

fn flag(setting: &'static Setting) -> Arg {
    let arg = Arg::new(setting.name)
        .long(Str::from(setting.flag().trim_start_matches('-').to_owned()))
        .env(setting.variable())
        .value_name(setting.value_name)
        .help(help(setting));
    match setting.kind {
        Kind::Switch => arg.num_args(0..=1).default_missing_value("true").require_equals(true),
        Kind::Secret(_) => arg.hide_env_values(true),
        Kind::Number(_) | Kind::Text(_) | Kind::List(_) => arg,
    }
}

/// The text with other settings as flags, what clap does not know of the values, and the default.
fn help(setting: &Setting) -> String {
    let mut help = setting.text.en.trim_end_matches('.').to_owned();
    match &setting.kind {
        Kind::Number(range) => help += &format!(". From {} to {}", range.start(), range.end()),
        Kind::List(_) => help += ". Several are separated by commas",
        Kind::Switch | Kind::Text(_) | Kind::Secret(_) => {}
    }
    help += &format!(" [default: {}]", default_words(setting.default, setting.otherwise.en));
    settings().fold(help, |help, other| help.replace(&format!("`{}`", other.name), &other.flag()))
}

/// The manual page. Commands have no pages of their own, so it refers to none.
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
