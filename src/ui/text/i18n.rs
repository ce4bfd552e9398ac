//! [`I18n`]: the language of a page and its texts, for components.

use std::sync::{Arc, Mutex};

use leptos::{prelude::*, tachys::reactive_graph::SharedReactiveFunction};

use super::{
    Template, Text,
    language::{LANGUAGE_COOKIE, Language},
};
use crate::ui::{dom, reactive::State};

/// The page's language and its texts. A context; reading a text follows the language.
#[derive(Clone, Copy)]
pub struct I18n(State<Language>);

impl I18n {
    /// Provides the language to everything below.
    pub fn provide(language: Language) -> Self {
        let i18n = Self(State::new(language));
        provide_context(i18n);
        i18n
    }

    /// What [`I18n::provide`] provided.
    pub fn from_context() -> Self {
        use_context().unwrap_or_else(|| Self(State::new(Language::default())))
    }

    /// The language now.
    pub fn language(self) -> Language {
        self.0.get()
    }

    /// A text, for use in a view. Of the type that closures in a view have, which keeps the client small.
    pub fn t(self, text: &'static Text) -> SharedReactiveFunction<&'static str> {
        Arc::new(Mutex::new(move || self.get(text)))
    }

    /// A text in the language now.
    pub fn get(self, text: &Text) -> &'static str {
        text.get(self.language())
    }

    /// A text with a word in its gap, in the language now.
    pub fn fill(self, template: &Template, word: &str) -> String {
        template.fill(self.language(), word)
    }

    /// Changes the language in place, and remembers it. Browser only.
    pub fn switch_to(self, language: Language) {
        self.0.set(language);
        dom::set_root_attribute("lang", language.tag());
        dom::set_cookie(LANGUAGE_COOKIE, language.tag());
    }
}
