//! Playing media. Browsers may block it until there is a user gesture.

use std::{cell::Cell, rc::Rc};

use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::{callback::Timeout, future::TimeoutFuture};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlMediaElement};

/// Whether an element plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Playback {
    /// Yes, if it has anything to play.
    Allowed,
    /// Blocked by the browser until there is a user gesture.
    Blocked,
}

/// How often an element is asked to play that was interrupted or blocked.
const ATTEMPTS: u32 = 3;

/// Plays an element, if the browser allows it.
pub async fn play(element: &HtmlMediaElement) -> Playback {
    for attempt in 1..=ATTEMPTS {
        let Ok(playing) = element.play() else { break };
        let Err(error) = JsFuture::from(playing).await else { break };
        match error.dyn_ref::<web_sys::DomException>().map(web_sys::DomException::name).as_deref() {
            Some("NotAllowedError") if attempt == ATTEMPTS => return Playback::Blocked,
            // Allowed while microphone or camera are in use, which Chromium may notice after the page has
            // got them.
            Some("NotAllowedError") => TimeoutFuture::new(AGAIN_MS).await,
            // Paused by a new source or a move (HTML, section 4.8.11.5): then nobody has said yet whether it
            // may play.
            Some("AbortError") if element.src_object().is_some() => {}
            _ => break,
        }
    }
    Playback::Allowed
}

/// Runs this whenever a video inside of the element with this id begins to show something, until what is
/// returned is dropped. `None` if there is no such element.
pub fn on_pictures(id: &str, mut run: impl FnMut() + 'static) -> Option<EventListener> {
    let element = document().get_element_by_id(id)?;
    // Events of media do not bubble.
    let options = EventListenerOptions::run_in_capture_phase();
    Some(EventListener::new_with_options(&element, "loadeddata", options, move |_| run()))
}

/// How often what is interrupted is played again, at most. Unit: millisecond.
const AGAIN_MS: u32 = 1_000;

/// Runs this when media inside of an element has been paused, or has another source: at most once a second,
/// until what is returned is dropped.
pub fn on_interruptions(element: &Element, run: impl Fn() + Clone + 'static) -> [EventListener; 2] {
    let pace = Rc::new(Pace::default());
    ["pause", "emptied"].map(|event| {
        let (pace, run) = (Rc::clone(&pace), run.clone());
        let options = EventListenerOptions::run_in_capture_phase();
        EventListener::new_with_options(element, event, options, move |_| pace.run(run.clone()))
    })
}

/// Keeps a browser that pauses whatever is played from being asked without end.
#[derive(Default)]
struct Pace {
    rest: Cell<Option<Timeout>>,
    was_asked: Cell<bool>,
}

impl Pace {
    fn run(self: &Rc<Self>, run: impl Fn() + Clone + 'static) {
        let rest = self.rest.take();
        if rest.is_some() {
            self.rest.set(rest);
            return self.was_asked.set(true);
        }
        let rested = Rc::downgrade(self);
        let again = run.clone();
        self.rest.set(Some(Timeout::new(AGAIN_MS, move || {
            if let Some(pace) = rested.upgrade() {
                pace.rest.take();
                if pace.was_asked.take() {
                    pace.run(again);
                }
            }
        })));
        run();
    }
}

/// Plays everybody; called from a click, so that the browser allows it.
pub fn play_everybody() {
    let Ok(elements) = document().query_selector_all("[data-peer]") else { return };
    for i in 0..elements.length() {
        if let Some(element) = elements.item(i).and_then(|node| node.dyn_into::<HtmlMediaElement>().ok()) {
            leptos::task::spawn_local(async move {
                play(&element).await;
            });
        }
    }
}
