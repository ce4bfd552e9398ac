//! Hints about the microphone: somebody speaks while it is off, or it gives nothing.

use std::cell::RefCell;

use gloo_timers::callback::Interval;
use leptos::prelude::*;

use crate::{
    browser,
    call::{DeviceKind, DeviceState, LEVEL_INTERVAL_MS, MicrophoneHint, MicrophoneWatch},
    ui::{
        call::notices::Notice,
        handle::CallHandle,
        reactive::{Derived, State, effect},
        text::{devices as text, i18n::I18n},
    },
};

/// What there is to say about the level of the microphone now.
#[component]
pub fn MicrophoneHints(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let hint = watch_level(call);
    let notice = move || {
        let (title, words) = match hint.get()? {
            MicrophoneHint::SpeaksWhileOff => (&text::SPEAKS_WHILE_OFF, &text::SPEAKS_WHILE_OFF_HINT),
            MicrophoneHint::GivesNothing => (&text::GIVES_NOTHING, &text::GIVES_NOTHING_HINT),
        };
        let switch_on = (hint.get_untracked() == Some(MicrophoneHint::SpeaksWhileOff)).then(|| {
            view! {
                <button
                    type="button"
                    class="button small"
                    on:click=move |_| call.switch(DeviceKind::Microphone, true)
                >
                    {i18n.t(&text::SWITCH_ON_MICROPHONE)}
                </button>
            }
        });
        let title = Derived::new(move || i18n.get(title).to_owned());
        Some(
            view! { <Notice title hint=Derived::new(move || i18n.get(words))>{switch_on}</Notice> }
                .into_any(),
        )
    };
    view! { <div class="notices" aria-live="polite">{notice}</div> }
}

/// Samples the level as long as the component is drawn.
fn watch_level(call: CallHandle) -> State<Option<MicrophoneHint>> {
    let hint = State::new(None);
    let used = call.slice(|view| view.microphone.clone());
    let device = call.slice(|view| view.microphone.device.clone());
    let watch = StoredValue::new_local(RefCell::new(MicrophoneWatch::default()));
    effect(move || {
        // What one device gives says nothing about another.
        device.track();
        watch.set_value(RefCell::new(MicrophoneWatch::default()));
    });
    let sample = move || {
        let is_on = match used.get_untracked().state {
            DeviceState::On => true,
            DeviceState::Off => false,
            DeviceState::Starting | DeviceState::Problem(_) => return,
        };
        // No microphone, or none that can be measured.
        let Some(level) = call.microphone_level() else { return hint.set(None) };
        let now = watch.with_value(|watch| watch.borrow_mut().sample(browser::now(), is_on, level));
        if now != hint.get_untracked() {
            hint.set(now);
        }
    };
    let interval = StoredValue::new_local(Interval::new(LEVEL_INTERVAL_MS, sample));
    on_cleanup(move || {
        interval.dispose();
        call.stop_metering();
    });
    hint
}
