//! Playing media. Browsers may block it until there is a user gesture.

use gloo_events::{EventListener, EventListenerOptions};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlMediaElement;

/// Whether an element plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Playback {
    /// Yes, if it has anything to play.
    Allowed,
    /// Blocked by the browser until there is a user gesture.
    Blocked,
}

/// Plays an element, if the browser allows it.
pub async fn play(element: &HtmlMediaElement) -> Playback {
    let Ok(playing) = element.play() else { return Playback::Allowed };
    let refused = JsFuture::from(playing).await.is_err_and(|error| {
        error.dyn_ref::<web_sys::DomException>().is_some_and(|error| error.name() == "NotAllowedError")
    });
    if refused { Playback::Blocked } else { Playback::Allowed }
}

/// Runs this whenever a video inside of the element with this id begins to show something, until what is
/// returned is dropped. `None` if there is no such element.
pub fn on_pictures(id: &str, mut run: impl FnMut() + 'static) -> Option<EventListener> {
    let element = document().get_element_by_id(id)?;
    // Events of media do not bubble.
    let options = EventListenerOptions::run_in_capture_phase();
    Some(EventListener::new_with_options(&element, "loadeddata", options, move |_| run()))
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
