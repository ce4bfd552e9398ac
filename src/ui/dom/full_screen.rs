//! Showing an element on the whole screen (WHATWG Fullscreen).

use leptos::prelude::*;
use web_sys::Element;

/// Whether elements can be shown on the whole screen. On an iPhone only videos can.
pub fn has_full_screen() -> bool {
    document().fullscreen_enabled()
}

/// Shows an element on the whole screen, or in its place again.
pub fn toggle_full_screen(element: &Element) {
    if document().fullscreen_element().as_ref() == Some(element) {
        document().exit_fullscreen();
    } else {
        // Refused outside of a click, or by the person's settings; then it stays where it is.
        let _ = element.request_fullscreen();
    }
}
