//! The control bar of a call.

pub mod devices;
pub mod leave;
pub mod loudspeaker;
mod menu;
pub mod more;
pub mod sound;
pub mod toggle;

use leptos::{html, prelude::*};

use self::{
    devices::DeviceMenu,
    leave::LeaveButton,
    menu::Menu,
    toggle::{CameraToggle, HandToggle, MicrophoneToggle, ShareToggle},
};
use crate::ui::{
    call::{
        panels::{Panels, PanelsButton},
        shortcuts::listen_for_keys,
        stage::place::Places,
    },
    handle::CallHandle,
    parts::{copy::CopyButton, icons::Icon, late::Part},
    reactive::State,
    text::{call as text, i18n::I18n, together::MORE},
};

/// The control bar of a call.
#[component]
pub fn ControlBar(
    call: CallHandle,
    places: Places,
    panels: Panels,
    link: StoredValue<String>,
    field: NodeRef<html::Input>,
    /// Whether keyboard shortcuts are enabled.
    shortcuts: State<bool>,
) -> impl IntoView {
    let i18n = I18n::from_context();
    listen_for_keys(call, shortcuts);
    let more = Part::new(move || more::draw(call, places, panels));
    view! {
        <div class="controls" role="group" aria-label=i18n.t(&text::CONTROLS)>
            <MicrophoneToggle call/>
            <CameraToggle call/>
            <ShareToggle call/>
            <HandToggle call/>
            <CopyButton link field class="control" test_id="copy-link"/>
            <DeviceMenu call places shortcuts/>
            <PanelsButton panels/>
            <Menu id=more::ID test_id="open-more" icon=Icon::More name=&MORE part=more/>
            <LeaveButton call/>
        </div>
    }
}
