//! Peers whose answers refuse the section of data channels. Chromium (156) then asks for another offer after
//! every exchange, at once and without end. These offers are held back.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::Timeout;
use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

use crate::browser::js;

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
    /// The chat channel was closed before it was open.
    never_opened: Cell<bool>,
    passes: Cell<bool>,
    timer: RefCell<Option<Timeout>>,
}

impl Refusal {
    /// Listens to a connection, before whoever listens already: in the capture phase (DOM, section 2.9).
    pub(super) fn watch(connection: &JsValue) -> Self {
        let held = Rc::new(Held {
            connection: connection.clone(),
            never_opened: Cell::new(false),
            passes: Cell::new(false),
            timer: RefCell::default(),
        });
        let on_event = Rc::downgrade(&held);
        let target: &EventTarget = connection.unchecked_ref();
        let options = EventListenerOptions::run_in_capture_phase();
        let listener = EventListener::new_with_options(target, NEGOTIATION_NEEDED, options, move |event| {
            if let Some(held) = on_event.upgrade().filter(|held| held.is_refused()) {
                held.on_needed(event);
            }
        });
        Self { held, _listener: listener }
    }

    /// The channel was closed before it was open.
    pub(super) fn never_opened(&self) {
        self.held.never_opened.set(true);
    }

    /// Lets the offer through if there is media to be agreed on.
    pub(super) fn reconsider(&self) {
        if self.held.timer.borrow().is_some() && self.held.has_new_media() {
            self.held.release();
        }
    }
}

impl Held {
    fn is_refused(&self) -> bool {
        // W3C webrtc, section 5.6: `null` unless both sides have agreed. Chromium knows that some time after
        // it has closed the channel.
        self.never_opened.get() && js::member(&self.connection, "sctp").is_none()
    }

    fn on_needed(self: &Rc<Self>, event: &JsValue) {
        if self.passes.replace(false) || self.has_new_media() {
            return;
        }
        let _ = js::invoke(event, "stopImmediatePropagation", &[]);
        let held: Weak<Self> = Rc::downgrade(self);
        let release = move || {
            if let Some(held) = held.upgrade() {
                held.release();
            }
        };
        self.timer.replace(Some(Timeout::new(HOLD_MS, release)));
    }

    /// Whether there is a transceiver that was in no exchange yet.
    fn has_new_media(&self) -> bool {
        let transceivers = js::invoke(&self.connection, "getTransceivers", &[]).unwrap_or_default();
        Array::from(&transceivers).iter().any(|one| js::member(&one, "mid").is_none())
    }

    fn release(&self) {
        self.timer.take();
        self.passes.set(true);
        let class = web_sys::window().and_then(|window| js::member(&window, "Event"));
        let make = |class: JsValue| {
            Reflect::construct(&class.unchecked_into::<Function>(), &Array::of1(&NEGOTIATION_NEEDED.into()))
        };
        if let Some(Ok(event)) = class.map(make) {
            let _ = js::invoke(&self.connection, "dispatchEvent", &[event]);
        }
    }
}
