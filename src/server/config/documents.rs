//! The files that are made from the table of settings.

use super::{
    setting::{Group, Kind, Setting, Words, default_words},
    table::{GROUPS, settings},
};

/// The longest line of a configuration file.
const COLUMNS: usize = 110;
/// The longest line of a page.
const PAGE_COLUMNS: usize = 160;

/// The files, by their paths in the repository. `make settings` writes them; a test compares them.
pub fn documents() -> [(&'static str, String); 4] {
    [
        ("Leptos.toml", defaults()),
        ("packaging/halloo.toml", package()),
        ("docs/SETTINGS.md", reference(&ENGLISH)),
        ("docs/SETTINGS.zh-CN.md", reference(&CHINESE)),
    ]
}

/// Every setting with its default.
fn defaults() -> String {
    let mut file = String::from(
        "# The settings of the halloo server, each with its default. `make settings` makes this file from \
         the\n# table in src/server/config/table.rs.\n#\n# Read from the working directory, or from where \
         `--config FILE` says. Each setting can also be given as a\n# flag (`--room-capacity 4`) or as a \
         variable (`HALLOO_ROOM_CAPACITY=4`): flags take precedence over\n# variables, variables over the \
         file, and the file over the defaults. An empty text means not set.\n",
    );
    for group in GROUPS {
        file += &heading(group);
        for setting in group.settings {
            file += &comment(setting);
            file += &format!("{} = {}\n", setting.name, setting.in_file(setting.default));
        }
    }
    file
}

/// What the Debian package sets. Everything else is a comment in its file.
const PACKAGE_VALUES: [(&str, &str); 5] = [
    ("listen", "[::]:443"),
    ("http_listen", "[::]:80"),
    ("tls_self_signed", "true"),
    ("room_capacity", "2"),
    ("log", "info"),
];
/// What is to be known besides where halloo is a service.
const PACKAGE_NOTES: [(&str, &str); 3] = [
    (
        "listen",
        "Under systemd the sockets are those of halloo.socket and halloo-http.socket, which have the ports \
         below. Who changes them there changes them here too, because `halloo doctor` reads this file. \
         Behind a proxy, disable both sockets, leave out http_listen and the certificate, and set listen to \
         127.0.0.1:8080.",
    ),
    ("tls_cert", "The group halloo must be able to read the files."),
    ("tls_self_signed", "For the beginning. Put a # before this line when there is another certificate."),
];

/// The settings of the service that the Debian package installs.
fn package() -> String {
    let mut file = String::from(
        "# Settings of halloo as a service: /etc/halloo/halloo.toml. docs/DEPLOY.md shows which belong \
         together.\n# A line that begins with # shows an example or a default. `make settings` makes this \
         file from the table\n# in src/server/config/table.rs.\n#\n# After a change:\n#   halloo \
         check-config --config /etc/halloo/halloo.toml     says what is wrong, in one sentence\n#   \
         systemctl restart halloo                                 calls go on meanwhile\n",
    );
    let of = |list: &[(&str, &'static str)], name| {
        list.iter().find(|(one, _)| *one == name).map(|(_, text)| *text)
    };
    for group in GROUPS {
        file += &heading(group);
        for setting in group.settings {
            file += &comment(setting);
            file += &of(&PACKAGE_NOTES, setting.name).map(wrapped).unwrap_or_default();
            let value = of(&PACKAGE_VALUES, setting.name);
            let example = if setting.example.is_empty() { setting.default } else { setting.example };
            let mark = if value.is_some() { "" } else { "# " };
            file += &format!("{mark}{} = {}\n", setting.name, setting.in_file(value.unwrap_or(example)));
        }
    }
    file
}

fn heading(group: &Group) -> String {
    let title = format!("\n# --- {} ", group.title.en);
    let introduction = match group.introduction.en {
        "" => String::new(),
        text => format!("#\n{}", wrapped(text)),
    };
    format!("{title:-<COLUMNS$}\n{introduction}")
}

/// What a setting does, which values it takes and what applies without, as comments.
fn comment(setting: &Setting) -> String {
    let mut lines = wrapped(setting.text.en);
    let has_own_default = setting.otherwise.en.is_empty();
    let default = match setting.default {
        "" => String::new(),
        default => setting.in_file(default),
    };
    let default = default_words(&default, setting.otherwise.en);
    match (&setting.kind, has_own_default) {
        (Kind::Switch, _) => {}
        (_, true) => lines += &wrapped(&format!("Expects {}.", setting.expected())),
        (_, false) => lines += &wrapped(&format!("Expects {}. Default: {default}.", setting.expected())),
    }
    if !setting.example.is_empty() {
        lines += &wrapped(&format!("Example: {}", setting.in_file(setting.example)));
    }
    format!("\n{lines}")
}

/// A text as comments.
fn wrapped(text: &str) -> String {
    lines(text, "# ", COLUMNS)
}

/// A text in lines that begin like this and are not longer than this.
fn lines(text: &str, start: &str, columns: usize) -> String {
    let mut lines = String::new();
    let mut line = start.to_owned();
    for word in text.split(' ') {
        if line.chars().count() + word.chars().count() > columns {
            lines += line.trim_end();
            lines += "\n";
            line = start.to_owned();
        }
        line += word;
        line += " ";
    }
    lines + line.trim_end() + "\n"
}

/// The words of a reference in one language.
struct Language {
    head: &'static str,
    columns: &'static str,
    of: fn(Words) -> &'static str,
    expected: fn(&Setting) -> String,
}

const ENGLISH: Language = Language {
    head: "# Settings\n\n[简体中文](SETTINGS.zh-CN.md)\n\n`make settings` makes this page from the table in \
           `src/server/config/table.rs`.\n\nEach setting is a key of the configuration file, a flag and an \
           environment variable: `room_capacity = 4`, `--room-capacity 4`,\n`HALLOO_ROOM_CAPACITY=4`. Flags \
           take precedence over variables, variables over the file, and the file over the defaults. An empty \
           text\nmeans not set. A flag or variable with several values separates them by \
           commas.\n\n`--config FILE` or `HALLOO_CONFIG` names the file; otherwise `halloo.toml` or \
           `Leptos.toml` in the working directory is read.\n[Leptos.toml](../Leptos.toml) has every setting \
           with its default, [packaging/halloo.toml](../packaging/halloo.toml) those of the Debian \
           package.\nThe server does not start with an unknown key or a wrong value; `halloo check-config` \
           says what is wrong in one sentence.\n",
    columns: "| setting | what it does | values | default | example |\n|---|---|---|---|---|\n",
    of: |words| words.en,
    expected: |setting| setting.expected().into_owned(),
};

const CHINESE: Language = Language {
    head: "# 设置\n\n[English](SETTINGS.md)\n\n本页由 `make settings` 根据 `src/server/config/table.rs` \
           里的表生成。\n\n每一项设置都可以写成配置文件里的键、命令行参数或环境变量：`room_capacity = 4`、\
           `--room-capacity 4`、`HALLOO_ROOM_CAPACITY=4`。\n优先级：命令行参数 > 环境变量 > 配置文件 > \
           默认值。空文本等于没有设置。命令行参数和环境变量里的多个值用逗号分隔。\n\n配置文件由 `--config \
           FILE` 或 `HALLOO_CONFIG` 指定，否则读取工作目录下的 `halloo.toml` 或 `Leptos.toml`。\n\
           [Leptos.toml](../Leptos.toml) 列出每一项及其默认值，\
           [packaging/halloo.toml](../packaging/halloo.toml) 是 Debian 软件包的配置文件。\n\
           遇到未知的键或错误的值，程序不会启动；`halloo check-config` 会用一句话说明问题。\n",
    columns: "| 设置 | 说明 | 取值 | 默认 | 示例 |\n|---|---|---|---|---|\n",
    of: |words| words.zh,
    expected: |setting| setting.expected_zh().into_owned(),
};

/// A page with every setting.
fn reference(language: &Language) -> String {
    let mut page = language.head.to_owned();
    for group in GROUPS {
        page += &format!("\n## {}\n\n", (language.of)(group.title));
        let introduction = (language.of)(group.introduction);
        if !introduction.is_empty() {
            page += &format!("{}\n", lines(introduction, "", PAGE_COLUMNS));
        }
        page += language.columns;
        page.extend(group.settings.iter().map(|setting| row(setting, language)));
    }
    page
}

fn row(setting: &Setting, language: &Language) -> String {
    let name = setting.name;
    let code =
        |value: &str| if value.is_empty() { String::new() } else { format!("`{}`", setting.in_file(value)) };
    let otherwise = (language.of)(setting.otherwise);
    let default = default_words(&code(setting.default), otherwise);
    let text = settings().fold((language.of)(setting.text).to_owned(), |text, other| {
        text.replace(&format!("`{}`", other.name), &format!("[`{0}`](#{0})", other.name))
    });
    let (expected, example) = ((language.expected)(setting), code(setting.example));
    format!("| <a id=\"{name}\"></a>`{name}` | {text} | {expected} | {default} | {example} |\n")
}
