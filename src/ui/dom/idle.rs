//! Doing something when the page has nothing else to do.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};

/// Waits for this long where a browser does not tell when it is idle. Unit: millisecond.
const PAUSE_MS: i32 = 1000;

/// Runs something once when the browser is idle.
pub fn when_idle(run: impl FnOnce() + 'static) {
    let run = Closure::once_into_js(run);
    let run = run.unchecked_ref();
    if window().request_idle_callback(run).is_err() {
        // Fails only where there are no timers, and then there are no parts of the page either.
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(run, PAUSE_MS);
    }
}
