//! Peers whose answers refuse the section of data channels. Chromium (156) then asks for another offer after
//! every exchange, at once and without end. These offers are held back.

use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

use crate::browser::{connection::HELD, js};

const NEGOTIATION_NEEDED: &str = "negotiationneeded";
/// How long an offer is held back. Other reasons to offer wait with it, unless they can be seen. Unit:
/// millisecond.
const HOLD_MS: u32 = 30_000;

/// Holds back what a connection asks for because of a refused section.
pub(super) struct Refusal {
    held: Rc<Held>,
    _listener: EventListener,
}

struct Held {
    connection: JsValue,
    timer: RefCell<Option<Timeout>>,
}

impl Refusal {
    /// Watches a connection.
    pub(super) fn watch(connection: &JsValue) -> Self {
        let held = Rc::new(Held { connection: connection.clone(), timer: RefCell::default() });
        let on_event = Rc::downgrade(&held);
        let target: &EventTarget = connection.unchecked_ref();
        let listener = EventListener::new(target, NEGOTIATION_NEEDED, move |_| {
            if let Some(held) = on_event.upgrade() {
                held.on_needed();
            }
        });
        Self { held, _listener: listener }
    }

    /// The channel was closed before it was open: the peer may have refused it.
    pub(super) fn suspect(&self) {
        self.held.hold(true);
    }

    /// Lets the offer through if there is media to be agreed on.
    pub(super) fn reconsider(&self) {
        if self.held.timer.borrow().is_some() && self.held.has_new_media() {
            self.held.release_in(0);
        }
    }
}

impl Held {
    fn hold(&self, held: bool) {
        let held = if held { JsValue::TRUE } else { JsValue::UNDEFINED };
        js::set_member(&self.connection, HELD, &held);
    }

    /// An offer is needed; it is not made while this connection is held.
    fn on_needed(self: &Rc<Self>) {
        if js::member(&self.connection, HELD).is_none() {
            return;
        }
        // In a task of its own: an event that is dispatched here would call this listener recursively.
        let hold_ms = if self.is_refused() && !self.has_new_media() { HOLD_MS } else { 0 };
        self.release_in(hold_ms);
    }

    fn release_in(self: &Rc<Self>, ms: u32) {
        let held: Weak<Self> = Rc::downgrade(self);
        let release = move || {
            if let Some(held) = held.upgrade() {
                held.release();
            }
        };
        self.timer.replace(Some(Timeout::new(ms, release)));
    }

    /// W3C webrtc, section 5.6: `null` unless both sides have agreed. Chromium knows that some time after it
    /// has closed the channel.
    fn is_refused(&self) -> bool {
        js::member(&self.connection, "sctp").is_none()
    }

    /// Whether there is a transceiver that was in no exchange yet.
    fn has_new_media(&self) -> bool {
        let transceivers = js::invoke(&self.connection, "getTransceivers", &[]).unwrap_or_default();
        Array::from(&transceivers).iter().any(|one| js::member(&one, "mid").is_none())
    }

    /// Has the offer made, and holds back what comes after it if the section is still refused.
    fn release(&self) {
        self.timer.take();
        self.hold(false);
        let class = web_sys::window().and_then(|window| js::member(&window, "Event"));
        let make = |class: JsValue| {
            Reflect::construct(&class.unchecked_into::<Function>(), &Array::of1(&NEGOTIATION_NEEDED.into()))
        };
        if let Some(Ok(event)) = class.map(make) {
            let _ = js::invoke(&self.connection, "dispatchEvent", &[event]);
        }
        self.hold(self.is_refused());
    }
}
