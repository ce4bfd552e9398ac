//! JSON of anybody: with all members, in order, whether or not this program knows them.
//!
//! By `serde_json`, unlike [`crate::protocol`]: it says where a text is broken, and this is in a part of the
//! client that loads late.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::Number;

/// How deeply lists and objects may be nested. `serde_json` itself reads up to 128.
pub(super) const MAX_DEPTH: usize = 64;

/// A JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Self>),
    /// An object. A name may occur twice.
    Object(Vec<(String, Self)>),
}

/// Where and why a text is not JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotJson {
    /// Line, from 1 on.
    pub line: usize,
    /// Column, from 1 on.
    pub column: usize,
    /// Lists and objects are nested too deeply.
    pub too_deep: bool,
}

impl Json {
    /// Reads a text that is one JSON value.
    pub fn parse(text: &str) -> Result<Self, NotJson> {
        let read = serde_json::from_str(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
            let read = text.as_bytes().get(..before + column).unwrap_or(text.as_bytes());
            NotJson { line, column, too_deep: depth(read) > MAX_DEPTH }
        })?;
        if depth(text.as_bytes()) > MAX_DEPTH {
            return Err(NotJson { line: 1, column: 1, too_deep: true });
        }
        Ok(read)
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// An object with these members.
    pub fn object<const N: usize>(members: [(&str, Self); N]) -> Self {
        Self::Object(members.map(|(name, value)| (name.to_owned(), value)).into())
    }

    /// A member of an object, the last if there are several of this name.
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().rev().find(|(other, _)| other == name).map(|(_, value)| value)
    }

    /// A member that is a text.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_text()
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The number, if it is a whole one that is not negative.
    pub fn as_u64(&self) -> Option<u64> {
        if let Self::Number(number) = self { number.as_u64() } else { None }
    }

    /// The items, if it is a list.
    pub fn items(&self) -> Option<&[Self]> {
        if let Self::List(items) = self { Some(items) } else { None }
    }

    /// In one line, without spaces.
    pub fn compact(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, None);
        out
    }

    /// With a line for each item and each member.
    pub fn pretty(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, Some(0));
        out
    }

    /// Writes the value; `indent` is that of the line, if there are to be lines.
    fn write(&self, out: &mut String, indent: Option<usize>) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(number) => out.push_str(&number.to_string()),
            Self::Text(text) => write_text(text, out),
            Self::List(items) => {
                within(out, indent, ['[', ']'], items.len(), |out, at, indent| items[at].write(out, indent));
            }
            Self::Object(members) => within(out, indent, ['{', '}'], members.len(), |out, at, indent| {
                let (name, value) = &members[at];
                write_text(name, out);
                out.push_str(if indent.is_some() { ": " } else { ":" });
                value.write(out, indent);
            }),
        }
    }
}

/// How deeply lists and objects are nested in a text that is JSON as far as it goes. Not told by formatting
/// an error of `serde_json`, which would link all of its messages into the client.
fn depth(text: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_text, mut escaped) = (false, false);
    for byte in text {
        match *byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_text,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => depth += 1,
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

impl From<u64> for Json {
    fn from(number: u64) -> Self {
        Self::Number(number.into())
    }
}

fn write_text(text: &str, out: &mut String) {
    // Fails only for what is no text.
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

/// Writes items between brackets, with commas between them.
fn within(
    out: &mut String,
    indent: Option<usize>,
    [open, close]: [char; 2],
    count: usize,
    item: impl Fn(&mut String, usize, Option<usize>),
) {
    let line = |out: &mut String, indent: Option<usize>| {
        if let Some(indent) = indent.filter(|_| count > 0) {
            out.push('\n');
            out.push_str(&"  ".repeat(indent));
        }
    };
    let inner = indent.map(|indent| indent + 1);
    out.push(open);
    for at in 0..count {
        if at > 0 {
            out.push(',');
        }
        line(out, inner);
        item(out, at, inner);
    }
    line(out, indent);
    out.push(close);
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(Number::from_f64(number).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::text(text))
    }

    fn visit_string<E>(self, text: String) -> Result<Json, E> {
        Ok(Json::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = object.next_entry()? {
            members.push(member);
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn members_keep_their_order_and_their_doubles() {
        let text = r#"{"z":1,"a":[true,null,-2,0.5],"z":"twice"}"#;
        let json = Json::parse(text).unwrap();
        assert_eq!(json.compact(), text);
        assert_eq!(json.text_of("z"), Some("twice"));
    }

    #[test]
    fn lines_are_indented() {
        let json = Json::parse(r#"{"a":[1,{"b":"\n\u0001"}],"c":{},"d":[]}"#).unwrap();
        let lines = r#"{
  "a": [
    1,
    {
      "b": "\n\u0001"
    }
  ],
  "c": {},
  "d": []
}"#;
        assert_eq!(json.pretty(), lines);
        assert_eq!(Json::parse(lines).unwrap(), json);
    }

    #[test]
    fn an_error_says_where() {
        let error = Json::parse("{\n  \"a\": 1,\n  oops\n}").unwrap_err();
        assert_eq!((error.line, error.column, error.too_deep), (3, 3, false));
    }

    #[test]
    fn what_is_nested_too_deeply_is_an_error() {
        let nested = |depth: usize| ["[".repeat(depth), "]".repeat(depth)].concat();
        assert!(Json::parse(&nested(MAX_DEPTH)).is_ok());
        for depth in [MAX_DEPTH + 1, 127, 100_000] {
            assert!(Json::parse(&nested(depth)).unwrap_err().too_deep, "{depth}");
        }
        let error = Json::parse(&format!("oops{}", "[".repeat(100))).unwrap_err();
        assert!(!error.too_deep, "it is broken before that");
        // Neither side by side nor within texts.
        let brackets = "[".repeat(100);
        let flat = format!(r#"[{}"\\","\"{brackets}\"","{brackets}"]"#, "[],".repeat(100));
        assert!(Json::parse(&flat).is_ok());
    }
}
