//! Fingers do not hover: what a mouse shows by pointing at it, they show by a tap.

use gloo_events::EventListener;
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// Attribute of the element that was tapped last.
const TAPPED: &str = "data-tapped";

/// Marks the element of this selector in which the last tap, or click, was: `data-tapped`, until the next one
/// is elsewhere, or until what is returned is dropped.
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
