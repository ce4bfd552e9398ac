//! Writes the requests of the client as JSON, and signals for clients: see [`super::json`] why without serde.

/// An object that is being written.
pub(super) struct ObjectWriter(String);

impl ObjectWriter {
    /// `{`
    pub(super) fn new() -> Self {
        Self("{".to_owned())
    }

    fn name(mut self, name: &str) -> Self {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        write_text(&mut self.0, name);
        self.0.push(':');
        self
    }

    /// A member that is written already.
    pub(super) fn json(self, name: &str, json: &str) -> Self {
        let mut named = self.name(name);
        named.0.push_str(json);
        named
    }

    /// A member that is a text.
    pub(super) fn text(self, name: &str, text: &str) -> Self {
        let mut named = self.name(name);
        write_text(&mut named.0, text);
        named
    }

    /// A member that is a text, if there is one.
    pub(super) fn maybe_text(self, name: &str, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(name, text),
            None => self,
        }
    }

    /// A member that is a number.
    pub(super) fn number(self, name: &str, number: u64) -> Self {
        self.json(name, &number.to_string())
    }

    /// A member that is true or false.
    pub(super) fn flag(self, name: &str, flag: bool) -> Self {
        self.json(name, if flag { "true" } else { "false" })
    }

    /// A member that is a list of texts.
    pub(super) fn texts(self, name: &str, texts: &[String]) -> Self {
        let mut named = self.name(name);
        named.0.push('[');
        for (at, text) in texts.iter().enumerate() {
            if at > 0 {
                named.0.push(',');
            }
            write_text(&mut named.0, text);
        }
        named.0.push(']');
        named
    }

    /// `}`
    pub(super) fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// A list of values that are written already.
pub(super) fn write_list(items: impl Iterator<Item = String>) -> String {
    let mut list = "[".to_owned();
    for item in items {
        if list.len() > 1 {
            list.push(',');
        }
        list.push_str(&item);
    }
    list.push(']');
    list
}

/// RFC 8259, section 7.
fn write_text(json: &mut String, text: &str) {
    json.push('"');
    for character in text.chars() {
        let short = match character {
            '"' | '\\' => character,
            '\u{8}' => 'b',
            '\u{c}' => 'f',
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            '\0'..='\u{1f}' => {
                json.push_str("\\u00");
                let digits = (u32::from(character) >> 4, u32::from(character) & 0xf);
                json.extend([digits.0, digits.1].map(|digit| char::from_digit(digit, 16).unwrap_or('0')));
                continue;
            }
            _ => {
                json.push(character);
                continue;
            }
        };
        json.push('\\');
        json.push(short);
    }
    json.push('"');
}
