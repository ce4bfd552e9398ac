//! The page during a call: people, invitation, controls.

pub mod controls;
pub mod ended;
mod invite;
pub mod names;
pub mod notices;
mod shortcuts;
pub mod stage;
pub mod status;

use leptos::{html, prelude::*};

use self::{
    controls::ControlBar,
    invite::Invitation,
    notices::{CallNotices, DeviceNotices},
    stage::Stage,
};
use crate::ui::{
    dom,
    handle::CallHandle,
    links,
    parts::announced::Announced,
    reactive::Derived,
    text::{call::ROOM_NAMED, i18n::I18n},
};

/// The page during a call.
#[component]
pub fn CallScreen(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let link = StoredValue::new(dom::absolute_link(&links::room_path(&call.room())));
    let field = NodeRef::<html::Input>::new();
    let room = call.room().to_string();
    view! {
        <div class="call">
            <Announced hidden=true text=Derived::new(move || i18n.fill(&ROOM_NAMED, &room))/>
            <CallNotices call/>
            <DeviceNotices call/>
            <Stage call>
                <Invitation call link field/>
            </Stage>
            <ControlBar call link field/>
        </div>
    }
}
