//! What every page has around it: the name, the language switch, the title.

use leptos::prelude::*;

use crate::ui::{
    dom,
    pages::page::window_title,
    parts::icons::Mark,
    text::{i18n::I18n, language::Language},
};

/// A page: head line, then content.
#[component]
pub fn Frame(
    /// The name of the page or of its state, for the window's title.
    #[prop(into)]
    title: Signal<String>,
    /// A class that names the kind of page.
    class: &'static str,
    /// What stands in the middle of the head line.
    #[prop(optional)]
    middle: Option<ViewFn>,
    /// A click on the name must not end what goes on on this page.
    #[prop(optional, into)]
    busy: Signal<bool>,
    children: Children,
) -> impl IntoView {
    let i18n = I18n::from_context();
    Effect::new(move |_| dom::set_title(&window_title(&title.get())));
    view! {
        <a class="skip" href="#content">{i18n.t(|t| t.skip_to_content)}</a>
        <header class="bar">
            <a href="/" class="wordmark" target=move || busy.get().then_some("_blank")>
                <span>"hall"</span>
                <Mark/>
                <span class="sr-only">"oo"</span>
            </a>
            <div class="bar-middle">{middle.map(|middle| middle.run())}</div>
            <LanguageSwitch/>
        </header>
        <main id="content" class=class>
            <noscript>
                <p class="notice">{i18n.t(|t| t.needs_javascript)}</p>
            </noscript>
            {children()}
        </main>
    }
}

#[component]
fn LanguageSwitch() -> impl IntoView {
    let i18n = I18n::from_context();
    view! {
        <div class="languages" role="group" aria-label=i18n.t(|t| t.language)>
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
