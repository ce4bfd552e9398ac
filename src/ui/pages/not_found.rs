//! Pages for addresses that lead nowhere.

use leptos::prelude::*;

use crate::ui::{pages::frame::Frame, text::i18n::I18n};

/// The page for addresses that lead nowhere.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    let i18n = I18n::from_context();
    view! {
        <Frame title=Signal::derive(move || i18n.texts().not_found.to_owned()) class="page message">
            <h1 class="title">{i18n.t(|t| t.not_found)}</h1>
            <p class="lead">{i18n.t(|t| t.not_found_hint)}</p>
            <p class="actions">
                <a href="/" class="button primary">{i18n.t(|t| t.home)}</a>
            </p>
        </Frame>
    }
}

/// The page for a room name that cannot be one.
#[component]
pub fn BadRoomPage() -> impl IntoView {
    let i18n = I18n::from_context();
    view! {
        <Frame title=Signal::derive(move || i18n.texts().bad_room.to_owned()) class="page message">
            <h1 class="title">{i18n.t(|t| t.bad_room)}</h1>
            <p class="lead">{i18n.t(|t| t.bad_room_hint)}</p>
            <p class="actions">
                <a href="/" class="button primary">{i18n.t(|t| t.home)}</a>
            </p>
        </Frame>
    }
}
