//! What a call has besides people and devices: views of the stage, screens, hands and reactions, sounds and
//! hints, the chat, the drawer, the small window. One late part, since each part costs the page some hundred
//! bytes, fetched once the call is up.

use std::{sync::Once, time::Duration};

use leptos::{prelude::*, task::spawn_local};

use super::{
    background::{Background, channels::open_channels, readings::keep_reading},
    chat::{ChatButton, ChatHandle, ChatNews, NarrowChatButton},
    ended,
    panels::{Panel, Panels, PanelsDrawer},
    stage::{place::Places, together::LockNotice, views},
};
use crate::{
    call::{ParticipantView, Status},
    ui::{
        dom,
        handle::CallHandle,
        parts::late::{Late, Part},
        reactive::{State, effect},
    },
};

/// Delay of fetching parts once a call is up, so that they do not delay the first picture.
const FETCH_AFTER: Duration = Duration::from_secs(2);

static STYLES: Once = Once::new();

late! { extras, fetch => fn draw(call: CallHandle, places: Places, panels: Panels, shortcuts: State<bool>) {
    // The sheets stay when the call is left.
    STYLES.call_once(|| {
        dom::adopt_styles(include_str!("../../../style/late/stage.css"));
        dom::adopt_styles(include_str!("../../../style/late/panels.css"));
        dom::adopt_styles(include_str!("../../../style/late/chat.css"));
        dom::adopt_styles(include_str!("../../../style/late/files.css"));
    });
    let (chat, panel) = (ChatHandle::begin(call), State::new(Panel::People));
    open_channels(call, chat);
    let chat_button = move |menu| view! { <NarrowChatButton chat panels panel menu/> }.into_any();
    let stage = views::add_to(call, places, shortcuts, chat_button);
    let quality = keep_reading(call);
    view! {
        <Background call stage quality shortcuts/>
        <LockNotice call/>
        <ChatButton chat panels panel/>
        <ChatNews chat panels panel/>
        <PanelsDrawer call panels panel chat stage quality/>
    }
} }

/// Draws the part once it was fetched, or as soon as it is wanted.
#[component]
pub fn Extras(call: CallHandle, places: Places, panels: Panels, shortcuts: State<bool>) -> impl IntoView {
    let fetched = State::new(false);
    fetch_when_up(call, fetched);
    let needed =
        call.slice(|view| view.has_gestures() || view.participants.iter().any(ParticipantView::shows_screen));
    // Once drawn it stays.
    let wanted = State::new(false);
    effect(move || {
        if (fetched.get() || needed.get() || panels.is_open()) && !wanted.get_untracked() {
            wanted.set(true);
        }
    });
    let part = Part::new(move || draw(call, places, panels, shortcuts));
    move || wanted.get().then(|| view! { <Late part=part.clone() in_call=true/> }.into_any())
}

/// Fetches the parts that may be wanted later, so that they are there even if the server goes away.
fn fetch_when_up(call: CallHandle, fetched: State<bool>) {
    let is_up = call.slice(|view| matches!(view.status, Status::Waiting | Status::Connected));
    // What is missing is reported where it is drawn, and fetched when the server is reached again.
    let fetch_all = move || async move {
        let extras = fetch().await;
        drop(ended::fetch().await);
        // The call may have been left meanwhile.
        if extras.is_ok() && !fetched.is_disposed() {
            fetched.set(true);
        }
    };
    effect(move || {
        if is_up.get() && !fetched.get_untracked() {
            set_timeout(move || dom::when_idle(move || spawn_local(fetch_all())), FETCH_AFTER);
        }
    });
}
