//! Work for when the browser is idle.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};

/// Delay in browsers without `requestIdleCallback`. Unit: millisecond.
const PAUSE_MS: i32 = 1000;

/// Runs something once when the browser is idle.
pub fn when_idle(run: impl FnOnce() + 'static) {
    let run = Closure::once_into_js(run);
    let run = run.unchecked_ref();
    if window().request_idle_callback(run).is_err() {
        // Fails only for callbacks that are not functions.
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(run, PAUSE_MS);
    }
}
