//! The page during a call: people, invitation, controls.

mod background;
mod chat;
pub mod controls;
pub mod ended;
mod extras;
mod files;
mod invite;
pub mod names;
pub mod notices;
mod panels;
mod shortcuts;
pub mod stage;
pub mod status;

use leptos::{html, prelude::*};

use self::{
    controls::ControlBar,
    extras::Extras,
    invite::Invitation,
    notices::{CallNotices, DeviceNotices},
    panels::Panels,
    stage::{Stage, place::Places},
};
use crate::ui::{
    dom,
    handle::CallHandle,
    links,
    parts::{announced::Announced, switch::remembered_switch},
    reactive::Derived,
    text::{call::ROOM_NAMED, i18n::I18n},
};

/// Storage key: keyboard shortcuts.
const SHORTCUTS_KEY: &str = "halloo.shortcuts";

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
    let (places, panels) = (Places::new(peers), Panels::new(link));
    view! {
        <div class="call">
            <CallNotices call/>
            <DeviceNotices call/>
            <Extras call places panels shortcuts/>
            <Stage call peers places>
                <Invitation call link field/>
            </Stage>
            <ControlBar call places panels link field shortcuts/>
            <Announced hidden=true text/>
        </div>
    }
}
