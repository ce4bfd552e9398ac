//! The buttons that switch microphone, camera, the shared screen and the hand on and off.

use leptos::prelude::*;

use crate::{
    browser,
    call::{CallView, DeviceKind, DeviceState, ScreenState},
    ui::{
        handle::{CallHandle, is_wanted},
        parts::icons::Icon,
        text::{Text, devices as text, i18n::I18n, screen, together},
    },
};

/// What a toggle button switches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Device(DeviceKind),
    Screen,
    Hand,
}

/// Microphone on or off.
#[component]
pub fn MicrophoneToggle(call: CallHandle) -> impl IntoView {
    view! {
        <Toggle
            call
            source=Source::Device(DeviceKind::Microphone)
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
            source=Source::Device(DeviceKind::Camera)
            icons=[Icon::Camera, Icon::CameraOff]
            name=&text::CAMERA
            test_id="toggle-camera"
            key="v"
        />
    }
}

/// Shares a screen, or ends that. Not there in browsers that cannot.
#[component]
pub fn ShareToggle(call: CallHandle) -> impl IntoView {
    browser::can_share_screen().then(|| {
        view! {
            <Toggle
                call
                source=Source::Screen
                icons=[Icon::Screen, Icon::Screen]
                name=&screen::SHARE
                test_id="share-screen"
                key=""
            />
        }
    })
}

/// Raises the hand, or lowers it.
#[component]
pub fn HandToggle(call: CallHandle) -> impl IntoView {
    view! {
        <Toggle
            call
            source=Source::Hand
            icons=[Icon::Hand, Icon::Hand]
            name=&together::RAISE_HAND
            test_id="raise-hand"
            key=""
        />
    }
}

/// A toggle button, pressed while the source is on or starting.
#[component]
fn Toggle(
    call: CallHandle,
    source: Source,
    /// Icons for on and off.
    icons: [Icon; 2],
    name: &'static Text,
    test_id: &'static str,
    /// Its keyboard shortcut; empty if there is none.
    key: &'static str,
) -> impl IntoView {
    let i18n = I18n::from_context();
    let on = call.slice(move |view| source.is_on(view));
    let state = call.slice(move |view| source.state(view));
    let class = match source {
        Source::Device(_) => "control toggle",
        Source::Screen => "control extra",
        Source::Hand => "control extra wide-only",
    };
    view! {
        <button
            type="button"
            class=class
            data-testid=test_id
            data-device=move || state.get()
            aria-pressed=move || on.get().to_string()
            aria-keyshortcuts=(!key.is_empty()).then_some(key)
            on:click=move |_| source.switch(call)
        >
            {move || icons[usize::from(!on.get())].draw()}
            <span class="label">{i18n.t(name)}</span>
        </button>
    }
}

impl Source {
    fn is_on(self, view: &CallView) -> bool {
        match self {
            Self::Device(kind) => is_wanted(view, kind),
            Self::Screen => matches!(view.screen.state, ScreenState::On { .. }),
            Self::Hand => view.together.wants_hand,
        }
    }

    fn state(self, view: &CallView) -> &'static str {
        match self {
            Self::Device(kind) => match view.device(kind).state {
                DeviceState::Off => "off",
                DeviceState::Starting => "starting",
                DeviceState::On => "on",
                DeviceState::Problem(_) => "problem",
            },
            Self::Screen => match view.screen.state {
                ScreenState::Off => "off",
                ScreenState::Asking => "starting",
                ScreenState::On { .. } => "on",
                ScreenState::Problem(_) => "problem",
            },
            Self::Hand => "",
        }
    }

    fn switch(self, call: CallHandle) {
        match self {
            Self::Device(kind) => call.toggle(kind),
            Self::Screen if self.is_on(&call.view.get_untracked()) => call.stop_sharing(),
            Self::Screen => call.share_screen(),
            Self::Hand => call.raise_hand(!self.is_on(&call.view.get_untracked())),
        }
    }
}
