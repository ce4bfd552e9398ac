//! The status line of a call.

use std::time::Duration;

use leptos::prelude::*;

use crate::{
    call::{CallView, Status},
    protocol::RoomName,
    ui::{
        call::names::display_name,
        handle::CallHandle,
        pages::facts::PageFacts,
        reactive::{Derived, State, effect},
        text::{Text, language::Language, people::COMMA, status as text},
    },
};

/// The status. It stays in the page through all states of the call.
#[component]
pub fn StatusLine(status: Derived<Status>, words: Derived<String>, room: RoomName) -> impl IntoView {
    // Screen readers read what changes in this line, not what it had when it came into the page.
    let is_read = State::new(!use_context::<PageFacts>().is_some_and(|facts| facts.join_now));
    effect(move || set_timeout(move || is_read.set(true), Duration::ZERO));
    let words = move || if is_read.get() { words.get() } else { String::new() };
    view! {
        <span class="room-name">{room.to_string()}</span>
        <p class="status" role="status" data-testid="call-status" data-state=move || status.get().as_str()>
            <span class="status-words">{words}</span>
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
    names.join(COMMA.get(language))
}

fn status_in_words(status: Status) -> &'static Text {
    match status {
        Status::Lobby => &text::LOBBY,
        Status::Connecting => &text::CONNECTING,
        Status::Waiting => &text::WAITING,
        Status::Connected => &text::CONNECTED,
        Status::Reconnecting => &text::RECONNECTING,
        Status::Full => &text::FULL,
        Status::Locked => &text::LOCKED,
        Status::Left => &text::LEFT,
        Status::Error => &text::ERROR,
    }
}
