//! [`I18n`]: the language of a page and its texts, for components.

use leptos::prelude::*;

use super::{
    Texts,
    language::{LANGUAGE_COOKIE, Language},
};
use crate::ui::dom;

/// The page's language and its texts. A context; reading a text follows the language.
#[derive(Clone, Copy)]
pub struct I18n(RwSignal<Language>);

impl I18n {
    /// Provides the language to everything below.
    pub fn provide(language: Language) -> Self {
        let i18n = Self(RwSignal::new(language));
        provide_context(i18n);
        i18n
    }

    /// What [`I18n::provide`] provided.
    pub fn from_context() -> Self {
        use_context().unwrap_or_else(|| Self(RwSignal::new(Language::default())))
    }

    /// The language now.
    pub fn language(self) -> Language {
        self.0.get()
    }

    /// The texts of the language now.
    pub fn texts(self) -> &'static Texts {
        self.0.get().texts()
    }

    /// One text, for use in a view. Every use has the same type, which keeps the client small.
    pub fn t(self, pick: fn(&Texts) -> &'static str) -> impl Fn() -> &'static str + Copy + Send + 'static {
        move || pick(self.texts())
    }

    /// Changes the language in place, and remembers it. Browser only.
    pub fn switch_to(self, language: Language) {
        self.0.set(language);
        dom::set_root_attribute("lang", language.tag());
        dom::set_cookie(LANGUAGE_COOKIE, language.tag());
    }
}
