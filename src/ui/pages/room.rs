//! `/r/{room}`: before, during and after a call, on one page.

use leptos::prelude::*;

use crate::{
    call::Status,
    protocol::RoomName,
    ui::{
        call::{
            CallScreen, ended,
            status::{StatusLine, in_words},
        },
        diagnosis::ConnectionCheck,
        handle::{CallHandle, Screen},
        lobby,
        pages::{facts::PageFacts, frame::Frame},
        parts::late::{Late, Part},
        reactive::Derived,
        text::{i18n::I18n, lobby::READY},
    },
};

/// Starts the call of the page at `/r/{name}`. Called in a browser, before the page is drawn.
pub fn begin_call(name: &str, facts: &PageFacts) -> Option<CallHandle> {
    let room = name.parse().ok()?;
    let call = CallHandle::begin(room, facts.join_now, facts.by_other_site);
    provide_context(call);
    Some(call)
}

/// `/r/{room}`. There is no call on the server.
#[component]
pub fn Room(
    /// The room, whose name is valid.
    room: RoomName,
) -> impl IntoView {
    let call = use_context::<CallHandle>();
    let i18n = I18n::from_context();
    let status = Derived::new(move || call.map_or(Status::Lobby, |call| call.view.with(|view| view.status)));
    let screen = Derived::new(move || Screen::of(status.get()));
    let words = Derived::new(move || in_words(status.get(), call, i18n.language()));
    let title =
        Derived::new(
            move || {
                if status.get() == Status::Lobby { i18n.get(&READY).to_owned() } else { words.get() }
            },
        );
    let content = move || match (call, screen.get()) {
        (None, _) => lobby::placeholder(),
        (Some(call), Screen::Lobby) => {
            let part = Part::new(move || lobby::draw(call));
            view! { <Late part meanwhile=lobby::placeholder/> }.into_any()
        }
        (Some(call), Screen::Call) => view! { <CallScreen call/> }.into_any(),
        (Some(call), Screen::Ended) => view! { <Late part=Part::new(move || ended::draw(call))/> }.into_any(),
    };
    let middle = view! { <StatusLine status words room=room.clone()/> }.into_any();
    view! {
        <Frame title class="page room" in_call=Derived::new(move || screen.get() == Screen::Call) middle>
            {content}
            {call.map(|call| view! { <ConnectionCheck call/> })}
        </Frame>
    }
}
