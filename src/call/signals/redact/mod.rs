//! Takes out of messages what is nobody else's business: credentials, addresses, names.
//!
//! What is taken out is replaced by a placeholder that is the same wherever the same value stood, so that
//! one can still see what belongs together. What this program does not know is taken out, too. The names of
//! members, the types of messages and the keywords of descriptions stay, even if somebody's secret is the
//! same word: whoever reads them learns nothing, and without them nobody could read the rest.

mod classes;
mod parts;
mod placeholders;
mod secrets;
mod vocabulary;

pub(super) use self::placeholders::is_placeholder;
use self::{
    classes::{Class, class_of},
    parts::{Part, Parts},
    placeholders::Placeholders,
    secrets::Secrets,
};
use super::{addresses, json::Json};
use crate::protocol::PeerId;

/// How much is taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// What lets somebody in elsewhere: tokens and TURN logins. For the own screen.
    Credentials,
    /// Also passwords of ICE and the room. For a file with addresses and names.
    Secrets,
    /// Also addresses, names, certificates, and what this program does not know. For a file to hand on.
    Everything,
}

/// Members that are descriptions and candidates: a line that is none is taken out.
const DESCRIPTIONS: [&str; 2] = ["sdp", "candidate"];

/// A shorter secret is hidden only where it is a word by itself, and not in descriptions.
const MIN_SECRET_BYTES: usize = 4;

/// Stands where a secret stood in the middle of other text.
const HIDDEN: &str = "(hidden)";

/// Takes out what a level says. First learns the secrets of all texts, then takes them out of each.
#[derive(Debug, Clone)]
pub struct Redactor {
    level: Level,
    placeholders: Placeholders,
    secrets: Secrets,
    /// What is written is of no interest.
    is_learning: bool,
}

impl Redactor {
    /// Takes out this much.
    pub const fn new(level: Level) -> Self {
        Self { level, placeholders: Placeholders::new(), secrets: Secrets::new(), is_learning: false }
    }

    /// Learns the secrets of a message.
    pub fn learn(&mut self, message: &Json) {
        self.is_learning = true;
        let _ = self.message(message);
        self.is_learning = false;
    }

    /// Learns the addresses of the value of a state.
    pub fn learn_state(&mut self, value: &str) {
        self.is_learning = true;
        let _ = self.state(value);
        self.is_learning = false;
    }

    /// Returns a message without what is taken out.
    pub fn redact(&mut self, message: &Json) -> Json {
        self.learn(message);
        self.secrets.link();
        self.message(message)
    }

    /// Returns the value of a state without what is taken out.
    pub fn redact_state(&mut self, value: &str) -> String {
        self.learn_state(value);
        self.secrets.link();
        self.state(value)
    }

    fn state(&mut self, value: &str) -> String {
        self.write(value, Parts::whole(value, Part::Specified))
    }

    fn message(&mut self, message: &Json) -> Json {
        let Json::Object(members) = message else { return self.value("", message) };
        // For people who debug a client: the server does not repeat in its errors what it was sent.
        let is_error = message.text_of("type") == Some("error");
        let member = |(name, value): &(String, Json)| match (name.as_str(), value) {
            ("message", Json::Text(text)) if is_error => {
                (name.clone(), Json::text(self.write(text, Parts::whole(text, Part::Free))))
            }
            _ => self.member("", name, value),
        };
        Json::Object(members.iter().map(member).collect())
    }

    /// The value of the member with this name; of a list in it each item.
    fn value(&mut self, name: &str, json: &Json) -> Json {
        match json {
            Json::Null | Json::Bool(_) => json.clone(),
            Json::Number(number) => match class_of(name) {
                Some(class) if class != Class::Text && class.level() <= self.level => {
                    Json::text(self.placeholder(class, &number.to_string()))
                }
                Some(_) | None => json.clone(),
            },
            Json::Text(text) => Json::text(self.text(name, text)),
            Json::List(items) => Json::List(items.iter().map(|item| self.value(name, item)).collect()),
            Json::Object(members) => {
                let member = |(inner, value): &(String, Json)| self.member(name, inner, value);
                Json::Object(members.iter().map(member).collect())
            }
        }
    }

    /// A member of the object that is the member `of` of another. What is in something that is taken out is
    /// taken out; names in `tracks` are free.
    fn member(&mut self, of: &str, name: &str, value: &Json) -> (String, Json) {
        if class_of(of).is_some_and(|class| class.level() <= self.level) {
            return (self.placeholder(Class::Text, name), self.value(of, value));
        }
        let key = if vocabulary::has(name) {
            name.to_owned()
        } else {
            self.write(name, Parts::whole(name, Part::Free))
        };
        let within = if of == "tracks" { String::new() } else { name.to_ascii_lowercase() };
        (key, self.value(&within, value))
    }

    fn text(&mut self, name: &str, text: &str) -> String {
        let parts = match class_of(name) {
            Some(class) => Parts::whole(text, Part::Taken(class)),
            None if vocabulary::has(text) || text.parse::<PeerId>().is_ok() => {
                Parts::whole(text, Part::Structure)
            }
            None if name == "urls" => Parts::of_url(text),
            None => Parts::of_lines(text, DESCRIPTIONS.contains(&name)),
        };
        self.write(text, parts)
    }

    /// The text, without what is to be taken out of its parts.
    fn write(&mut self, text: &str, Parts(parts): Parts) -> String {
        let mut out = String::with_capacity(text.len());
        for (at, part) in parts {
            let text = &text[at];
            match part {
                Part::Structure => out.push_str(text),
                Part::Taken(class) if class.level() <= self.level => {
                    out.push_str(&self.placeholder(class, text));
                }
                Part::Specified => self.write_kept(text, true, &mut out),
                Part::Free | Part::Taken(_) => self.write_kept(text, false, &mut out),
            }
        }
        out
    }

    fn placeholder(&mut self, class: Class, value: &str) -> String {
        // Parts of a capsule are shown one by one: there it has been redacted as a whole.
        if self.level == Level::Credentials && is_placeholder(class.word(), value) {
            return value.to_owned();
        }
        if class.is_secret() && self.is_learning {
            self.secrets.add(value);
        }
        self.placeholders.of(class, value)
    }

    /// Text that is kept as far as it has no address and no secret.
    fn write_kept(&mut self, text: &str, has_keywords: bool, out: &mut String) {
        let addresses = if self.level == Level::Everything { addresses::find(text) } else { Vec::new() };
        let mut from = 0;
        for addresses::Found { at, is_server } in addresses {
            self.write_without_secrets(&text[from..at.start], has_keywords, out);
            let class = if is_server { Class::Host } else { Class::Address };
            out.push_str(&self.placeholder(class, &text[at.clone()]));
            from = at.end;
        }
        self.write_without_secrets(&text[from..], has_keywords, out);
    }

    fn write_without_secrets(&self, text: &str, has_keywords: bool, out: &mut String) {
        if self.is_learning {
            return;
        }
        if self.secrets.is_incomplete() {
            return write_keywords(text, out);
        }
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            let is_hidden = |length: &usize| {
                let end = at + length;
                if has_keywords {
                    *length >= MIN_SECRET_BYTES && !vocabulary::has_all_at(text, at, end)
                } else {
                    *length >= MIN_SECRET_BYTES || is_word_by_itself(text, at, end)
                }
            };
            if let Some(length) = self.secrets.length_at(&text[at..]).filter(is_hidden) {
                out.push_str(HIDDEN);
                at += length;
            } else {
                out.push(c);
                at += c.len_utf8();
            }
        }
    }
}

/// Hides every word that this program does not know.
fn write_keywords(text: &str, out: &mut String) {
    for piece in text.split_inclusive(|c| !vocabulary::is_of_word(c)) {
        let word = piece.trim_end_matches(|c| !vocabulary::is_of_word(c));
        out.push_str(if word.is_empty() || vocabulary::has(word) { word } else { HIDDEN });
        let rest = &piece[word.len()..];
        // Letters of other alphabets are of words, too.
        out.push_str(if rest.chars().any(char::is_alphanumeric) { HIDDEN } else { rest });
    }
}

/// Whether neither end is in the middle of a word.
fn is_word_by_itself(text: &str, start: usize, end: usize) -> bool {
    let is_within_word = |at: usize| {
        let (before, after) = text.split_at(at);
        let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        is_letter(before.chars().next_back()) && is_letter(after.chars().next())
    };
    !is_within_word(start) && !is_within_word(end)
}
