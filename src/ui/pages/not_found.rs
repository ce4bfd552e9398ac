//! Pages for paths that do not exist.

use leptos::prelude::*;

use crate::ui::{
    pages::frame::Frame,
    reactive::Derived,
    text::{i18n::I18n, not_found as text, page::HOME},
};

/// The page for a path that does not exist.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    let i18n = I18n::from_context();
    view! {
        <Frame title=Derived::new(move || i18n.get(&text::NOT_FOUND).to_owned()) class="page message">
            <h1 class="title">{i18n.t(&text::NOT_FOUND)}</h1>
            <p class="lead">{i18n.t(&text::NOT_FOUND_HINT)}</p>
            <p class="actions">
                <a href="/" class="button primary">{i18n.t(&HOME)}</a>
            </p>
        </Frame>
    }
}

/// The page for an invalid room name.
#[component]
pub fn BadRoomPage() -> impl IntoView {
    let i18n = I18n::from_context();
    view! {
        <Frame title=Derived::new(move || i18n.get(&text::BAD_ROOM).to_owned()) class="page message">
            <h1 class="title">{i18n.t(&text::BAD_ROOM)}</h1>
            <p class="lead">{i18n.t(&text::BAD_ROOM_HINT)}</p>
            <p class="actions">
                <a href="/" class="button primary">{i18n.t(&HOME)}</a>
            </p>
        </Frame>
    }
}
