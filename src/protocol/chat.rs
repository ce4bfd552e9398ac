//! What is sent over the chat channel of a connection: one JSON object per message, with a `kind`. These
//! messages pass no server. `docs/PROTOCOL.md` describes them; `tests/fixtures/chat` holds one document each.

use std::{fmt, str::FromStr};

use super::{
    DisplayName, PeerId,
    json::{FromJson, Json, Members},
    object_writer::{ObjectWriter, write_list},
};

/// Longest text of a message, in bytes of UTF-8.
pub const MAX_TEXT_BYTES: usize = 8 * 1024;

/// Longest JSON text of a message on a channel, in bytes: a text may double where every character is escaped.
pub const MAX_CHANNEL_BYTES: usize = 18 * 1024;

/// Largest number that JSON carries exactly everywhere (RFC 8259, section 6).
pub const MAX_CLOCK: u64 = (1 << 53) - 1;

/// Most former seats that somebody names.
pub const MAX_FORMER_SEATS: usize = 8;

/// A 128-bit number that is written as 32 lower-case hexadecimal digits.
macro_rules! hexadecimal {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// The one of this number.
            pub const fn new(number: u128) -> Self {
                Self(number)
            }
        }

        impl FromStr for $name {
            type Err = InvalidNumber;

            fn from_str(text: &str) -> Result<Self, InvalidNumber> {
                let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
                if text.len() != 32 || !text.bytes().all(is_digit) {
                    return Err(InvalidNumber);
                }
                u128::from_str_radix(text, 16).map(Self).map_err(|_| InvalidNumber)
            }
        }

        impl FromJson for $name {
            fn from_json(json: &Json) -> Option<Self> {
                json.as_text()?.parse().ok()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:032x}", self.0)
            }
        }
    };
}

pub(super) use hexadecimal;

/// A text that is not such a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("32 lower-case hexadecimal digits are expected")]
pub struct InvalidNumber;

hexadecimal! {
    /// One message: the seat of its author, and a random number. So nobody else can use up the id.
    MessageId
}

hexadecimal! {
    /// What somebody proves with to one other person that they sat on another seat before: random, and known
    /// to the two only. `Debug` hides it.
    ProofKey
}

impl MessageId {
    /// The message of this author with this random number.
    pub(crate) const fn of(author: PeerId, number: u64) -> Self {
        Self((author.number() as u128) << 64 | number as u128)
    }

    /// Whether it is the id of a message of this author.
    pub(crate) const fn is_of(self, author: PeerId) -> bool {
        (self.0 >> 64) as u64 == author.number()
    }

    /// The lower half of the number.
    pub(crate) const fn low(self) -> u64 {
        self.0 as u64
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageId({self})")
    }
}

impl fmt::Debug for ProofKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProofKey(..)")
    }
}

/// What is sent over a chat channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatMsg {
    /// The first message of each side; again if it could not be sent.
    Hello(ChatHello),
    /// A message of the sender; again if it was not acknowledged, and with a higher revision once it was
    /// changed.
    Say(ChatMessage),
    /// Acknowledges a message.
    Received {
        /// Which.
        id: MessageId,
        /// In which revision.
        revision: u32,
    },
    /// Messages of the sender and of others, from before.
    History {
        /// In their order.
        messages: Vec<ChatMessage>,
        /// More follow.
        more: bool,
    },
}

/// Who speaks on a channel, and what they have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatHello {
    /// The same for as long as the tab of the sender lives, another for every peer.
    pub key: ProofKey,
    /// Seats on which the sender sat before, the newest last.
    pub former: Vec<PeerId>,
    /// The clock of the sender.
    pub clock: u64,
    /// The messages that the sender has.
    pub digest: Digest,
    /// Answers a `hello`, and needs no answer.
    pub answer: bool,
}

/// A summary of a set of messages, to compare two sets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Digest {
    /// How many they are.
    pub count: u32,
    /// The sum over all of them, modulo 2^64: the lower half of the id times the revision plus 1.
    pub sum: u64,
}

impl Digest {
    /// Adds a message to the set.
    pub fn add(&mut self, id: MessageId, revision: u32) {
        self.count = self.count.saturating_add(1);
        self.sum = self.sum.wrapping_add(id.low().wrapping_mul(u64::from(revision) + 1));
    }
}

/// A message that somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatMessage {
    /// Which.
    pub id: MessageId,
    /// Its place in the order of all messages: a Lamport clock. Messages with the same clock are ordered by
    /// author, then by id.
    pub clock: u64,
    /// The seat of whoever wrote it.
    pub author: PeerId,
    /// What they were called.
    pub name: Option<DisplayName>,
    /// When it was written, in milliseconds since 1970, by the author's wall clock.
    pub at_ms: u64,
    /// To whom it is, if not to everybody.
    pub to: Option<PeerId>,
    /// The message to which it replies.
    pub reply_to: Option<MessageId>,
    /// How often it was changed.
    pub revision: u32,
    /// The text; `None` once it was deleted.
    pub text: Option<String>,
}

impl ChatMsg {
    /// The message as JSON.
    pub fn encode(&self) -> String {
        let kind = |kind| ObjectWriter::new().text("kind", kind);
        match self {
            Self::Hello(hello) => {
                let former: Vec<_> = hello.former.iter().map(ToString::to_string).collect();
                kind("hello")
                    .text("key", &hello.key.to_string())
                    .texts("former", &former)
                    .number("clock", hello.clock)
                    .number("count", u64::from(hello.digest.count))
                    .text("sum", &format!("{:016x}", hello.digest.sum))
                    .flag("answer", hello.answer)
            }
            Self::Say(message) => message.write(kind("say")),
            Self::Received { id, revision } => {
                kind("received").text("id", &id.to_string()).number("revision", u64::from(*revision))
            }
            Self::History { messages, more } => {
                kind("history").json("messages", &write_messages(messages)).flag("more", *more)
            }
        }
        .end()
    }

    /// Reads a message. `None` if it is malformed, or of a kind that is not known.
    pub fn decode(text: &str) -> Option<Self> {
        let json = Json::parse(text)?;
        let members = json.as_object()?;
        Some(match members.read::<String>("kind")?.as_str() {
            "hello" => Self::Hello(ChatHello {
                key: members.read("key")?,
                former: members.read_or_default("former")?,
                clock: members.read("clock")?,
                digest: Digest {
                    count: members.read("count")?,
                    sum: u64::from_str_radix(&members.read::<String>("sum")?, 16).ok()?,
                },
                answer: members.read_or_default("answer")?,
            }),
            "say" => Self::Say(ChatMessage::from_json(&json)?),
            "received" => Self::Received { id: members.read("id")?, revision: members.read("revision")? },
            "history" => {
                Self::History { messages: members.read("messages")?, more: members.read_or_default("more")? }
            }
            _ => return None,
        })
    }
}

impl ChatMessage {
    fn write(&self, object: ObjectWriter) -> ObjectWriter {
        object
            .text("id", &self.id.to_string())
            .number("clock", self.clock)
            .text("author", &self.author.to_string())
            .maybe_text("name", self.name.as_ref().map(DisplayName::as_str))
            .number("at_ms", self.at_ms)
            .maybe_text("to", self.to.map(|to| to.to_string()).as_deref())
            .maybe_text("reply_to", self.reply_to.map(|id| id.to_string()).as_deref())
            .number("revision", u64::from(self.revision))
            .maybe_text("text", self.text.as_deref())
    }
}

impl FromJson for ChatMessage {
    fn from_json(json: &Json) -> Option<Self> {
        let members = json.as_object()?;
        Some(Self {
            id: members.read("id")?,
            clock: members.read("clock")?,
            author: members.read("author")?,
            name: name(members),
            at_ms: members.read("at_ms")?,
            to: members.read_or_default("to")?,
            reply_to: members.read_or_default("reply_to")?,
            revision: members.read_or_default("revision")?,
            text: members.read_or_default("text")?,
        })
    }
}

/// A name that nobody can have is none.
fn name(members: &Members) -> Option<DisplayName> {
    members.read("name")
}

/// A list of messages as JSON.
pub(super) fn write_messages(messages: &[ChatMessage]) -> String {
    write_list(messages.iter().map(|message| message.write(ObjectWriter::new()).end()))
}
