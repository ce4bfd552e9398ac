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

/// Storage key: how the sound of the microphone is processed.
const SOUND_KEY: &str = "halloo.processing";

/// Words for what is not as usual, in the order in which they are written.
const WORDS: [&str; 4] = ["echo", "noise", "volume", "original"];

/// Does what this person chose in an earlier call.
pub fn restore_sound(call: CallHandle) {
    let sound = parse(&browser::remembered(SOUND_KEY).unwrap_or_default());
    if sound != SoundProcessing::default() {
        call.process_sound(sound);
    }
}

/// Switches for what the browser does to the sound, and one for none of it.
#[component]
pub fn SoundChoice(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let sound = call.slice(|view| view.sound);
    let choose = move |sound: SoundProcessing| {
        browser::remember(SOUND_KEY, &to_text(sound));
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
    restore_sound(call);
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

/// Reads what was remembered. Whatever makes no sense is as if it had never been chosen.
fn parse(text: &str) -> SoundProcessing {
    let [echo, noise, volume, original] = WORDS.map(|word| text.split(' ').any(|one| one == word));
    SoundProcessing { echo_cancellation: !echo, noise_suppression: !noise, automatic_gain: !volume, original }
}

/// What to remember.
fn to_text(sound: SoundProcessing) -> String {
    let SoundProcessing { echo_cancellation, noise_suppression, automatic_gain, original } = sound;
    let is_unusual = [!echo_cancellation, !noise_suppression, !automatic_gain, original];
    let words: Vec<_> =
        WORDS.into_iter().zip(is_unusual).filter(|(_, is)| *is).map(|(word, _)| word).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_read_again() {
        for bits in 0..16_u8 {
            let [echo_cancellation, noise_suppression, automatic_gain, original] =
                [0, 1, 2, 3].map(|bit| bits >> bit & 1 == 1);
            let sound = SoundProcessing { echo_cancellation, noise_suppression, automatic_gain, original };
            assert_eq!(parse(&to_text(sound)), sound);
        }
        assert_eq!(parse("nothing that\0makes sense"), SoundProcessing::default());
    }
}
