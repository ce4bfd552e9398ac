//! The control bar of a call.

pub mod devices;
pub mod toggle;

use leptos::{html, prelude::*};

use self::{
    devices::DeviceMenu,
    toggle::{CameraToggle, MicrophoneToggle, ShareToggle},
};
use crate::{
    browser,
    ui::{
        call::shortcuts::listen_for_keys,
        handle::CallHandle,
        parts::{
            copy::CopyButton,
            icons::{Glyph, Icon},
        },
        reactive::{State, effect},
        text::{call as text, i18n::I18n},
    },
};

/// Storage key: keyboard shortcuts are disabled.
const SHORTCUTS_KEY: &str = "halloo.shortcuts";

/// The control bar of a call.
#[component]
pub fn ControlBar(call: CallHandle, link: StoredValue<String>, field: NodeRef<html::Input>) -> impl IntoView {
    let i18n = I18n::from_context();
    let shortcuts = State::new(browser::remembered(SHORTCUTS_KEY).as_deref() != Some("off"));
    listen_for_keys(call, shortcuts);
    effect(move || browser::remember(SHORTCUTS_KEY, if shortcuts.get() { "on" } else { "off" }));
    view! {
        <div class="controls" role="group" aria-label=i18n.t(&text::CONTROLS)>
            <MicrophoneToggle call/>
            <CameraToggle call/>
            <ShareToggle call/>
            <CopyButton link field class="control" test_id="copy-link"/>
            <DeviceMenu call shortcuts/>
            <button type="button" class="control hang-up" data-testid="leave" on:click=move |_| call.leave()>
                <Glyph icon=Icon::HangUp/>
                <span class="label">{i18n.t(&text::LEAVE)}</span>
            </button>
        </div>
    }
}
