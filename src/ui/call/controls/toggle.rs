//! The toggle buttons for microphone and camera.

use leptos::prelude::*;

use crate::{
    call::{DeviceKind, DeviceState},
    ui::{
        handle::{CallHandle, is_wanted},
        parts::icons::Icon,
        text::{Text, devices as text, i18n::I18n},
    },
};

/// Microphone on or off.
#[component]
pub fn MicrophoneToggle(call: CallHandle) -> impl IntoView {
    view! {
        <Toggle
            call
            kind=DeviceKind::Microphone
            icons=[Icon::Microphone, Icon::MicrophoneOff]
            name=&text::MICROPHONE
            test_id="toggle-mic"
            key="m"
        />
    }
}

/// Camera on or off.
#[component]
pub fn CameraToggle(call: CallHandle) -> impl IntoView {
    view! {
        <Toggle
            call
            kind=DeviceKind::Camera
            icons=[Icon::Camera, Icon::CameraOff]
            name=&text::CAMERA
            test_id="toggle-camera"
            key="v"
        />
    }
}

/// A toggle button, pressed while the device is on or starting.
#[component]
fn Toggle(
    call: CallHandle,
    kind: DeviceKind,
    /// Icons for on and off.
    icons: [Icon; 2],
    name: &'static Text,
    test_id: &'static str,
    key: &'static str,
) -> impl IntoView {
    let i18n = I18n::from_context();
    let on = call.slice(move |view| is_wanted(view, kind));
    let state = call.slice(move |view| match view.device(kind).state {
        DeviceState::Off => "off",
        DeviceState::Starting => "starting",
        DeviceState::On => "on",
        DeviceState::Problem(_) => "problem",
    });
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
            {move || icons[usize::from(!on.get())].draw()}
            <span class="label">{i18n.t(name)}</span>
        </button>
    }
}
