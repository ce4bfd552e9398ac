//! What a text may hold.

use crate::protocol::MAX_TEXT_BYTES;

/// A text as it is sent and shown: without what cannot be seen but changes the text around it, and without
/// white space at its end. `None` if nothing is left.
pub(super) fn clean(text: &str) -> Option<String> {
    // Many texts come from systems that write line breaks as two characters.
    let text: String = text.chars().filter(|c| !is_hidden_control(*c)).collect();
    let text = text.trim_end().trim_start_matches('\n');
    let is_seen = text.chars().any(|c| !c.is_whitespace());
    is_seen.then(|| text.to_owned())
}

/// Control characters other than line breaks and tabs, and what turns the direction of text (UAX 9, section
/// 2).
fn is_hidden_control(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The part of a text that fits into a message. Whether something was cut off shows in its length.
pub fn fitting(text: &str) -> &str {
    let mut end = text.len().min(MAX_TEXT_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_stay_and_hidden_characters_do_not() {
        assert_eq!(clean("\n\n  a\r\n\tb \u{202e}c\0\n \n").as_deref(), Some("  a\n\tb c"));
        assert_eq!(clean(" \n\u{202e}\t"), None);
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let text = "\u{4e2d}".repeat(4_000);
        assert_eq!(fitting(&text).len(), 8_190);
        assert_eq!(fitting("short"), "short");
    }
}
