//! Work for when the browser is idle.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::IdleRequestOptions;

/// Delay in browsers without `requestIdleCallback`. Unit: millisecond.
const PAUSE_MS: i32 = 1000;

/// A browser that is never idle is not waited for any longer. Unit: millisecond.
const PATIENCE_MS: u32 = 3000;

/// Runs something once when the browser is idle.
pub fn when_idle(run: impl FnOnce() + 'static) {
    let run = Closure::once_into_js(run);
    let run = run.unchecked_ref();
    let options = IdleRequestOptions::new();
    options.set_timeout(PATIENCE_MS);
    if window().request_idle_callback_with_options(run, &options).is_err() {
        // Fails only for callbacks that are not functions.
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(run, PAUSE_MS);
    }
}
