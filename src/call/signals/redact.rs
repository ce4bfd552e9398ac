//! Takes out of messages what is nobody else's business: credentials, addresses, names.
//!
//! What is taken out is replaced by a word that is the same wherever the same stood, so that one can still
//! see what belongs together. What this program does not know is taken out, too.

use litemap::LiteMap;

use super::{addresses, json::Json, sdp::Topic};

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

/// Values of members with these names: by them somebody gets in. In any case: nobody needs them to
/// understand a call.
const CREDENTIALS: [&str; 8] =
    ["credential", "username", "password", "resume_token", "token", "visit", "secret", "authorization"];

/// Members whose texts are kept, as far as they have no address and nothing that was taken out elsewhere.
const KEPT: [&str; 26] = [
    "",
    "type",
    "kind",
    "sdp",
    "candidate",
    "sdp_mid",
    "sdpmid",
    "reason",
    "code",
    "features",
    "mode",
    "reaction",
    "from",
    "to",
    "you",
    "id",
    "peer",
    "peers",
    "by",
    "replaces",
    "tracks",
    "media",
    "resume",
    "signal",
    "ice_servers",
    "urls",
];

/// Members that are descriptions and candidates: a line that is none is taken out.
const DESCRIPTIONS: [&str; 2] = ["sdp", "candidate"];

/// What words stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Address,
    Credential,
    Room,
    Name,
    Host,
    Fragment,
    Password,
    Fingerprint,
    Foundation,
    Source,
    Text,
}

impl Class {
    const fn word(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Credential => "credential",
            Self::Room => "room",
            Self::Name => "name",
            Self::Host => "host",
            Self::Fragment => "ufrag",
            Self::Password => "pwd",
            Self::Fingerprint => "fingerprint",
            Self::Foundation => "foundation",
            Self::Source => "source",
            Self::Text => "text",
        }
    }

    /// Taken out from this level on.
    const fn level(self) -> Level {
        match self {
            Self::Credential => Level::Credentials,
            Self::Password | Self::Room => Level::Secrets,
            Self::Address
            | Self::Name
            | Self::Host
            | Self::Fragment
            | Self::Fingerprint
            | Self::Foundation
            | Self::Source
            | Self::Text => Level::Everything,
        }
    }

    /// Whether the value is taken out wherever it stands, also in the middle of other text.
    const fn is_secret(self) -> bool {
        matches!(self, Self::Credential | Self::Room | Self::Fragment | Self::Password | Self::Fingerprint)
    }
}

/// Lines whose whole value is taken out.
const WHOLE: [(Topic, Class); 5] = [
    (Topic::IceUfrag, Class::Fragment),
    (Topic::IcePwd, Class::Password),
    (Topic::TlsId, Class::Fingerprint),
    (Topic::SessionName, Class::Text),
    (Topic::Information, Class::Text),
];

/// What the member of this name is, if it is to be taken out.
fn class_of(name: &str) -> Option<Class> {
    let name = name.to_ascii_lowercase();
    Some(match name.as_str() {
        "room" => Class::Room,
        "name" => Class::Name,
        "username_fragment" | "usernamefragment" | "ufrag" => Class::Fragment,
        "pwd" => Class::Password,
        name if CREDENTIALS.contains(&name) => Class::Credential,
        name if KEPT.contains(&name) => return None,
        _ => Class::Text,
    })
}

/// More words than these are not told apart.
const MAX_WORDS: usize = 4096;

/// A shorter value is taken out only where it must stand (RFC 8839, section 5.4, has the same limit).
const MIN_SECRET_BYTES: usize = 4;

/// Takes out what a level says. First learns the secrets of all texts, then takes them out of each.
#[derive(Debug, Clone)]
pub struct Redactor {
    level: Level,
    /// The words by what they stand for.
    words: LiteMap<String, String>,
    /// How many words there are of a class.
    counts: LiteMap<&'static str, usize>,
    /// Values that may stand anywhere, in order.
    secrets: Vec<String>,
}

impl Redactor {
    /// Takes out this much.
    pub const fn new(level: Level) -> Self {
        Self { level, words: LiteMap::new(), counts: LiteMap::new(), secrets: Vec::new() }
    }

    /// Learns the secrets of a message.
    pub fn learn(&mut self, json: &Json) {
        let _ = self.value("", json);
    }

    /// Learns the secrets of a text that is no JSON.
    pub fn learn_text(&mut self, text: &str) {
        let _ = self.lines(text, false);
    }

    /// Returns a message without what is taken out.
    pub fn redact(&mut self, json: &Json) -> Json {
        let taken = self.value("", json);
        self.without_secrets(taken)
    }

    /// Returns a text without what is taken out.
    pub fn redact_text(&mut self, text: &str) -> String {
        let taken = self.lines(text, false);
        self.text_without_secrets(&taken)
    }

    /// The value of the member with this name; of a list in it each item.
    fn value(&mut self, name: &str, json: &Json) -> Json {
        match json {
            Json::Null | Json::Bool(_) => json.clone(),
            Json::Number(number) => match class_of(name) {
                Some(class) if class != Class::Text && class.level() <= self.level => {
                    Json::text(self.word(class, &number.to_string()))
                }
                Some(_) | None => json.clone(),
            },
            Json::Text(text) => Json::text(self.text(name, text)),
            Json::List(items) => Json::List(items.iter().map(|item| self.value(name, item)).collect()),
            Json::Object(members) => {
                let is_error = json.text_of("type") == Some("error");
                let member = |(member, value): &(String, Json)| self.member(name, member, value, is_error);
                Json::Object(members.iter().map(member).collect())
            }
        }
    }

    /// A member of the object that is the member `of` of another. What is in something that is taken out is
    /// taken out; names in `tracks` are free.
    fn member(&mut self, of: &str, name: &str, value: &Json, is_error: bool) -> (String, Json) {
        if class_of(of).is_some_and(|class| class.level() <= self.level) {
            return (self.word(Class::Text, name), self.value(of, value));
        }
        let key = self.without_addresses(name);
        // For people who debug a client: the server does not repeat in it what it was sent.
        let within = if of == "tracks" || (is_error && name == "message") { "" } else { name };
        (key, self.value(within, value))
    }

    fn text(&mut self, name: &str, text: &str) -> String {
        match class_of(name) {
            Some(class) => self.taken(class, text),
            None if name == "urls" => self.url(text),
            None => self.lines(text, DESCRIPTIONS.contains(&name)),
        }
    }

    /// The URL of a STUN or TURN server (RFC 7064, RFC 7065): scheme, host, port, transport.
    fn url(&mut self, url: &str) -> String {
        if self.level < Level::Everything {
            return url.to_owned();
        }
        let (scheme, rest) = url.split_once(':').unwrap_or(("", url));
        let known =
            ["stun", "stuns", "turn", "turns"].iter().find(|known| known.eq_ignore_ascii_case(scheme));
        let end = rest.find('?').unwrap_or(rest.len());
        let (host, query) = rest.split_at(end);
        let host = self.word(Class::Host, host);
        let query = if query.len() > 1 { self.without_addresses(query) } else { String::new() };
        [known.copied().unwrap_or("url"), ":", &host, &query].concat()
    }

    /// A text, each line of it by what it is. In descriptions lines that this program does not know are
    /// taken out.
    fn lines(&mut self, text: &str, is_description: bool) -> String {
        let mut out = String::with_capacity(text.len());
        for line in text.split_inclusive(['\r', '\n']) {
            let content = line.trim_end_matches(['\r', '\n']);
            let topic = Topic::of(content);
            if topic == Topic::Unknown && is_description && !content.is_empty() {
                out.push_str(&self.taken(Class::Text, content));
            } else {
                let redacted = self.line(topic, content);
                out.push_str(&self.without_addresses(&redacted));
            }
            out.push_str(&line[content.len()..]);
        }
        out
    }

    fn line(&mut self, topic: Topic, line: &str) -> String {
        // `x=value`, `a=name:value`, `candidate:value`
        let start = match (line.split_once('='), line.find(':')) {
            (Some(("a", _)), Some(colon)) => colon + 1,
            (_, Some(colon)) if line.starts_with("candidate:") => colon + 1,
            (Some((kind, _)), _) if kind.len() == 1 => 2,
            _ => 0,
        };
        let (name, value) = line.split_at(start);
        let class = WHOLE.iter().find(|(of, _)| *of == topic).map(|(_, class)| *class);
        let taken = if let Some(class) = class.filter(|_| !value.is_empty() && value != "-") {
            self.taken(class, value)
        } else if topic == Topic::Candidate {
            self.candidate(value)
        } else if let (Topic::Fingerprint, Some((hash, digest))) = (topic, value.split_once(' ')) {
            [hash, " ", &self.taken(Class::Fingerprint, digest)].concat()
        } else if let (Topic::Ssrc, Some((ssrc, cname))) = (topic, value.split_once(" cname:")) {
            [ssrc, " cname:", &self.taken(Class::Source, cname)].concat()
        } else if let (Topic::Origin, Some((user, rest))) = (topic, value.split_once(' '))
            && user != "-"
        {
            [&self.taken(Class::Name, user), " ", rest].concat()
        } else {
            value.to_owned()
        };
        [name, &taken].concat()
    }

    /// RFC 8839, section 5.1. The foundation is made from the address, and short enough to try all.
    fn candidate(&mut self, value: &str) -> String {
        let mut words: Vec<String> = value.split(' ').map(str::to_owned).collect();
        let mut before = String::new();
        for (at, word) in words.iter_mut().enumerate() {
            let class = match before.as_str() {
                _ if at == 0 => Some(Class::Foundation),
                _ if at == 4 => Some(Class::Address),
                "raddr" => Some(Class::Address),
                "ufrag" => Some(Class::Fragment),
                _ => None,
            };
            before.clone_from(word);
            if let Some(class) = class.filter(|_| !word.is_empty()) {
                *word = self.taken(class, word);
            }
        }
        words.join(" ")
    }

    fn taken(&mut self, class: Class, value: &str) -> String {
        if class.level() <= self.level { self.word(class, value) } else { value.to_owned() }
    }

    /// The word for a value.
    fn word(&mut self, class: Class, value: &str) -> String {
        // What stands in the place of a value when a text is redacted again.
        if is_word(value) {
            return value.to_owned();
        }
        let key = [class.word(), " ", value].concat();
        if let Some(word) = self.words.get(&key) {
            return word.clone();
        }
        let count = self.counts.get(class.word()).copied().unwrap_or_default();
        let word = [class.word(), "-", &(count + 1).to_string()].concat();
        if self.words.len() < MAX_WORDS {
            self.counts.insert(class.word(), count + 1);
            self.words.insert(key, word.clone());
            if class.is_secret() && value.len() >= MIN_SECRET_BYTES {
                let at = self.secrets.partition_point(|known| known.as_str() < value);
                self.secrets.insert(at, value.to_owned());
            }
        }
        word
    }

    fn without_addresses(&mut self, text: &str) -> String {
        if self.level < Level::Everything {
            return text.to_owned();
        }
        let (mut out, mut from) = (String::with_capacity(text.len()), 0);
        for at in addresses::find(text) {
            out.push_str(&text[from..at.start]);
            out.push_str(&self.word(Class::Address, &text[at.clone()]));
            from = at.end;
        }
        out.push_str(&text[from..]);
        out
    }

    fn without_secrets(&self, json: Json) -> Json {
        match json {
            Json::Text(text) => Json::text(self.text_without_secrets(&text)),
            Json::List(items) => {
                Json::List(items.into_iter().map(|item| self.without_secrets(item)).collect())
            }
            Json::Object(members) => {
                let member = |(name, value): (String, Json)| {
                    (self.text_without_secrets(&name), self.without_secrets(value))
                };
                Json::Object(members.into_iter().map(member).collect())
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => json,
        }
    }

    /// Each place is compared with the secrets that begin like it, so that many secrets cost little.
    fn text_without_secrets(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            match self.secret_at(rest) {
                Some(length) => {
                    out.push_str(HIDDEN);
                    rest = &rest[length..];
                }
                None => {
                    out.push(c);
                    rest = &rest[c.len_utf8()..];
                }
            }
        }
        out
    }

    /// The length of the longest secret with which a text begins.
    fn secret_at(&self, text: &str) -> Option<usize> {
        let bytes = text.as_bytes();
        let start = bytes.get(..MIN_SECRET_BYTES)?;
        let first = self.secrets.partition_point(|known| known.as_bytes() < start);
        let alike = self.secrets[first..].iter().take_while(|known| known.as_bytes().starts_with(start));
        alike.filter(|known| bytes.starts_with(known.as_bytes())).map(String::len).max()
    }
}

/// Whether this stands in the place of something: what was redacted once stays the same.
fn is_word(value: &str) -> bool {
    let words = [
        Class::Address,
        Class::Credential,
        Class::Room,
        Class::Name,
        Class::Host,
        Class::Fragment,
        Class::Password,
        Class::Fingerprint,
        Class::Foundation,
        Class::Source,
        Class::Text,
    ];
    value.split_once('-').is_some_and(|(word, number)| {
        words.iter().any(|class| class.word() == word)
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Stands where a secret stood in the middle of other text.
const HIDDEN: &str = "(hidden)";
