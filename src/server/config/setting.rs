//! What a setting is: its names, its values and its description.

use std::{borrow::Cow, ops::RangeInclusive};

/// A text in the languages of the documents.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// English.
    pub en: &'static str,
    /// Chinese.
    pub zh: &'static str,
}

/// English, then Chinese.
pub(super) const fn words(en: &'static str, zh: &'static str) -> Words {
    Words { en, zh }
}

/// Settings that belong together.
#[derive(Debug)]
pub struct Group {
    /// The heading.
    pub title: Words,
    /// What to know about all of them, or nothing.
    pub introduction: Words,
    /// The settings.
    pub settings: &'static [Setting],
}

/// One setting. Where its text names another setting, that is in backticks.
#[derive(Debug)]
pub struct Setting {
    /// Its key in the file. As a flag with hyphens, as a variable in upper case after `HALLOO_`.
    pub name: &'static str,
    /// What stands for the value in the help.
    pub value_name: &'static str,
    /// Its values.
    pub kind: Kind,
    /// The default; nothing if it is not set.
    pub default: &'static str,
    /// What applies if it is not set.
    pub otherwise: Words,
    /// What it does.
    pub text: Words,
    /// A value, or nothing.
    pub example: &'static str,
}

/// The values of a setting.
#[derive(Debug)]
pub enum Kind {
    /// A whole number. Its unit is the last part of the name.
    Number(RangeInclusive<u64>),
    /// True or false.
    Switch,
    /// A text like this.
    Text(Words),
    /// A text like this that nobody else may see.
    Secret(Words),
    /// Texts like this: separated by commas, in the file an array.
    List(Words),
}

impl Setting {
    pub(super) const fn number(
        name: &'static str,
        value_name: &'static str,
        range: RangeInclusive<u64>,
        default: &'static str,
    ) -> Self {
        Self { default, ..Self::new(name, value_name, Kind::Number(range)) }
    }

    pub(super) const fn switch(name: &'static str) -> Self {
        Self { default: "false", ..Self::new(name, "BOOL", Kind::Switch) }
    }

    pub(super) const fn new(name: &'static str, value_name: &'static str, kind: Kind) -> Self {
        let none = words("", "");
        Self { name, value_name, kind, default: "", otherwise: none, text: none, example: "" }
    }

    pub(super) const fn text(mut self, en: &'static str, zh: &'static str) -> Self {
        self.text = words(en, zh);
        self
    }

    pub(super) const fn default(mut self, value: &'static str) -> Self {
        self.default = value;
        self
    }

    pub(super) const fn otherwise(mut self, en: &'static str, zh: &'static str) -> Self {
        self.otherwise = words(en, zh);
        self
    }

    pub(super) const fn example(mut self, value: &'static str) -> Self {
        self.example = value;
        self
    }

    /// The name of its flag.
    pub fn flag(&self) -> String {
        format!("--{}", self.name.replace('_', "-"))
    }

    /// The name of its environment variable.
    pub fn variable(&self) -> String {
        format!("{VARIABLE_PREFIX}{}", self.name.to_ascii_uppercase())
    }

    /// Which values it takes, in English.
    pub(super) fn expected(&self) -> Cow<'static, str> {
        match &self.kind {
            Kind::Number(range) => {
                let (first, last) = (range.start(), range.end());
                format!("{}a whole number from {first} to {last}", self.unit().en).into()
            }
            Kind::Switch => "true or false".into(),
            Kind::Text(expected) | Kind::Secret(expected) | Kind::List(expected) => expected.en.into(),
        }
    }

    /// The same in Chinese.
    pub(super) fn expected_zh(&self) -> Cow<'static, str> {
        match &self.kind {
            Kind::Number(range) => {
                format!("{}{} 到 {} 的整数", self.unit().zh, range.start(), range.end()).into()
            }
            Kind::Switch => "`true` 或 `false`".into(),
            Kind::Text(expected) | Kind::Secret(expected) | Kind::List(expected) => expected.zh.into(),
        }
    }

    /// A value of this setting as it is written in the file.
    pub(super) fn in_file(&self, value: &str) -> String {
        let quoted = |value: &str| format!("\"{value}\"");
        match self.kind {
            Kind::Number(_) | Kind::Switch => value.to_owned(),
            Kind::Text(_) | Kind::Secret(_) => quoted(value),
            Kind::List(_) if value.is_empty() => "[]".to_owned(),
            Kind::List(_) => format!("[{}]", value.split(',').map(quoted).collect::<Vec<_>>().join(", ")),
        }
    }

    fn unit(&self) -> Words {
        match self.name.rsplit('_').next() {
            Some("ms") => words("milliseconds, ", "毫秒，"),
            Some("seconds") => words("seconds, ", "秒，"),
            Some(_) | None => words("", ""),
        }
    }
}

/// What the variables of all settings begin with.
pub(super) const VARIABLE_PREFIX: &str = "HALLOO_";

/// A default and what applies if nothing is set, of which one may be empty.
pub(super) fn default_words(default: &str, otherwise: &str) -> String {
    let both = [default, otherwise].into_iter().filter(|one| !one.is_empty());
    both.collect::<Vec<_>>().join("; ")
}
