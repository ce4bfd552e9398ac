//! What the page says, by area. A text holds all languages side by side: one that is missing does not
//! compile, and a part of the client that loads late brings just the texts that it uses.

pub mod call;
pub mod chat;
pub mod devices;
pub mod diagnosis;
pub mod diagnosis_verdicts;
pub mod ended;
pub mod files;
pub mod home;
pub mod i18n;
pub mod language;
pub mod late;
pub mod lobby;
pub mod not_found;
pub mod notices;
pub mod page;
pub mod panels;
pub mod people;
pub mod saver;
pub mod screen;
pub mod sdp;
pub mod shortcuts;
pub mod signal_words;
pub mod signals;
pub mod stage;
pub mod status;
pub mod together;

use language::Language;

/// A text in every language.
#[derive(Debug, PartialEq, Eq)]
pub struct Text {
    english: &'static str,
    simplified_chinese: &'static str,
}

/// A text with one gap: what comes before it and after it, in every language.
#[derive(Debug, PartialEq, Eq)]
pub struct Template {
    english: [&'static str; 2],
    simplified_chinese: [&'static str; 2],
}

/// Makes a text.
const fn text(english: &'static str, simplified_chinese: &'static str) -> Text {
    Text { english, simplified_chinese }
}

/// Makes a text with a gap.
const fn template(english: [&'static str; 2], simplified_chinese: [&'static str; 2]) -> Template {
    Template { english, simplified_chinese }
}

impl Text {
    /// The text in this language.
    pub const fn get(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::SimplifiedChinese => self.simplified_chinese,
        }
    }
}

impl Template {
    /// The text in this language, with a word in its gap.
    pub fn fill(&self, language: Language, word: &str) -> String {
        let [before, after] = match language {
            Language::English => self.english,
            Language::SimplifiedChinese => self.simplified_chinese,
        };
        [before, word, after].concat()
    }
}
