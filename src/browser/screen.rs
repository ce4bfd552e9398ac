//! Keeps the screen on while the core wants it: the Screen Wake Lock API, where there is one.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::js::{self, WakeLock, WakeLockSentinel};

/// The lock on the screen. Dropping it releases it.
#[derive(Default)]
pub(super) struct ScreenLock(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    wanted: bool,
    held: Option<Held>,
}

/// Released when dropped; the browser may have done so before.
struct Held(WakeLockSentinel);

impl ScreenLock {
    /// Requests the lock, also if it is held already: what the browser has released it gives anew. Refused
    /// while the page is hidden, or to save energy.
    pub(super) fn take(&self) {
        self.0.borrow_mut().wanted = true;
        let state = Rc::clone(&self.0);
        spawn_local(async move {
            let Some(sentinel) = request().await else { return };
            let mut state = state.borrow_mut();
            let held = Held(sentinel);
            if state.wanted {
                state.held = Some(held);
            }
        });
    }

    /// Lets the screen go off.
    pub(super) fn release(&self) {
        *self.0.borrow_mut() = State::default();
    }
}

impl Drop for ScreenLock {
    fn drop(&mut self) {
        self.release();
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Ok(promise) = self.0.release() {
            js::run(promise);
        }
    }
}

async fn request() -> Option<WakeLockSentinel> {
    let navigator = web_sys::window()?.navigator();
    let locks = js::member(&navigator, "wakeLock")?.unchecked_into::<WakeLock>();
    JsFuture::from(locks.request("screen").ok()?).await.ok().map(JsCast::unchecked_into)
}
