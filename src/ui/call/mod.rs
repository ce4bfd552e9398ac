//! The page during a call: people, invitation, controls.

mod background;
pub mod controls;
pub mod ended;
mod invite;
pub mod names;
pub mod notices;
mod shortcuts;
pub mod stage;
pub mod status;

use std::time::Duration;

use leptos::{html, prelude::*, task::spawn_local};

use self::{
    controls::ControlBar,
    invite::Invitation,
    notices::{CallNotices, DeviceNotices},
    stage::{Stage, place::Places},
};
use crate::{
    call::Status,
    ui::{
        dom,
        handle::CallHandle,
        links,
        parts::{
            announced::Announced,
            late::{Late, Part},
            switch::remembered_switch,
        },
        reactive::{Derived, State, effect},
        text::{call::ROOM_NAMED, i18n::I18n},
    },
};

/// Storage key: keyboard shortcuts.
const SHORTCUTS_KEY: &str = "halloo.shortcuts";

/// Delay of fetching parts once a call is up, so that they do not delay the first picture.
const FETCH_AFTER: Duration = Duration::from_secs(2);

/// The page during a call.
#[component]
pub fn CallScreen(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let link = StoredValue::new(dom::absolute_link(&links::room_path(&call.room())));
    let field = NodeRef::<html::Input>::new();
    let room = call.room().to_string();
    let text = Derived::new(move || i18n.fill(&ROOM_NAMED, &room));
    let shortcuts = remembered_switch(SHORTCUTS_KEY);
    let peers = call.slice(|view| view.participants.iter().map(|peer| peer.id).collect::<Vec<_>>());
    let places = Places::new(peers);
    let fetched = fetch_parts(call, places);
    let part = Part::new(move || background::draw(call, shortcuts));
    let background =
        move || fetched.get().then(|| view! { <Late part=part.clone() in_call=true/> }.into_any());
    view! {
        <div class="call">
            <CallNotices call/>
            <DeviceNotices call/>
            {background}
            <Stage call peers places>
                <Invitation call link field/>
            </Stage>
            <ControlBar call places link field shortcuts/>
            <Announced hidden=true text/>
        </div>
    }
}

/// Fetches the parts that may be wanted later, so that they are there even if the server goes away. That of
/// the stage is drawn at once. Returns whether all are there.
fn fetch_parts(call: CallHandle, places: Places) -> State<bool> {
    let fetched = State::new(false);
    let is_up = call.slice(|view| matches!(view.status, Status::Waiting | Status::Connected));
    effect(move || {
        if is_up.get() && !fetched.get_untracked() {
            // What is missing is reported where it is drawn, and fetched when the server is reached again.
            let fetch = async move {
                let views = stage::views::fetch().await;
                if views.is_ok() {
                    places.want_views();
                }
                let parts = [controls::devices::fetch().await, views, ended::fetch().await];
                if parts.iter().all(Result::is_ok) {
                    fetched.set(true);
                }
            };
            set_timeout(|| dom::when_idle(|| spawn_local(fetch)), FETCH_AFTER);
        }
    });
    fetched
}
