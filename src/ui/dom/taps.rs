//! Touch screens have no hover: what a mouse pointer shows, a tap has to show.

use gloo_events::EventListener;
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// Attribute of the element that was tapped last.
const TAPPED: &str = "data-tapped";

/// Until what is returned is dropped, each tap, or click, marks the element of this selector in which it is
/// by `data-tapped`, and takes the mark from the one before.
pub fn mark_tapped(selector: &'static str) -> EventListener {
    EventListener::new(&document(), "click", move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let tapped = target.and_then(|target| target.closest(selector).ok().flatten());
        if let Ok(Some(before)) = document().query_selector("[data-tapped]") {
            let _ = before.remove_attribute(TAPPED);
        }
        if let Some(tapped) = tapped {
            let _ = tapped.set_attribute(TAPPED, "true");
        }
    })
}
