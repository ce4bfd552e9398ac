//! What stands in the place of values that were taken out.

use litemap::LiteMap;

use super::classes::Class;

/// More values than these are not told apart.
const MAX_PLACEHOLDERS: usize = 4096;

/// Placeholders such as `address-1`: equal ones stand for equal values of one class.
#[derive(Debug, Clone)]
pub(super) struct Placeholders {
    /// By class and value.
    known: LiteMap<String, String>,
    /// How many there are of a class.
    counts: LiteMap<&'static str, usize>,
}

impl Placeholders {
    pub(super) const fn new() -> Self {
        Self { known: LiteMap::new(), counts: LiteMap::new() }
    }

    /// The placeholder for a value. They are numbered in the order of their first appearance, so that what
    /// was redacted once stays the same when it is redacted again.
    pub(super) fn of(&mut self, class: Class, value: &str) -> String {
        let key = [class.word(), " ", value].concat();
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let number = self.counts.get(class.word()).copied().unwrap_or_default() + 1;
        let placeholder = [class.word(), "-", &number.to_string()].concat();
        if self.known.len() < MAX_PLACEHOLDERS {
            self.counts.insert(class.word(), number);
            self.known.insert(key, placeholder.clone());
        }
        placeholder
    }
}

/// Whether this is a placeholder of this class, or a value that looks like one.
pub(in super::super) fn is_placeholder(word: &str, value: &str) -> bool {
    let number = value.strip_prefix(word).and_then(|rest| rest.strip_prefix('-')).unwrap_or_default();
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}
