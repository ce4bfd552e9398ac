//! What can be chosen during a call: camera, microphone, loudspeaker, view of the stage; and switches.

use leptos::prelude::*;

use super::{loudspeaker::LoudspeakerChoice, menu::Menu, sound::SoundChoice};
use crate::{
    call::DeviceKind,
    ui::{
        call::{
            background::{DataSaverChoice, MIRROR_KEY, show_mirrored, sounds::SOUNDS_KEY},
            names::device_name,
            stage::place::Places,
        },
        handle::CallHandle,
        parts::{
            icons::Icon,
            late::Part,
            switch::{Switch, remembered_switch},
        },
        reactive::{State, effect},
        text::{devices as text, i18n::I18n},
    },
};

/// A button that opens the device menu during a call.
#[component]
pub fn DeviceMenu(
    call: CallHandle,
    places: Places,
    /// Whether keyboard shortcuts are enabled.
    shortcuts: State<bool>,
) -> impl IntoView {
    let part = Part::new(move || draw(call, places, shortcuts));
    view! { <Menu id="device-menu" test_id="open-devices" icon=Icon::Sliders name=&text::DEVICES part/> }
}

late! { extras => fn draw(call: CallHandle, places: Places, shortcuts: State<bool>) {
    view! { <DeviceMenuContent call places shortcuts/> }
} }

#[component]
fn DeviceMenuContent(call: CallHandle, places: Places, shortcuts: State<bool>) -> impl IntoView {
    let i18n = I18n::from_context();
    let (mirrored, sounds) = (remembered_switch(MIRROR_KEY), remembered_switch(SOUNDS_KEY));
    effect(move || show_mirrored(mirrored.get()));
    view! {
        <DeviceChoice call kind=DeviceKind::Camera/>
        <DeviceChoice call kind=DeviceKind::Microphone/>
        <LoudspeakerChoice call/>
        <details>
            <summary>{i18n.t(&text::SOUND_SETTINGS)}</summary>
            <SoundChoice call/>
        </details>
        {move || places.late(|views| views.menu())}
        <DataSaverChoice call/>
        <Switch on=mirrored label=&text::MIRRORED/>
        <Switch on=sounds label=&text::SOUNDS/>
        <Switch on=shortcuts label=&text::SHORTCUTS hint=&text::SHORTCUTS_HINT/>
    }
}

/// A list of the devices of one kind. Browsers reveal names only after a permission.
#[component]
pub fn DeviceChoice(call: CallHandle, kind: DeviceKind) -> impl IntoView {
    let i18n = I18n::from_context();
    let id = match kind {
        DeviceKind::Microphone => "choose-microphone",
        DeviceKind::Camera => "choose-camera",
    };
    let label = i18n.t(match kind {
        DeviceKind::Microphone => &text::MICROPHONE,
        DeviceKind::Camera => &text::CAMERA,
    });
    let inputs = call.slice(move |view| {
        view.inputs
            .iter()
            .filter(|input| input.kind == kind && !input.id.is_empty())
            .cloned()
            .collect::<Vec<_>>()
    });
    let chosen = call.slice(move |view| view.device(kind).device.clone());
    let options = move || {
        let chosen = chosen.get();
        inputs.with(|inputs| {
            let none_chosen = !inputs.iter().any(|input| Some(&input.id) == chosen.as_ref());
            let default = none_chosen
                .then(|| view! { <option value="" selected>{i18n.t(&text::DEFAULT_DEVICE)}</option> });
            let named = inputs.iter().enumerate().map(|(i, input)| {
                let selected = Some(&input.id) == chosen.as_ref();
                let label = device_name(i18n, &input.label, i);
                view! { <option value=input.id.clone() selected=selected>{label}</option> }
            });
            (default, named.collect_view())
        })
    };
    let choose = move |event| {
        let id = event_target_value(&event);
        if !id.is_empty() {
            call.choose(kind, id);
        }
    };
    view! {
        <div class="choice">
            <label for=id>{label}</label>
            <select id=id disabled=move || inputs.with(Vec::is_empty) on:change=choose>{options}</select>
        </div>
    }
}
