//! The level meter of the microphone.

use leptos::prelude::*;

use crate::{
    call::DeviceState,
    ui::{
        handle::CallHandle,
        reactive::State,
        text::{i18n::I18n, lobby as text},
    },
};

/// The number of dots.
const STEPS: u8 = 6;

/// A row of dots that light up with the level.
#[component]
pub fn MicrophoneMeter(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let step = State::new(0_u8);
    let live = call.slice(|view| view.microphone.state == DeviceState::On);
    read_every_frame(call, step);
    on_cleanup(move || call.stop_metering());
    view! {
        <span
            class="meter"
            data-live=move || live.get().to_string()
            role="img"
            aria-label=i18n.t(&text::MICROPHONE_LEVEL)
            data-step=move || step.get().to_string()
        >
            <i></i>
            <i></i>
            <i></i>
            <i></i>
            <i></i>
            <i></i>
        </span>
    }
}

/// Reads the level once per frame until the meter is gone.
fn read_every_frame(call: CallHandle, step: State<u8>) {
    request_animation_frame(move || {
        if step.is_disposed() {
            return;
        }
        let now = step_of(call.microphone_level().unwrap_or_default());
        if step.get_untracked() != now {
            step.set(now);
        }
        read_every_frame(call, step);
    });
}

/// The number of dots for a level. Speech has low levels: the square root spreads them over the whole row.
fn step_of(level: f32) -> u8 {
    let shown = level.clamp(0.0, 1.0).sqrt() * f32::from(STEPS);
    (1..=STEPS).rev().find(|step| shown >= f32::from(*step)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_dark_and_shouting_is_full() {
        assert_eq!(step_of(0.0), 0);
        assert_eq!(step_of(0.04), 1);
        assert_eq!(step_of(0.25), 3);
        assert_eq!(step_of(1.0), STEPS);
        assert_eq!(step_of(7.0), STEPS);
        assert_eq!(step_of(f32::NAN), 0);
    }
}
