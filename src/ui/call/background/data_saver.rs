//! Sending and receiving less: chosen in the menu, offered when the network is bad.

use leptos::prelude::*;

use crate::{
    browser,
    call::{
        DataSaver, DeviceKind,
        quality::{INTERVAL_MS, Quality},
    },
    ui::{
        call::notices::Notice,
        handle::CallHandle,
        reactive::{Derived, State, effect},
        text::{Text, devices::CLOSE, i18n::I18n, saver as text},
    },
};

/// Storage key: how much is sent and received.
const SAVER_KEY: &str = "halloo.saver";
/// A network that is bad for this long is no passing trouble. Unit: millisecond.
const BAD_FOR_MS: u32 = 10_000;

/// Does what this person chose in an earlier call.
pub fn restore_data_saver(call: CallHandle) {
    let saver = DataSaver::parse(&browser::remembered(SAVER_KEY).unwrap_or_default());
    if saver != DataSaver::Off {
        call.save_data(saver);
    }
}

fn choose(call: CallHandle, saver: DataSaver) {
    browser::remember(SAVER_KEY, saver.as_str());
    if saver == DataSaver::SoundOnly {
        call.switch(DeviceKind::Camera, false);
    }
    call.save_data(saver);
}

const fn words(saver: DataSaver) -> &'static Text {
    match saver {
        DataSaver::Off => &text::OFF,
        DataSaver::SmallPictures => &text::SMALL_PICTURES,
        DataSaver::SoundOnly => &text::SOUND_ONLY,
    }
}

/// How much is sent and received.
#[component]
pub fn DataSaverChoice(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let chosen = call.slice(|view| view.saver);
    let option = |saver: DataSaver| {
        let selected = move || chosen.get() == saver;
        view! { <option value=saver.as_str() prop:selected=selected>{i18n.t(words(saver))}</option> }
    };
    view! {
        <div class="choice">
            <label for="choose-saver">{i18n.t(&text::DATA)}</label>
            <select
                id="choose-saver"
                on:change=move |event| choose(call, DataSaver::parse(&event_target_value(&event)))
            >
                {DataSaver::ALL.into_iter().map(option).collect::<Vec<_>>()}
            </select>
        </div>
    }
}

/// Offers it once in a call, when the network is bad.
#[component]
pub fn DataSaverOffer(call: CallHandle, quality: State<Quality>) -> impl IntoView {
    let i18n = I18n::from_context();
    let (bad_readings, answered) = (State::new(0_u32), State::new(false));
    effect(move || {
        let is_bad = quality.with(Quality::suggests_saving);
        bad_readings.set(if is_bad { bad_readings.get_untracked() + 1 } else { 0 });
    });
    let saver = call.slice(|view| view.saver);
    let offered = Derived::new(move || {
        let is_bad = bad_readings.get() >= BAD_FOR_MS / INTERVAL_MS;
        is_bad && saver.get() == DataSaver::Off && !answered.get()
    });
    let accept = move |_| {
        answered.set(true);
        choose(call, DataSaver::SmallPictures);
    };
    let notice = move || {
        offered.get().then(|| {
            let title = Derived::new(move || i18n.get(&text::OFFER).to_owned());
            view! {
                <Notice title hint=Derived::new(move || i18n.get(&text::OFFER_HINT))>
                    <div class="notice-actions">
                        <button type="button" class="button small" on:click=accept>
                            {i18n.t(&text::ACCEPT)}
                        </button>
                        <button
                            type="button"
                            class="button small quiet"
                            on:click=move |_| answered.set(true)
                        >
                            {i18n.t(&CLOSE)}
                        </button>
                    </div>
                </Notice>
            }
            .into_any()
        })
    };
    view! { <div class="notices" aria-live="polite">{notice}</div> }
}
