//! The status line: where the call stands, in words.

use leptos::prelude::*;

use crate::{
    call::{CallView, Status},
    protocol::RoomName,
    ui::{call::names::display_name, handle::CallHandle, text::Texts},
};

/// The status; stays in the page through all states of the call.
#[component]
pub fn StatusLine(status: Memo<Status>, words: Memo<String>, room: RoomName) -> impl IntoView {
    view! {
        <span class="room-name">{room.to_string()}</span>
        <p class="status" role="status" data-testid="call-status" data-state=move || status.get().as_str()>
            <span class="status-words">{move || words.get()}</span>
        </p>
    }
}

/// The status, with the names of those who are connected.
pub fn in_words(status: Status, call: Option<CallHandle>, texts: &Texts) -> String {
    match (status, call) {
        (Status::Connected, Some(call)) => {
            (texts.status_connected_to)(&call.view.with(|view| names_of(view, texts)))
        }
        (status, _) => status_in_words(status, texts).to_owned(),
    }
}

fn names_of(view: &CallView, texts: &Texts) -> String {
    let names: Vec<_> = view.participants.iter().map(|peer| display_name(Some(peer), texts)).collect();
    names.join(", ")
}

fn status_in_words(status: Status, texts: &Texts) -> &'static str {
    match status {
        Status::Lobby => texts.status_lobby,
        Status::Connecting => texts.status_connecting,
        Status::Waiting => texts.status_waiting,
        Status::Connected => texts.status_connected,
        Status::Reconnecting => texts.status_reconnecting,
        Status::Full => texts.status_full,
        Status::Left => texts.status_left,
        Status::Error => texts.status_error,
    }
}
