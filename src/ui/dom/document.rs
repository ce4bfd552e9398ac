//! The document and its elements.

use gloo_events::EventListener;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDocument, HtmlElement};

use super::by_name::{invoke, member};

/// Reads an attribute of `<html>`.
pub fn root_attribute(name: &str) -> Option<String> {
    document().document_element()?.get_attribute(name)
}

/// Sets an attribute of `<html>`.
pub fn set_root_attribute(name: &str, value: &str) {
    if let Some(root) = document().document_element() {
        set_attribute(&root, name, value);
    }
}

/// Sets the title of the window.
pub fn set_title(title: &str) {
    document().set_title(title);
}

/// The title of the window.
pub fn title() -> String {
    document().title()
}

/// Returns whether there is an element with this id.
pub fn has_element(id: &str) -> bool {
    document().get_element_by_id(id).is_some()
}

/// Opens or closes the popover with this id (HTML, section 6.12).
pub fn toggle_popover(id: &str) {
    let element = document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        // Fails only for an element that is no popover, or in a browser without popovers.
        let _ = element.toggle_popover();
    }
}

/// Closes the popover with this id, if it is open.
pub fn hide_popover(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        // Fails only for an element that is no popover.
        let _ = invoke(&element, "hidePopover", &[]);
    }
}

/// Returns whether a button is held down, by a pointer or a key.
pub fn is_pressed() -> bool {
    matches!(document().query_selector("button:active"), Ok(Some(_)))
}

/// Empties the page.
pub fn clear_body() {
    if let Some(body) = document().body() {
        body.set_text_content(None);
    }
}

/// Moves an element to the end of another, unless it is in there.
pub fn put_into(parent: &Element, element: &Element) {
    if element.parent_element().as_ref() != Some(parent) {
        // Fails only for a parent that is inside of the element.
        let _ = parent.append_child(element);
    }
}

/// Moves an element to before the first one that a selector finds.
pub fn put_before(selector: &str, element: &Element) {
    if let Ok(Some(next)) = document().query_selector(selector) {
        // Fails only for elements inside of each other.
        let _ = invoke(&next, "before", &[element.into()]);
    }
}

/// Sets an attribute.
pub fn set_attribute(element: &Element, name: &str, value: &str) {
    // Fails only for invalid attribute names; ours are literals.
    let _ = element.set_attribute(name, value);
}

/// Tells screen readers what an element is.
pub fn set_label(element: &Element, label: &str) {
    set_attribute(element, "aria-label", label);
}

/// Writes a cookie for this site that lasts a year.
pub fn set_cookie(name: &str, value: &str) {
    let page: HtmlDocument = document().unchecked_into();
    // A browser that refuses cookies only forgets the choice.
    let _ = page.set_cookie(&format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax"));
}

/// Puts the keyboard focus on an element.
pub fn focus(element: &HtmlElement) {
    // Fails only for elements outside the document.
    let _ = element.focus();
}

/// Puts the keyboard focus on the first element that a selector finds.
pub fn focus_first(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        focus(&element);
    }
}

/// Whether a key press goes to a text field or a list.
pub fn is_typing(event: &web_sys::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "SELECT" | "TEXTAREA"))
}

/// Whether the page is in a tab or a window that cannot be seen, and none of its videos is in a window of its
/// own. Firefox does not tell pages of the windows that it opens.
pub fn is_hidden() -> bool {
    document().hidden() && member(&document(), "pictureInPictureElement").is_none()
}

/// Runs something whenever that may have changed, until what is returned is dropped.
pub fn on_visibility_change(run: impl Fn() + Copy + 'static) -> [EventListener; 3] {
    ["visibilitychange", "enterpictureinpicture", "leavepictureinpicture"]
        .map(|name| EventListener::new(&document(), name, move |_| run()))
}

/// Pixels of the display per pixel of the page.
pub fn pixel_ratio() -> f64 {
    window().device_pixel_ratio()
}
