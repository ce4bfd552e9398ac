//! What the browser remembers, and what the tab keeps across a reload.

use leptos::prelude::*;
use web_sys::Storage;

/// Reads a remembered value. Storage may be switched off: then there is none.
pub fn remembered(key: &str) -> Option<String> {
    storage()?.get_item(key).ok()?
}

/// Remembers a value, if the browser lets us.
pub fn remember(key: &str, value: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(key, value);
    }
}

/// Reads what this tab keeps across a reload.
pub fn kept(key: &str) -> Option<String> {
    window().session_storage().ok()??.get_item(key).ok()?
}

/// Keeps a value for as long as this tab lives, or no longer.
pub fn keep(key: &str, value: Option<&str>) {
    let Ok(Some(storage)) = window().session_storage() else { return };
    // A tab that may not keep anything forgets it with the page.
    let _ = match value {
        Some(value) => storage.set_item(key, value),
        None => storage.remove_item(key),
    };
}

fn storage() -> Option<Storage> {
    window().local_storage().ok()?
}
