//! Files that the person chooses, pastes or drops. By names, so that the generated glue does not grow.

use std::rc::Rc;

use gloo_events::{EventListener, EventListenerOptions};
use js_sys::{Array, Reflect};
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::{Element, Event};

use super::by_name::{invoke, member};

/// What happens to files that are dragged over the page.
pub enum Dragged {
    /// They are over it.
    Over,
    /// They are no longer.
    Away,
    /// They were dropped.
    Dropped(Vec<JsValue>),
}

/// The files that were chosen in a field, which is empty then: the same file can be chosen again.
pub fn chosen_files(field: &Element) -> Vec<JsValue> {
    let chosen = listed(member(field, "files"));
    // Fails for no field of this kind.
    let _ = Reflect::set(field, &"value".into(), &"".into());
    chosen
}

/// The files that are pasted.
pub fn pasted_files(event: &Event) -> Vec<JsValue> {
    files_of(member(event, "clipboardData"))
}

/// Reports files that are dragged over the page, which does not open them, until what is returned is dropped.
pub fn on_files_dragged(report: impl Fn(Dragged) + 'static) -> [EventListener; 3] {
    let report = Rc::new(report);
    let options = EventListenerOptions::enable_prevent_default();
    let over = Rc::clone(&report);
    let away = Rc::clone(&report);
    let page = window();
    [
        EventListener::new_with_options(&page, "dragover", options, move |event| {
            if has_files(event) {
                event.prevent_default();
                over(Dragged::Over);
            }
        }),
        EventListener::new(&page, "dragleave", move |event| {
            // To another element is not away.
            if member(event, "relatedTarget").is_none() {
                away(Dragged::Away);
            }
        }),
        EventListener::new_with_options(&page, "drop", options, move |event| {
            if has_files(event) {
                event.prevent_default();
                report(Dragged::Dropped(files_of(member(event, "dataTransfer"))));
            }
        }),
    ]
}

fn has_files(event: &Event) -> bool {
    let types = member(event, "dataTransfer").and_then(|data| member(&data, "types"));
    types.is_some_and(|types| invoke(&types, "includes", &["Files".into()]).is_ok_and(|has| has.is_truthy()))
}

fn files_of(transfer: Option<JsValue>) -> Vec<JsValue> {
    listed(transfer.and_then(|transfer| member(&transfer, "files")))
}

fn listed(list: Option<JsValue>) -> Vec<JsValue> {
    list.map(|list| Array::from(&list).iter().collect()).unwrap_or_default()
}
