//! Sending and receiving less: chosen in the menu, offered when the network is bad.

use leptos::prelude::*;

use crate::{
    browser,
    call::{DataSaver, DeviceKind, quality::Quality},
    ui::{
        call::notices::Notice,
        handle::CallHandle,
        reactive::{Derived, State, effect},
        text::{Text, devices::CLOSE, i18n::I18n, saver as text},
    },
};

/// Storage key: how much is sent and received.
const SAVER_KEY: &str = "halloo.saver";
/// A network that is bad in so many readings in a row, ten seconds, is no passing trouble.
const BAD_READINGS: u32 = 5;

/// Does what this person chose in an earlier call.
pub fn restore_data_saver(call: CallHandle) {
    let saver = DataSaver::parse(&browser::remembered(SAVER_KEY).unwrap_or_default());
    if saver != DataSaver::Off {
        apply(call, saver);
    }
}

fn choose(call: CallHandle, saver: DataSaver) {
    browser::remember(SAVER_KEY, saver.as_str());
    apply(call, saver);
}

fn apply(call: CallHandle, saver: DataSaver) {
    if saver == DataSaver::NoCameras {
        call.switch(DeviceKind::Camera, false);
    }
    call.save_data(saver);
}

const fn words(saver: DataSaver) -> &'static Text {
    match saver {
        DataSaver::Off => &text::OFF,
        DataSaver::SmallPictures => &text::SMALL_PICTURES,
        DataSaver::NoCameras => &text::NO_CAMERAS,
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
        // Once offered it stays until it is answered.
        let before = bad_readings.get_untracked();
        let is_bad = quality.with(Quality::suggests_saving) || before >= BAD_READINGS;
        bad_readings.set(if is_bad { before.saturating_add(1) } else { 0 });
    });
    let saver = call.slice(|view| view.saver);
    let offered = Derived::new(move || {
        bad_readings.get() >= BAD_READINGS && saver.get() == DataSaver::Off && !answered.get()
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
