//! Names and ids. Parsing is the validation: a value of one of these types is always well-formed.

use std::{fmt, marker::PhantomData, str::FromStr, sync::Arc};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};
use thiserror::Error;

/// Name of a room: 1 to 64 of `a-z`, `0-9` and `-`. Upper case is folded on the way in.
///
/// The name is the secret that lets people in, so generated names are unguessable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomName(Arc<str>);

impl RoomName {
    /// Longest name, in characters.
    pub const MAX_CHARS: usize = 64;

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RoomName {
    type Err = InvalidRoom;

    fn from_str(text: &str) -> Result<Self, InvalidRoom> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if text.is_empty() || text.len() > Self::MAX_CHARS || !text.bytes().all(allowed) {
            return Err(InvalidRoom);
        }
        Ok(Self(text.to_ascii_lowercase().into()))
    }
}

/// A text that is not a [`RoomName`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a room name is 1 to 64 of the characters a-z, 0-9 and -")]
pub struct InvalidRoom;

/// What a person is called in a call: 1 to 40 characters, no control characters, at least one visible
/// character, outer white space trimmed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DisplayName(Arc<str>);

impl DisplayName {
    /// Longest name, in characters (not bytes).
    pub const MAX_CHARS: usize = 40;

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name in what somebody typed or pasted, whatever it is: without the characters that no name has,
    /// and cut off where it is too long. None if nothing is left.
    pub fn from_typed(typed: &str) -> Option<Self> {
        let visible = typed
            .trim()
            .chars()
            .map(|c| if c == '\t' { ' ' } else { c })
            .filter(|c| !is_invisible_control(*c));
        visible.take(Self::MAX_CHARS).collect::<String>().parse().ok()
    }
}

impl FromStr for DisplayName {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let text = text.trim();
        let is_allowed = |c| !is_invisible_control(c);
        if text.chars().count() <= Self::MAX_CHARS
            && text.chars().all(is_allowed)
            && text.chars().any(is_visible)
        {
            Ok(Self(text.into()))
        } else {
            Err(InvalidName)
        }
    }
}

/// Control characters, separators of lines and paragraphs, annotations, and what turns the direction of the
/// text around it (UAX 9, section 2).
fn is_invisible_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fff9}'..='\u{fffb}')
}

/// Whether something is seen of a character by itself.
fn is_visible(c: char) -> bool {
    // BRAILLE PATTERN BLANK and MUSICAL SYMBOL NULL NOTEHEAD.
    let is_blank = c.is_whitespace() || matches!(c, '\u{2800}' | '\u{1d159}');
    !(is_blank || is_ignorable(c))
}

/// `Default_Ignorable_Code_Point` (UAX 44, section 5.3). A crate with the whole of Unicode would weigh more
/// in the page; a test compares with one.
pub fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}')
        || matches!(c, '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
        || matches!(c, '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}')
        || matches!(c, '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// A text that is not a [`DisplayName`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a name is 1 to 40 characters, one of them visible, none a control or turning the direction of text")]
pub struct InvalidName;

/// One person's place in one room, minted by the server.
///
/// On the wire it is 16 lower-case hexadecimal digits, so that comparing the texts and comparing the numbers
/// give the same order: the smaller of two is the polite side of their negotiation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(u64);

impl PeerId {
    /// A peer id of this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number behind the text.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// Whether this side gives way when two offers cross (W3C webrtc, "perfect negotiation").
    pub fn is_polite_towards(self, other: Self) -> bool {
        self < other
    }
}

impl fmt::Display for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PeerId({self})")
    }
}

impl FromStr for PeerId {
    type Err = InvalidPeer;

    fn from_str(text: &str) -> Result<Self, InvalidPeer> {
        if text.len() != 16 || !is_lower_hex(text) {
            return Err(InvalidPeer);
        }
        u64::from_str_radix(text, 16).map(Self).map_err(|_| InvalidPeer)
    }
}

/// A text that is not a [`PeerId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a peer id is 16 lower-case hexadecimal digits")]
pub struct InvalidPeer;

/// Proof of a seat: names a room and a [`PeerId`], authenticated by the server's key. Opaque to clients.
///
/// `Debug` hides it: whoever has the token can take the seat.
#[derive(Clone, PartialEq, Eq)]
pub struct ResumeToken(Arc<str>);

impl ResumeToken {
    const MAX_BYTES: usize = 128;

    /// The token as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ResumeToken {
    type Err = InvalidToken;

    fn from_str(text: &str) -> Result<Self, InvalidToken> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        if text.is_empty() || text.len() > Self::MAX_BYTES || !text.bytes().all(allowed) {
            return Err(InvalidToken);
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Debug for ResumeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResumeToken(..)")
    }
}

/// A text that cannot be a [`ResumeToken`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a resume token is 1 to 128 of the characters A-Z, a-z, 0-9, '-', '_' and '.'")]
pub struct InvalidToken;

/// One visit to a room, named by the client before its first `join`: by it the server knows a join again
/// whose answer was lost. 32 lower-case hexadecimal digits, from a cryptographic source of chance.
///
/// `Debug` hides it: whoever has it can take the seat.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct VisitId(u128);

impl VisitId {
    /// The visit of this number, which nobody must be able to guess.
    pub const fn new(number: u128) -> Self {
        Self(number)
    }
}

impl FromStr for VisitId {
    type Err = InvalidVisit;

    fn from_str(text: &str) -> Result<Self, InvalidVisit> {
        if text.len() != 32 || !is_lower_hex(text) {
            return Err(InvalidVisit);
        }
        u128::from_str_radix(text, 16).map(Self).map_err(|_| InvalidVisit)
    }
}

impl fmt::Debug for VisitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VisitId(..)")
    }
}

/// A text that is not a [`VisitId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a visit is 32 lower-case hexadecimal digits")]
pub struct InvalidVisit;

fn is_lower_hex(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Reads a string through [`FromStr`], without a copy of it.
struct TextVisitor<T>(PhantomData<T>);

impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

/// Types that are strings in JSON.
macro_rules! string_in_json {
    ($($type:ty, |$this:ident, $serializer:ident| $written:expr;)*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, $serializer: S) -> Result<S::Ok, S::Error> {
                let $this = self;
                $written
            }
        }
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(TextVisitor(PhantomData))
            }
        }
    )*};
}

string_in_json! {
    RoomName, |name, serializer| serializer.serialize_str(&name.0);
    DisplayName, |name, serializer| serializer.serialize_str(&name.0);
    PeerId, |id, serializer| serializer.collect_str(id);
    ResumeToken, |token, serializer| serializer.serialize_str(&token.0);
    VisitId, |visit, serializer| serializer.collect_str(&format_args!("{:032x}", visit.0));
}

impl From<VisitId> for String {
    fn from(visit: VisitId) -> Self {
        format!("{:032x}", visit.0)
    }
}

impl fmt::Display for RoomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for DisplayName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
