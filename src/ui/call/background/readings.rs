//! Reads the statistics of all connections while the part is drawn.

use gloo_timers::callback::Interval;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    call::quality::{Expected, INTERVAL_MS, Overuse, Quality},
    ui::{
        handle::CallHandle,
        reactive::{State, effect},
    },
};

/// What is known of all connections, from now on. Less is sent while the processor does not keep up.
pub fn keep_reading(call: CallHandle) -> State<Quality> {
    let quality = State::new(Quality::default());
    read(call, quality);
    let _timer = StoredValue::new_local(Interval::new(INTERVAL_MS, move || read(call, quality)));
    let overuse = StoredValue::new(Overuse::default());
    // An earlier call of this page may have ended in the middle of it.
    call.limit_encoding(0);
    effect(move || {
        let is_behind = quality.with(Quality::is_processor_behind);
        if let Some(Some(level)) = overuse.try_update_value(|overuse| overuse.observe(is_behind)) {
            call.limit_encoding(level);
        }
    });
    quality
}

fn read(call: CallHandle, quality: State<Quality>) {
    let Some(readings) = call.read_connections() else { return };
    spawn_local(async move {
        let readings = readings.await;
        if quality.is_disposed() {
            return;
        }
        let view = call.view.get_untracked();
        let expected = readings.into_iter().map(|(peer, reading, plan)| {
            let expected = Expected::of(&view, peer, plan);
            (peer, reading, expected)
        });
        let mut now = quality.get_untracked();
        now.observe(expected.collect());
        quality.set(now);
    });
}
