//! What every page has around it: the name, the language switch, the title.

use leptos::{html, prelude::*};

use crate::ui::{
    dom,
    pages::page::window_title,
    parts::icons::Mark,
    text::language::{Language, Speech},
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
    let speech = Speech::from_context();
    Effect::new(move |_| dom::set_title(&window_title(&title.get())));
    view! {
        <a class="skip" href="#content">{speech.say(|t| t.skip_to_content)}</a>
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
                <p class="notice">{speech.say(|t| t.needs_javascript)}</p>
            </noscript>
            {children()}
        </main>
    }
}

#[component]
fn LanguageSwitch() -> impl IntoView {
    let speech = Speech::from_context();
    view! {
        <div class="languages" role="group" aria-label=speech.say(|t| t.language)>
            {Language::ALL
                .into_iter()
                .map(|language| {
                    view! {
                        <button
                            type="button"
                            lang=language.tag()
                            aria-pressed=move || (speech.language() == language).to_string()
                            on:click=move |_| speech.switch_to(language)
                        >
                            {language.own_name()}
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
}

/// A heading that takes the keyboard focus when it appears, so that a screen reader says what has changed.
#[component]
pub fn Announced(
    /// Its text.
    #[prop(into)]
    text: Signal<String>,
    /// For headings that repeat what the page shows anyway.
    #[prop(optional)]
    hidden: bool,
) -> impl IntoView {
    let heading = NodeRef::<html::H1>::new();
    Effect::new(move |_| {
        if let Some(heading) = heading.get() {
            dom::focus(&heading);
        }
    });
    let class = if hidden { "sr-only" } else { "title" };
    view! { <h1 class=class tabindex="-1" node_ref=heading>{move || text.get()}</h1> }
}

/// The page for addresses that lead nowhere.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    let speech = Speech::from_context();
    view! {
        <Frame title=Signal::derive(move || speech.texts().not_found.to_owned()) class="page message">
            <h1 class="title">{speech.say(|t| t.not_found)}</h1>
            <p class="lead">{speech.say(|t| t.not_found_hint)}</p>
            <p class="actions">
                <a href="/" class="button primary">{speech.say(|t| t.home)}</a>
            </p>
        </Frame>
    }
}
