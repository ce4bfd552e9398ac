//! Choosing the loudspeaker on which the others and the sounds of the page are played.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    browser::{self, Loudspeaker, Sound},
    protocol::TrackSource,
    ui::{
        call::names::device_name,
        handle::CallHandle,
        reactive::{State, effect},
        text::{devices as text, i18n::I18n},
    },
};

/// Storage key: the loudspeaker.
const SPEAKER_KEY: &str = "halloo.speaker";

/// The `deviceId` of the chosen loudspeaker; empty for that of the browser.
pub fn chosen_loudspeaker() -> String {
    browser::remembered(SPEAKER_KEY).unwrap_or_default()
}

/// Plays all others on this loudspeaker.
pub fn play_on(call: CallHandle, speaker: &str) {
    for peer in call.view.get_untracked().participants {
        for source in [TrackSource::Microphone, TrackSource::ScreenAudio] {
            if let Some(player) = call.player(peer.id, source) {
                browser::play_on(&player, speaker);
            }
        }
    }
}

/// The list of loudspeakers, where the browser lets pages choose, and a button that plays a sound on the one
/// that is chosen.
#[component]
pub fn LoudspeakerChoice(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let speakers = State::new(Vec::<Loudspeaker>::new());
    // Browsers list loudspeakers with the other devices: after a permission, and when one is plugged in.
    let inputs = call.slice(|view| view.inputs.clone());
    effect(move || {
        inputs.track();
        spawn_local(async move { speakers.set(browser::loudspeakers().await) });
    });
    let options = move || {
        let chosen = chosen_loudspeaker();
        speakers.with(|speakers| {
            let any = !speakers.iter().any(|speaker| speaker.id == chosen);
            let default = view! { <option value="" selected=any>{i18n.t(&text::DEFAULT_DEVICE)}</option> };
            let named = speakers.iter().enumerate().map(|(i, speaker)| {
                let label = device_name(i18n, &speaker.label, i);
                view! { <option value=speaker.id.clone() selected=speaker.id == chosen>{label}</option> }
            });
            (default, named.collect_view())
        })
    };
    let choose = move |event| {
        let id = event_target_value(&event);
        browser::remember(SPEAKER_KEY, &id);
        play_on(call, &id);
    };
    // Fetched when it is first wanted, then kept: it plays on after the click.
    let sound = StoredValue::new_local(None::<Sound>);
    let test = move |_| {
        sound.update_value(|sound| *sound = sound.take().or_else(Sound::joined));
        sound.with_value(|sound| sound.as_ref().map(|sound| sound.play(&chosen_loudspeaker())));
    };
    let any = move || speakers.with(|speakers| !speakers.is_empty());
    view! {
        {move || any().then(|| view! {
            <div class="choice">
                <label for="choose-speaker">{i18n.t(&text::SPEAKER)}</label>
                <select id="choose-speaker" on:change=choose>{options}</select>
            </div>
        }.into_any())}
        <button type="button" class="button small" on:click=test>{i18n.t(&text::TEST_SOUND)}</button>
    }
}
