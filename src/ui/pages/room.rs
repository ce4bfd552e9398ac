//! `/r/{room}`: before, during and after a call, on one page.

use std::{cell::Cell, rc::Rc, time::Duration};

use leptos::prelude::*;

use crate::{
    browser::EARLY_STAGE,
    call::Status,
    protocol::RoomName,
    ui::{
        call::{
            CallScreen, ended,
            status::{StatusLine, in_words},
        },
        dom,
        handle::{CallHandle, Screen},
        lobby,
        pages::{facts::PageFacts, frame::Frame, not_found},
        parts::late::{Late, Part},
        reactive::{Derived, State, effect},
        text::{i18n::I18n, lobby::READY, page::NEEDS_JAVASCRIPT},
    },
};

/// How long drawing waits for the others.
const PATIENCE: Duration = Duration::from_millis(400);

/// `/r/{room}`
#[component]
pub fn RoomPage(
    /// The name as it stands in the path.
    name: String,
) -> impl IntoView {
    let joins_now = use_context::<PageFacts>().is_some_and(|facts| facts.join_now);
    match name.parse::<RoomName>() {
        Ok(_) if joins_now && use_context::<CallHandle>().is_none() => early_page(),
        Ok(room) => view! { <Room room/> }.into_any(),
        Err(_) => view! { <Late part=Part::new(not_found::draw_bad_room)/> }.into_any(),
    }
}

/// Starts the call of the page at `/r/{name}`. Called in a browser, before the page is drawn.
pub fn begin_call(name: &str, facts: &PageFacts) -> Option<CallHandle> {
    let room = name.parse().ok()?;
    let call = CallHandle::begin(room, facts.join_now);
    provide_context(call);
    Some(call)
}

/// Draws the page once somebody is seen or nobody is to be waited for, `PATIENCE` from now at the latest:
/// to draw it takes as long as to connect.
pub fn when_settled(call: CallHandle, draw: impl FnOnce() + 'static) {
    let seen = State::new(false);
    // The second frame: the picture is painted after the callbacks of the first.
    let painted = move || request_animation_frame(move || request_animation_frame(move || seen.set(true)));
    let Some(listener) = dom::on_first_pictures(EARLY_STAGE, painted) else {
        // The server's page is not that of a call.
        return draw();
    };
    StoredValue::new_local(listener);
    let draw = Rc::new(Cell::new(Some(draw)));
    let draw_once = move || draw.take().map_or((), |draw| draw());
    set_timeout(draw_once.clone(), PATIENCE);
    effect(move || {
        let status = call.view.with(|view| view.status);
        if seen.get() || !matches!(status, Status::Connecting | Status::Connected) {
            draw_once();
        }
    });
}

/// The page of a room. There is no call on the server.
#[component]
fn Room(room: RoomName) -> impl IntoView {
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
        </Frame>
    }
}

/// The shape of a call, in which the client shows the others until it has drawn the page. Without words: the
/// first layout of a text takes as long as to start the client.
fn early_page() -> AnyView {
    let i18n = I18n::from_context();
    view! {
        <header class="bar"></header>
        <main id="content" class="page room">
            <noscript>
                <p class="notice">{i18n.t(&NEEDS_JAVASCRIPT)}</p>
            </noscript>
            <div class="call">
                <div class="stage">
                    <div class="tiles tile" id=EARLY_STAGE></div>
                </div>
            </div>
        </main>
    }
    .into_any()
}
