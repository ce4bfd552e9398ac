//! Playing media. Browsers block sound until there is a user gesture.

use gloo_events::{EventListener, EventListenerOptions};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlMediaElement;

/// Whether an element can be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sound {
    /// Yes, if it has any.
    Heard,
    /// Blocked by the browser until there is a user gesture.
    Blocked,
}

/// Plays an element, if the browser lets it sound.
pub async fn play(element: &HtmlMediaElement) -> Sound {
    let Ok(playing) = element.play() else { return Sound::Heard };
    let refused = JsFuture::from(playing).await.is_err_and(|error| {
        error.dyn_ref::<web_sys::DomException>().is_some_and(|error| error.name() == "NotAllowedError")
    });
    if refused { Sound::Blocked } else { Sound::Heard }
}

/// Runs this for every video inside of the element with this id that begins to show something, until what is
/// returned is dropped.
pub fn on_first_pictures(id: &str, mut run: impl FnMut() + 'static) -> Option<EventListener> {
    let element = document().get_element_by_id(id)?;
    // Events of media do not bubble.
    let options = EventListenerOptions::run_in_capture_phase();
    Some(EventListener::new_with_options(&element, "loadeddata", options, move |_| run()))
}

/// Plays the sound of everybody; called from a click, so that the browser lets it through.
pub fn play_remote_audio() {
    let Ok(elements) = document().query_selector_all("audio[data-testid=remote-audio]") else { return };
    for i in 0..elements.length() {
        if let Some(audio) = elements.item(i).and_then(|node| node.dyn_into::<HtmlMediaElement>().ok()) {
            leptos::task::spawn_local(async move {
                play(&audio).await;
            });
        }
    }
}
