//! Form input made before the client took over the page.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::document::focus;

/// The contents of the fields of a page, by their ids, and the id of the element with the focus.
pub struct FormSnapshot {
    values: Vec<(String, String)>,
    focused: Option<String>,
}

impl FormSnapshot {
    /// Reads the fields of this page.
    pub fn take() -> Self {
        let filled = fields().filter(|field| !field.value().is_empty());
        Self {
            values: filled.map(|field| (field.id(), field.value())).collect(),
            focused: document().active_element().map(|element| element.id()),
        }
    }

    /// Writes the contents into the fields of the page that has replaced it.
    pub fn restore(self) {
        for field in fields() {
            let id = field.id();
            if let Some((_, value)) = self.values.iter().find(|(of, _)| *of == id) {
                field.set_value(value);
            }
            if self.focused.as_ref() == Some(&id) {
                focus(&field);
            }
        }
    }
}

fn fields() -> impl Iterator<Item = HtmlInputElement> {
    let list = document().query_selector_all("input[id]").ok();
    let count = list.as_ref().map_or(0, web_sys::NodeList::length);
    (0..count).filter_map(move |i| list.as_ref()?.item(i)?.dyn_into().ok())
}
