//! Capsules: files of entries, to be looked at later or by somebody else. `docs/CAPSULE.md` describes them.

use super::{
    entry::{Direction, Entry, Event, Message, State, StateKind},
    json::{Json, NotJson},
    log::Log,
    redact::{Level, Redactor},
    waterfall::PageTimes,
};

/// The version of capsules that this program writes, and the only one it reads.
const VERSION: u64 = 1;

/// Member of the file that says that it is a capsule, and of which version.
const MARK: &str = "halloo_capsule";

/// The largest file that is read.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// The most entries of a file.
pub const MAX_ENTRIES: usize = 5000;

/// Times are whole numbers that JavaScript has, too.
const MAX_TIME_US: u64 = 1 << 53;

/// A longer value of a state is cut.
const MAX_VALUE_CHARS: usize = 300;

/// Entries, and what the browser says of the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capsule {
    /// When the page came.
    pub page: PageTimes,
    /// What happened, oldest first.
    pub entries: Vec<Entry>,
    /// Whether addresses and names were taken out.
    pub redacted: bool,
    /// How many entries were no longer kept when it was written.
    pub dropped: u64,
}

/// Why a file cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// Larger than [`MAX_BYTES`].
    TooLarge,
    /// No JSON.
    NotJson,
    /// Lists and objects are nested too deeply.
    TooDeep,
    /// JSON, but no capsule.
    NotACapsule,
    /// Of another version.
    Version,
    /// More than [`MAX_ENTRIES`].
    TooMany,
    /// A member is missing.
    Missing,
    /// A member has a value that it cannot have.
    Wrong,
}

impl ErrorKind {
    /// The code of the error, which stays the same.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::NotJson => "not_json",
            Self::TooDeep => "too_deep",
            Self::NotACapsule => "not_a_capsule",
            Self::Version => "unsupported_version",
            Self::TooMany => "too_many_entries",
            Self::Missing => "missing_member",
            Self::Wrong => "bad_member",
        }
    }
}

/// Why and where a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapsuleError {
    /// Why.
    pub kind: ErrorKind,
    /// The line and the column, of what is no JSON.
    pub position: Option<(usize, usize)>,
    /// The member, as in `entries[3].at_us`.
    pub member: Option<String>,
}

impl CapsuleError {
    const fn new(kind: ErrorKind) -> Self {
        Self { kind, position: None, member: None }
    }

    fn at(kind: ErrorKind, member: &str) -> Self {
        Self { member: Some(member.to_owned()), ..Self::new(kind) }
    }
}

impl Capsule {
    /// Writes the file, with a line for each entry. Tokens, passwords and the room are not in it at any
    /// level.
    pub fn write(page: PageTimes, log: &Log, with_addresses: bool) -> String {
        let entries = &log.entries;
        let level = if with_addresses { Level::Secrets } else { Level::Everything };
        let mut redactor = Redactor::new(level);
        for entry in entries {
            match &entry.event {
                Event::Message(message) => {
                    if let Some(json) = message.json() {
                        redactor.learn(&json);
                    }
                }
                Event::State(state) => redactor.learn_state(&state.value),
            }
        }
        let lines: Vec<_> = entries.iter().map(|entry| write_entry(entry, &mut redactor).compact()).collect();
        let head = Json::object([
            (MARK, VERSION.into()),
            ("redacted", Json::Bool(!with_addresses)),
            ("dropped", log.dropped.into()),
            (
                "page",
                Json::object([
                    ("response_start_us", page.response_start_us.into()),
                    ("response_end_us", page.response_end_us.into()),
                ]),
            ),
        ]);
        let head = head.compact();
        [head.trim_end_matches('}'), "},\n\"entries\":[\n", &lines.join(",\n"), "\n]}\n"].concat()
    }

    /// Reads a file. Members that this program does not know are ignored, and so are entries of kinds that
    /// it does not know.
    pub fn read(text: &str) -> Result<Self, CapsuleError> {
        if text.len() > MAX_BYTES {
            return Err(CapsuleError::new(ErrorKind::TooLarge));
        }
        let json = Json::parse(text).map_err(|NotJson { line, column, too_deep }| CapsuleError {
            position: Some((line, column)),
            ..CapsuleError::new(if too_deep { ErrorKind::TooDeep } else { ErrorKind::NotJson })
        })?;
        match json.get(MARK) {
            None => return Err(CapsuleError::new(ErrorKind::NotACapsule)),
            Some(version) if version.as_u64() != Some(VERSION) => {
                return Err(CapsuleError::at(ErrorKind::Version, MARK));
            }
            Some(_) => {}
        }
        let time = |name| json.get("page").and_then(|page| page.get(name)?.as_u64()).unwrap_or_default();
        let listed = member(&json, "", "entries")?;
        let listed = listed.items().ok_or_else(|| CapsuleError::at(ErrorKind::Wrong, "entries"))?;
        if listed.len() > MAX_ENTRIES {
            return Err(CapsuleError::at(ErrorKind::TooMany, "entries"));
        }
        let mut entries = Vec::<Entry>::with_capacity(listed.len());
        for (at, listed) in listed.iter().enumerate() {
            let place = ["entries[", &at.to_string(), "]"].concat();
            let Some(entry) = read_entry(listed, &place)? else { continue };
            if entries.last().is_some_and(|last| last.number >= entry.number) {
                return Err(CapsuleError::at(ErrorKind::Wrong, &path(&place, "number")));
            }
            entries.push(entry);
        }
        Ok(Self {
            page: PageTimes {
                response_start_us: time("response_start_us").min(MAX_TIME_US),
                response_end_us: time("response_end_us").min(MAX_TIME_US),
            },
            entries,
            redacted: json.get("redacted") == Some(&Json::Bool(true)),
            dropped: json.get("dropped").and_then(Json::as_u64).unwrap_or_default(),
        })
    }
}

fn write_entry(entry: &Entry, redactor: &mut Redactor) -> Json {
    let mut members = vec![("number", entry.number.into()), ("at_us", entry.at_us.into())];
    match &entry.event {
        Event::Message(message) => {
            members.push(("kind", Json::text(message.direction.as_str())));
            members.push(("bytes", (message.bytes as u64).into()));
            // What cannot be read cannot be redacted.
            let json = message.json().map(|json| redactor.redact(&json));
            members.push(json.map_or(("unreadable", Json::Bool(true)), |json| ("message", json)));
        }
        Event::State(state) => {
            members.push(("kind", Json::text(state.of.as_str())));
            members.push(("value", Json::text(redactor.redact_state(&state.value))));
            members.extend(state.peer.map(|peer| ("peer", Json::text(peer.to_string()))));
        }
    }
    Json::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// `None` for an entry of a kind that this program does not know.
fn read_entry(json: &Json, place: &str) -> Result<Option<Entry>, CapsuleError> {
    let wrong = |name| CapsuleError::at(ErrorKind::Wrong, &path(place, name));
    let number = |name, max: u64| {
        member(json, place, name)?.as_u64().filter(|number| *number <= max).ok_or_else(|| wrong(name))
    };
    let text = |name| member(json, place, name)?.as_text().ok_or_else(|| wrong(name));
    let message = |direction| {
        let bytes = number("bytes", u32::MAX.into())? as usize;
        let content = match json.get("message") {
            Some(content @ Json::Object(_)) => content.compact(),
            Some(_) => return Err(wrong("message")),
            None => String::new(),
        };
        Ok(Event::Message(Message::read(direction, content, bytes)))
    };
    let kind = text("kind")?;
    let event = match kind {
        "sent" => message(Direction::Sent)?,
        "received" => message(Direction::Received)?,
        kind => {
            let Some(of) = StateKind::ALL.into_iter().find(|of| of.as_str() == kind) else { return Ok(None) };
            let peer = match json.get("peer") {
                None => None,
                Some(peer) => {
                    Some(peer.as_text().and_then(|id| id.parse().ok()).ok_or_else(|| wrong("peer"))?)
                }
            };
            let value = text("value")?.chars().take(MAX_VALUE_CHARS).collect();
            Event::State(State { of, value, peer })
        }
    };
    Ok(Some(Entry { number: number("number", MAX_TIME_US)?, at_us: number("at_us", MAX_TIME_US)?, event }))
}

fn member<'a>(json: &'a Json, place: &str, name: &str) -> Result<&'a Json, CapsuleError> {
    json.get(name).ok_or_else(|| CapsuleError::at(ErrorKind::Missing, &path(place, name)))
}

fn path(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { [place, ".", name].concat() }
}
