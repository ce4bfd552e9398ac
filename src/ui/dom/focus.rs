//! Where the focus is, and where it goes. By name, so that the generated glue does not grow.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement};

use super::{
    by_name::{dictionary, invoke, member},
    document::focus,
};

/// The element around the focus that has this tag.
fn around_focus(tag: &str) -> Option<JsValue> {
    let focused = document().active_element()?;
    invoke(&focused, "closest", &[tag.into()]).ok().filter(|found| !found.is_null())
}

/// The id of the element with this tag that the focus is in.
pub fn focused_id(tag: &str) -> Option<String> {
    member(&around_focus(tag)?, "id")?.as_string()
}

/// Which of two neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sibling {
    /// The one before.
    Previous,
    /// The one after.
    Next,
}

/// Puts the focus on the first button in the neighbour of the element with this tag that the focus is in.
pub fn focus_sibling_button(tag: &str, which: Sibling) {
    let name = match which {
        Sibling::Previous => "previousElementSibling",
        Sibling::Next => "nextElementSibling",
    };
    let sibling = around_focus(tag).and_then(|around| member(&around, name));
    let button =
        sibling.and_then(|sibling| sibling.unchecked_into::<Element>().query_selector("button").ok()?);
    if let Some(button) = button {
        focus(button.unchecked_ref::<HtmlElement>());
    }
}

/// Scrolls to the element with this id, if it is out of sight.
pub fn show_element(id: &str) {
    let Some(element) = document().get_element_by_id(id) else { return };
    let _ = invoke(&element, "scrollIntoView", &[dictionary(&[("block", "nearest".into())])]);
}

/// Returns whether the end of an element can be seen in one that scrolls.
pub fn is_end_in_sight(id: &str, scrolling: &str) -> bool {
    let edge = |id, name| {
        let element = document().get_element_by_id(id)?;
        member(&invoke(&element, "getBoundingClientRect", &[]).ok()?, name)?.as_f64()
    };
    let in_sight = || {
        let end = edge(id, "bottom")?;
        // Edges are not at whole pixels.
        Some(edge(scrolling, "top")? <= end && end <= edge(scrolling, "bottom")? + 1.0)
    };
    in_sight().unwrap_or_default()
}
