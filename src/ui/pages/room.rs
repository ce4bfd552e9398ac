//! `/r/{room}`: before, during and after a call, on one page.

use leptos::prelude::*;

use crate::{
    call::Status,
    protocol::RoomName,
    ui::{
        call::{
            CallScreen,
            ended::Ended,
            status::{StatusLine, in_words},
        },
        dom,
        handle::CallHandle,
        lobby::{Lobby, LobbyPlaceholder},
        pages::{facts::PageFacts, frame::Frame, not_found::BadRoomPage},
        reactive::Derived,
        text::{i18n::I18n, lobby as text},
    },
};

/// What fills the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Screen {
    Lobby,
    Call,
    Ended,
}

impl Screen {
    const fn of(status: Status) -> Self {
        match status {
            Status::Lobby => Self::Lobby,
            Status::Connecting | Status::Waiting | Status::Connected | Status::Reconnecting => Self::Call,
            Status::Full | Status::Left | Status::Error => Self::Ended,
        }
    }
}

/// `/r/{room}`
#[component]
pub fn RoomPage(
    /// The name as it stands in the path.
    name: String,
) -> impl IntoView {
    match name.parse() {
        Ok(room) => view! { <Room room/> }.into_any(),
        Err(_) => view! { <BadRoomPage/> }.into_any(),
    }
}

/// Starts the call of the page at `/r/{name}`, in a browser, before the page is drawn.
pub fn begin_call(name: &str, facts: &PageFacts) {
    let Ok(room) = name.parse() else { return };
    let join_now = facts.carried.join_allowed && dom::query("join").as_deref() == Some("now");
    provide_context(CallHandle::begin(room, join_now));
}

/// Without a call on the server.
#[component]
fn Room(room: RoomName) -> impl IntoView {
    let call = use_context::<CallHandle>();
    let i18n = I18n::from_context();
    let status = Derived::new(move || call.map_or(Status::Lobby, |call| call.view.with(|view| view.status)));
    let screen = Derived::new(move || Screen::of(status.get()));
    let words = Derived::new(move || in_words(status.get(), call, i18n.language()));
    let title = Derived::new(move || {
        if status.get() == Status::Lobby { i18n.get(&text::READY).to_owned() } else { words.get() }
    });
    let content = move || match (call, screen.get()) {
        (None, _) => view! { <LobbyPlaceholder/> }.into_any(),
        (Some(call), Screen::Lobby) => view! { <Lobby call/> }.into_any(),
        (Some(call), Screen::Call) => view! { <CallScreen call/> }.into_any(),
        (Some(call), Screen::Ended) => view! { <Ended call/> }.into_any(),
    };
    let middle = view! { <StatusLine status words room=room.clone()/> }.into_any();
    view! {
        <Frame title class="page room" in_call=Derived::new(move || screen.get() == Screen::Call) middle>
            {content}
        </Frame>
    }
}
