//! How the sound of the microphone is processed, and in the lobby the loudspeaker.

use leptos::prelude::*;

use super::loudspeaker::LoudspeakerChoice;
use crate::{
    browser,
    call::SoundProcessing,
    ui::{
        handle::CallHandle,
        parts::late::{Late, Part},
        reactive::{Derived, State},
        text::{Text, devices as text, i18n::I18n},
    },
};

/// Switches for what the browser does to the sound, and one for none of it.
#[component]
pub fn SoundChoice(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let sound = call.slice(|view| view.sound);
    let choose = move |sound: SoundProcessing| {
        browser::remember_sound(sound);
        call.process_sound(sound);
    };
    let switch = move |label: &'static Text,
                       is_on: fn(SoundProcessing) -> bool,
                       set: fn(&mut SoundProcessing, bool)| {
        let is_on = Derived::new(move || is_on(sound.get()));
        let is_unused = Derived::new(move || sound.get().original);
        let change = move |event| {
            let mut sound = sound.get_untracked();
            set(&mut sound, event_target_checked(&event));
            choose(sound);
        };
        view! {
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || is_on.get()
                    disabled=move || is_unused.get()
                    on:change=change
                />
                <span>{i18n.t(label)}</span>
            </label>
        }
    };
    let original = move |event| {
        choose(SoundProcessing { original: event_target_checked(&event), ..sound.get_untracked() });
    };
    view! {
        <fieldset>
            <legend>{i18n.t(&text::SOUND)}</legend>
            {switch(&text::ECHO, |sound| sound.echo_cancellation && !sound.original,
                |sound, on| sound.echo_cancellation = on)}
            {switch(&text::NOISE, |sound| sound.noise_suppression && !sound.original,
                |sound, on| sound.noise_suppression = on)}
            {switch(&text::GAIN, |sound| sound.automatic_gain && !sound.original,
                |sound, on| sound.automatic_gain = on)}
            <label class="check">
                <input type="checkbox" prop:checked=move || sound.get().original on:change=original/>
                <span>{i18n.t(&text::ORIGINAL)} <small>{i18n.t(&text::ORIGINAL_HINT)}</small></span>
            </label>
        </fieldset>
    }
}

late! { extras => fn draw(call: CallHandle) {
    view! { <SoundChoice call/> <LoudspeakerChoice call/> }
} }

/// What can be chosen before joining. Loaded when it is first wanted.
#[component]
pub fn LobbySound(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let opened = State::new(false);
    let part = Part::new(move || draw(call));
    view! {
        <details on:toggle=move |_| opened.set(true)>
            <summary>{i18n.t(&text::SOUND_SETTINGS)}</summary>
            {move || opened.get().then(|| view! { <Late part=part.clone() in_call=false/> }.into_any())}
        </details>
    }
}
