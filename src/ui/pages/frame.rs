//! The frame of every page: name, language switch, window title.

use leptos::prelude::*;

use crate::ui::{
    dom,
    pages::page::window_title,
    parts::icons::mark,
    reactive::{Derived, effect},
    text::{i18n::I18n, language::Language, page as text},
};

/// A page: head line, then content.
#[component]
pub fn Frame(
    /// The window title.
    title: Derived<String>,
    /// The class of the content.
    class: &'static str,
    /// What is in the middle of the head line.
    #[prop(optional)]
    middle: Option<AnyView>,
    /// Whether a call is going on. Then the link to the home page opens a new tab.
    #[prop(optional)]
    in_call: Option<Derived<bool>>,
    children: Children,
) -> impl IntoView {
    let i18n = I18n::from_context();
    effect(move || dom::set_title(&window_title(&title.get())));
    view! {
        <a class="skip" href="#content">{i18n.t(&text::SKIP_TO_CONTENT)}</a>
        <header class="bar">
            <a href="/" class="wordmark" target=move || in_call.is_some_and(Derived::get).then_some("_blank")>
                <span>"hall"</span>
                {mark()}
                <span class="sr-only">"oo"</span>
            </a>
            <div class="bar-middle">{middle}</div>
            <LanguageSwitch/>
        </header>
        <main id="content" class=class>{children()}</main>
    }
}

#[component]
fn LanguageSwitch() -> impl IntoView {
    let i18n = I18n::from_context();
    view! {
        <div class="languages" role="group" aria-label=i18n.t(&text::LANGUAGE)>
            {Language::ALL
                .into_iter()
                .map(|language| {
                    view! {
                        <button
                            type="button"
                            lang=language.tag()
                            aria-pressed=move || (i18n.language() == language).to_string()
                            on:click=move |_| i18n.switch_to(language)
                        >
                            {language.own_name()}
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
}
