//! The status line of a call.

use leptos::prelude::*;

use crate::{
    call::{CallView, Status},
    protocol::RoomName,
    ui::{
        call::names::display_name,
        handle::CallHandle,
        reactive::Derived,
        text::{Text, language::Language, status as text},
    },
};

/// The status. It stays in the page through all states of the call.
#[component]
pub fn StatusLine(status: Derived<Status>, words: Derived<String>, room: RoomName) -> impl IntoView {
    view! {
        <span class="room-name">{room.to_string()}</span>
        <p class="status" role="status" data-testid="call-status" data-state=move || status.get().as_str()>
            <span class="status-words">{move || words.get()}</span>
        </p>
    }
}

/// Describes the status; a connected call with the names of the others.
pub fn in_words(status: Status, call: Option<CallHandle>, language: Language) -> String {
    match (status, call) {
        (Status::Connected, Some(call)) => {
            text::CONNECTED_TO.fill(language, &call.view.with(|view| names_of(view, language)))
        }
        (status, _) => status_in_words(status).get(language).to_owned(),
    }
}

fn names_of(view: &CallView, language: Language) -> String {
    let names: Vec<_> = view.participants.iter().map(|peer| display_name(Some(peer), language)).collect();
    names.join(", ")
}

fn status_in_words(status: Status) -> &'static Text {
    match status {
        Status::Lobby => &text::LOBBY,
        Status::Connecting => &text::CONNECTING,
        Status::Waiting => &text::WAITING,
        Status::Connected => &text::CONNECTED,
        Status::Reconnecting => &text::RECONNECTING,
        Status::Full => &text::FULL,
        Status::Left => &text::LEFT,
        Status::Error => &text::ERROR,
    }
}
