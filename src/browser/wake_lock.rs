//! Keeps the screen on while the core wants it: the Screen Wake Lock API, where there is one.

use std::cell::RefCell;

use js_sys::Promise;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::js::{self, WakeLock, WakeLockSentinel};

/// The lock on the screen, as it was last requested.
#[derive(Default)]
pub(super) struct ScreenLock(RefCell<Option<Promise>>);

impl ScreenLock {
    /// Requests the lock, also if it is held already: what the browser has released it gives anew. Or
    /// releases it. Refused while the page is hidden, or to save energy.
    pub(super) fn keep_on(&self, on: bool) {
        let requested = if on { request() } else { None };
        let Some(before) = self.0.replace(requested) else { return };
        spawn_local(async move {
            if let Ok(sentinel) = JsFuture::from(before).await {
                js::run(sentinel.unchecked_into::<WakeLockSentinel>().release());
            }
        });
    }
}

fn request() -> Option<Promise> {
    let locks = js::member(&web_sys::window()?.navigator(), "wakeLock")?;
    let requested = locks.unchecked_into::<WakeLock>().request("screen");
    // Or the browser complains about a refusal.
    js::run(requested.clone());
    Some(requested)
}
