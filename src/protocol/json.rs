//! JSON as the client reads it; [`super::object_writer`] writes it.
//!
//! The server reads requests with serde's derived readers, for speed. In the client these and `serde_json`
//! would be a tenth of all code, with everything that numbers with fractions need; no message has such.
//! The tests hold both ways of reading and writing to the same.

use std::str::FromStr;

use super::{DisplayName, PeerId, ResumeToken, RoomName};

/// How deeply lists and objects may be nested.
const MAX_DEPTH: u8 = 64;

/// A JSON value (RFC 8259).
#[derive(Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    /// A number; `None` unless it is a whole one from 0 to 2^64 - 1.
    Number(Option<u64>),
    Text(String),
    List(Vec<Self>),
    Object(Members),
}

/// The members of an object, in order.
#[derive(Debug, PartialEq)]
pub(super) struct Members(Vec<(String, Json)>);

/// A type that can be read from a JSON value.
pub(super) trait FromJson: Sized {
    /// `None` for a value of another kind.
    fn from_json(json: &Json) -> Option<Self>;
}

impl Json {
    /// Reads a text that is one JSON value.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader { text: text.as_bytes(), at: 0 };
        let value = reader.value(MAX_DEPTH)?;
        reader.skip_space();
        (reader.at == text.len()).then_some(value)
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(super) fn as_object(&self) -> Option<&Members> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }
}

impl Members {
    /// The member of this name, the last if there are several.
    pub(super) fn get(&self, name: &str) -> Option<&Json> {
        self.0.iter().rev().find(|(other, _)| other == name).map(|(_, value)| value)
    }

    /// Every member, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// `None` if there is none, or a value of another kind.
    pub(super) fn read<T: FromJson>(&self, name: &str) -> Option<T> {
        T::from_json(self.get(name)?)
    }

    /// `None` if there is a value of another kind.
    pub(super) fn read_or_default<T: FromJson + Default>(&self, name: &str) -> Option<T> {
        self.get(name).map_or_else(|| Some(T::default()), T::from_json)
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// Takes this byte if it comes next.
    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: u8) -> Option<Json> {
        self.skip_space();
        match self.peek()? {
            b'n' => self.word("null", Json::Null),
            b't' => self.word("true", Json::Bool(true)),
            b'f' => self.word("false", Json::Bool(false)),
            b'"' => self.text().map(Json::Text),
            b'[' => self.list(depth.checked_sub(1)?),
            b'{' => self.object(depth.checked_sub(1)?),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &str, value: Json) -> Option<Json> {
        let end = self.at + word.len();
        let found = self.text.get(self.at..end)? == word.as_bytes();
        self.at = end;
        found.then_some(value)
    }

    fn list(&mut self, depth: u8) -> Option<Json> {
        let mut list = Vec::new();
        self.items(b']', |reader| {
            list.push(reader.value(depth)?);
            Some(())
        })?;
        Some(Json::List(list))
    }

    fn object(&mut self, depth: u8) -> Option<Json> {
        let mut members = Vec::new();
        self.items(b'}', |reader| {
            let name = reader.text()?;
            reader.skip_space();
            let value = reader.take(b':').then(|| reader.value(depth))??;
            members.push((name, value));
            Some(())
        })?;
        Some(Json::Object(Members(members)))
    }

    /// Reads from the opening bracket to the closing one.
    fn items(&mut self, close: u8, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.at += 1;
        self.skip_space();
        if self.take(close) {
            return Some(());
        }
        loop {
            self.skip_space();
            item(self)?;
            self.skip_space();
            match self.next()? {
                b',' => {}
                byte => return (byte == close).then_some(()),
            }
        }
    }

    fn number(&mut self) -> Option<Json> {
        let negative = self.take(b'-');
        let mut whole = (!negative).then_some(0_u64);
        let first = self.peek();
        let digits = self.digits(|digit| {
            whole = whole.and_then(|number| number.checked_mul(10)?.checked_add(digit));
        });
        if digits == 0 || (first == Some(b'0') && digits > 1) {
            return None;
        }
        if self.take(b'.') {
            whole = None;
            if self.digits(|_| {}) == 0 {
                return None;
            }
        }
        if self.take(b'e') || self.take(b'E') {
            whole = None;
            let _ = self.take(b'+') || self.take(b'-');
            if self.digits(|_| {}) == 0 {
                return None;
            }
        }
        Some(Json::Number(whole))
    }

    /// How many digits there are; each is given to `each`.
    fn digits(&mut self, mut each: impl FnMut(u64)) -> usize {
        let start = self.at;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            each(u64::from(digit - b'0'));
            self.at += 1;
        }
        self.at - start
    }

    fn text(&mut self) -> Option<String> {
        if !self.take(b'"') {
            return None;
        }
        let mut text = Vec::new();
        loop {
            match self.next()? {
                b'"' => return String::from_utf8(text).ok(),
                b'\\' => {
                    let character = self.escaped()?;
                    text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
                0..=0x1f => return None,
                byte => text.push(byte),
            }
        }
    }

    fn escaped(&mut self) -> Option<char> {
        Some(match self.next()? {
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.hex()?;
                if !(0xd800..0xdc00).contains(&first) {
                    return char::from_u32(first);
                }
                let second = (self.take(b'\\') && self.take(b'u')).then(|| self.hex())??;
                let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
                return char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + low);
            }
            _ => return None,
        })
    }

    fn hex(&mut self) -> Option<u32> {
        let mut number = 0;
        for _ in 0..4 {
            number = number << 4 | char::from(self.next()?).to_digit(16)?;
        }
        Some(number)
    }
}

impl FromJson for bool {
    fn from_json(json: &Json) -> Option<Self> {
        if let Json::Bool(value) = json { Some(*value) } else { None }
    }
}

impl FromJson for u64 {
    fn from_json(json: &Json) -> Option<Self> {
        if let Json::Number(value) = json { *value } else { None }
    }
}

impl FromJson for u32 {
    fn from_json(json: &Json) -> Option<Self> {
        u64::from_json(json)?.try_into().ok()
    }
}

impl FromJson for u16 {
    fn from_json(json: &Json) -> Option<Self> {
        u64::from_json(json)?.try_into().ok()
    }
}

fn parsed<T: FromStr>(json: &Json) -> Option<T> {
    json.as_text()?.parse().ok()
}

impl FromJson for String {
    fn from_json(json: &Json) -> Option<Self> {
        json.as_text().map(str::to_owned)
    }
}

impl FromJson for RoomName {
    fn from_json(json: &Json) -> Option<Self> {
        parsed(json)
    }
}

impl FromJson for DisplayName {
    fn from_json(json: &Json) -> Option<Self> {
        parsed(json)
    }
}

impl FromJson for PeerId {
    fn from_json(json: &Json) -> Option<Self> {
        parsed(json)
    }
}

impl FromJson for ResumeToken {
    fn from_json(json: &Json) -> Option<Self> {
        parsed(json)
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(json: &Json) -> Option<Self> {
        if *json == Json::Null { Some(None) } else { T::from_json(json).map(Some) }
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(json: &Json) -> Option<Self> {
        if let Json::List(list) = json { list.iter().map(T::from_json).collect() } else { None }
    }
}
