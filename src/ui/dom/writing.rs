//! Fields in which people write more than a line. By names, so that the generated glue does not grow.

use gloo_events::{EventListener, EventListenerOptions};
use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::{Element, KeyboardEvent};

use super::by_name::{invoke, member};

/// Whether a key press belongs to an input method that has not finished a word (UI Events, section 3.8.5).
/// Safari says so with a key code only.
pub fn is_composing(event: &KeyboardEvent) -> bool {
    const IN_PROCESS: f64 = 229.0;
    member(event, "isComposing").is_some_and(|is| is.is_truthy())
        || member(event, "keyCode").and_then(|code| code.as_f64()) == Some(IN_PROCESS)
}

/// Whether Shift is held.
pub fn is_shifted(event: &KeyboardEvent) -> bool {
    member(event, "shiftKey").is_some_and(|is| is.is_truthy())
}

/// Keeps an event from the elements around.
pub fn stop(event: &KeyboardEvent) {
    // Every event has this method.
    let _ = invoke(event, "stopPropagation", &[]);
}

/// The text of a field.
pub fn written(field: &Element) -> String {
    member(field, "value").and_then(|value| value.as_string()).unwrap_or_default()
}

/// Writes another text into a field.
pub fn rewrite(field: &Element, text: &str) {
    let _ = Reflect::set(field, &"value".into(), &text.into());
}

/// Writes a text where the caret is, in place of what is selected.
pub fn insert_at_caret(field: &Element, text: &str) {
    let place = |name| member(field, name).unwrap_or_else(|| JsValue::from(0));
    let arguments = [text.into(), place("selectionStart"), place("selectionEnd"), "end".into()];
    // Fails only for places beyond the end.
    let _ = invoke(field, "setRangeText", &arguments);
}

/// Whether the person points with a finger. Then the focus of a field brings up a keyboard.
pub fn points_with_finger() -> bool {
    let query = invoke(&window(), "matchMedia", &["(pointer: coarse)".into()]);
    query.ok().and_then(|query| member(&query, "matches")).is_some_and(|is| is.is_truthy())
}

/// How far an element is scrolled: pixels from the start, and to the end.
pub fn scroll_position(element: &Element) -> (f64, f64) {
    let number = |name| member(element, name).and_then(|value| value.as_f64()).unwrap_or_default();
    let top = number("scrollTop");
    (top, number("scrollHeight") - top - number("clientHeight"))
}

/// Scrolls to the end.
pub fn scroll_to_end(element: &Element) {
    let end = member(element, "scrollHeight").unwrap_or_default();
    let _ = Reflect::set(element, &"scrollTop".into(), &end);
}

/// Reports that something in an element has loaded, a picture, until what is returned is dropped.
pub fn on_load_within(element: &Element, report: impl Fn() + 'static) -> EventListener {
    // These events do not bubble.
    let options = EventListenerOptions::run_in_capture_phase();
    EventListener::new_with_options(element, "load", options, move |_| report())
}

/// Scrolls so that an element can be seen, and gives it the focus.
pub fn go_to(selector: &str) {
    if let Ok(Some(element)) = document().query_selector(selector) {
        let _ = invoke(&element, "focus", &[]);
        let _ = invoke(&element, "scrollIntoView", &[JsValue::FALSE]);
    }
}

/// Gives the focus to the element beside the one that handles this event, by the name of the member that
/// leads there. Returns whether there is one. Keys in an element inside of it stay there.
pub fn focus_beside(event: &KeyboardEvent, step: &str) -> bool {
    let (target, current) = (member(event, "target"), member(event, "currentTarget"));
    let beside = current.filter(|current| target.as_ref() == Some(current)).and_then(|at| member(&at, step));
    beside.is_some_and(|beside| invoke(&beside, "focus", &[]).is_ok())
}
