//! [`FileName`]: a name that can be shown and saved, made of whatever a peer sent.

use crate::protocol::is_ignorable;

/// Longest name, in characters, and in bytes of UTF-8: file systems take 255.
const MAX_CHARS: usize = 100;
const MAX_BYTES: usize = 200;
/// Longest ending that stays when a name is shortened, with its dot. Unit: character.
const MAX_ENDING: usize = 16;
/// What a file is called that has no name.
const NAMELESS: &str = "file";
/// What Windows does not save under (without what follows the first dot).
const RESERVED: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// The name of a file: one line without a path, of bounded length, whose direction nothing in it turns, and
/// under which every system can save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName(String);

impl FileName {
    /// The name that is left of a text when everything else is taken out.
    pub fn of(text: &str) -> Self {
        let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
        let seen: String = last.chars().filter(|c| !c.is_control() && !is_ignorable(*c)).collect();
        // One space: a row of them would move the ending out of sight.
        let words: Vec<_> = seen.split(is_blank).filter(|word| !word.is_empty()).collect();
        let name: String = words.join(" ").chars().map(savable).collect();
        let name = trimmed(&name);
        let name = if name.is_empty() { NAMELESS } else { name };
        let name = if is_reserved(name) { ["_", name].concat() } else { name.to_owned() };
        Self(shortened(&name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name without its ending, and the ending with its dot, which may be empty. To be shown apart, so
    /// that the ending is seen however long the name is, and where it is however the name is written.
    pub fn parts(&self) -> (&str, &str) {
        parts(&self.0)
    }
}

fn parts(name: &str) -> (&str, &str) {
    let at = name.rfind('.').filter(|at| *at > 0 && name[*at..].chars().count() <= MAX_ENDING);
    name.split_at(at.unwrap_or(name.len()))
}

fn is_blank(c: char) -> bool {
    // BRAILLE PATTERN BLANK
    c.is_whitespace() || c == '\u{2800}'
}

/// Nothing that means something to a file system or a shell of Windows.
fn savable(c: char) -> char {
    if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '~' | '%') { '_' } else { c }
}

/// Without dots and spaces around it: hidden files, and what Windows drops.
fn trimmed(name: &str) -> &str {
    name.trim_matches(['.', ' '])
}

fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let mut ends = stem.chars();
    let is_numbered = ends.next_back().is_some_and(|c| c.is_numeric());
    RESERVED[..4].contains(&stem.as_str()) || (is_numbered && RESERVED[4..].contains(&ends.as_str()))
}

/// A name that is not too long: without the end of what is before its ending.
fn shortened(name: &str) -> String {
    let fits = |name: &str| name.chars().count() <= MAX_CHARS && name.len() <= MAX_BYTES;
    if fits(name) {
        return name.to_owned();
    }
    let (stem, ending) = parts(name);
    let mut stem: String = stem.chars().take(MAX_CHARS).collect();
    loop {
        let short = [stem.trim_end_matches(['.', ' ']), "\u{2026}", ending].concat();
        if fits(&short) || stem.pop().is_none() {
            return short;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn named(text: &str) -> String {
        FileName::of(text).0
    }

    #[test]
    fn a_usual_name_stays() {
        for name in ["a", "report.pdf", "My photo (2).jpeg", "\u{4f60}\u{597d}.txt", "archive.tar.gz", "1.5"]
        {
            assert_eq!(named(name), name);
        }
    }

    #[test]
    fn nothing_is_saved_elsewhere_or_hidden() {
        assert_eq!(named("../../etc/passwd"), "passwd");
        assert_eq!(named("C:\\Windows\\system32\\evil.dll"), "evil.dll");
        assert_eq!(named("..\\.bashrc"), "bashrc");
        assert_eq!(named("C:evil|x?.txt"), "C_evil_x_.txt");
        assert_eq!(named("name. . ."), "name");
        for nothing in ["", ".", "..", "/", " / ", "\u{202e}", "a/", "\0"] {
            assert_eq!(named(nothing), "file", "{nothing:?}");
        }
    }

    #[test]
    fn names_of_devices_are_none() {
        assert_eq!(named("con"), "_con");
        assert_eq!(named("NUL.txt"), "_NUL.txt");
        assert_eq!(named("Com1.tar.gz"), "_Com1.tar.gz");
        assert_eq!(named("lpt\u{b9}"), "_lpt\u{b9}");
        assert_eq!(named("console.txt"), "console.txt");
        assert_eq!(named("com.txt"), "com.txt");
    }

    #[test]
    fn the_ending_is_the_last_thing_that_is_seen() {
        assert_eq!(named("cv\u{202e}fdp.exe"), "cvfdp.exe");
        assert_eq!(named("cv.pdf          \u{3000}  .exe"), "cv.pdf .exe");
        assert_eq!(named("a\nb\r\u{85}.txt\u{0}"), "ab.txt");
        let long = named(&["x".repeat(300), ".pdf".to_owned(), " ".repeat(99), ".exe".to_owned()].concat());
        assert!(long.ends_with("\u{2026}.exe"), "{long}");
        assert_eq!(FileName::of("cv.pdf .exe").parts(), ("cv.pdf ", ".exe"));
        assert_eq!(FileName::of("README").parts(), ("README", ""));
        assert_eq!(FileName::of("a.this is no ending at all").parts(), ("a.this is no ending at all", ""));
    }

    proptest! {
        #[test]
        fn whatever_comes_is_a_name(text in any::<String>(), tail in "[./\\\\ a\u{202e}\u{4e2d}]{0,300}") {
            let name = named(&(text + &tail));
            prop_assert!(!name.is_empty() && name.chars().count() <= MAX_CHARS && name.len() <= MAX_BYTES);
            let bad = |c: char| c.is_control() || is_ignorable(c) || "/\\<>:\"|?*".contains(c);
            prop_assert!(!name.contains(bad), "{:?}", name);
            prop_assert!(!name.starts_with(['.', ' ']) && !name.ends_with(['.', ' ']), "{:?}", name);
            prop_assert!(!is_reserved(&name));
            prop_assert_eq!(named(&name), name, "twice is the same");
        }
    }
}
