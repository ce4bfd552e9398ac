//! Buttons and keys that steer a call.

pub mod devices;

use leptos::{ev, html, prelude::*};

use crate::call::{DeviceKind, DeviceState};
use crate::ui::{
    call::controls::devices::DeviceMenu,
    dom,
    pages::room::{Call, is_wanted},
    parts::copy::CopyButton,
    parts::icons::{Glyph, Icon},
    text::Texts,
    text::language::Speech,
};

/// Where the browser remembers that the keyboard shortcuts are switched off.
const SHORTCUTS_KEY: &str = "halloo.shortcuts";

/// The bar under a call.
#[component]
pub fn ControlBar(call: Call, link: StoredValue<String>, field: NodeRef<html::Input>) -> impl IntoView {
    let speech = Speech::from_context();
    let shortcuts = RwSignal::new(dom::remembered(SHORTCUTS_KEY).as_deref() != Some("off"));
    listen_for_keys(call, shortcuts);
    Effect::new(move |_| dom::remember(SHORTCUTS_KEY, if shortcuts.get() { "on" } else { "off" }));
    view! {
        <div class="controls" role="group" aria-label=speech.say(|t| t.controls)>
            <MicrophoneToggle call/>
            <CameraToggle call/>
            <CopyButton link field class="control" test_id="copy-link"/>
            <DeviceMenu call shortcuts/>
            <button type="button" class="control hang-up" data-testid="leave" on:click=move |_| call.leave()>
                <Glyph icon=Icon::HangUp/>
                <span class="label">{speech.say(|t| t.leave)}</span>
            </button>
        </div>
    }
}

/// Single keys, unless somebody types or has switched them off (WCAG 2.1.4).
fn listen_for_keys(call: Call, shortcuts: RwSignal<bool>) {
    let listener = window_event_listener(ev::keydown, move |event| {
        let modified = event.ctrl_key() || event.alt_key() || event.meta_key();
        if modified || event.repeat() || dom::is_typing(&event) || !shortcuts.get_untracked() {
            return;
        }
        match event.key().as_str() {
            "m" | "M" => call.toggle(DeviceKind::Microphone),
            "v" | "V" => call.toggle(DeviceKind::Camera),
            _ => {}
        }
    });
    on_cleanup(move || listener.remove());
}

/// Microphone on or off.
#[component]
pub fn MicrophoneToggle(call: Call) -> impl IntoView {
    view! {
        <Toggle
            call
            kind=DeviceKind::Microphone
            icons=[Icon::Microphone, Icon::MicrophoneOff]
            name=|t| t.microphone
            test_id="toggle-mic"
            key="m"
        />
    }
}

/// Camera on or off.
#[component]
pub fn CameraToggle(call: Call) -> impl IntoView {
    view! {
        <Toggle
            call
            kind=DeviceKind::Camera
            icons=[Icon::Camera, Icon::CameraOff]
            name=|t| t.camera
            test_id="toggle-camera"
            key="v"
        />
    }
}

/// A device's switch: pressed while the device is on or on its way.
#[component]
fn Toggle(
    call: Call,
    kind: DeviceKind,
    /// For on and for off.
    icons: [Icon; 2],
    name: fn(&Texts) -> &'static str,
    test_id: &'static str,
    key: &'static str,
) -> impl IntoView {
    let speech = Speech::from_context();
    let on = call.slice(move |view| is_wanted(view, kind));
    let state = call.slice(move |view| match view.device(kind).state {
        DeviceState::Off => "off",
        DeviceState::Starting => "starting",
        DeviceState::On => "on",
        DeviceState::Problem(_) => "problem",
    });
    let icon = Signal::derive(move || icons[usize::from(!on.get())]);
    view! {
        <button
            type="button"
            class="control toggle"
            data-testid=test_id
            data-device=move || state.get()
            aria-pressed=move || on.get().to_string()
            aria-keyshortcuts=key
            on:click=move |_| call.toggle(kind)
        >
            <Glyph icon/>
            <span class="label">{speech.say(name)}</span>
        </button>
    }
}
