//! Modal dialogs (HTML, section 4.11.4). By name, so that the generated glue does not grow.

use web_sys::HtmlElement;

use super::by_name::{invoke, member};

/// Shows a `<dialog>` over the page, whose rest cannot be used meanwhile. The focus goes into it.
pub fn show_modal(dialog: &HtmlElement) {
    if member(dialog, "open").is_some_and(|open| open.is_falsy()) {
        // Fails only for a dialog that is outside of the document.
        let _ = invoke(dialog, "showModal", &[]);
    }
}

/// Closes a `<dialog>`, which fires `close`. The focus goes back to where it was.
pub fn close_dialog(dialog: &HtmlElement) {
    // Fails only for elements that are no dialogs.
    let _ = invoke(dialog, "close", &[]);
}

/// What the browser says about itself.
pub fn user_agent() -> String {
    let navigator = member(&leptos::prelude::window(), "navigator");
    let name = navigator.and_then(|navigator| member(&navigator, "userAgent"));
    name.and_then(|name| name.as_string()).unwrap_or_default()
}
