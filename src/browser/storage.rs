//! What the browser remembers, and what the tab keeps across a reload. Storage may be switched off or full:
//! then nothing is remembered, and nothing else fails.
//!
//! A tab remembers its own values before those of other tabs: the same person may have another name there.

use web_sys::Storage;

/// Reads a remembered value.
pub fn remembered(key: &str) -> Option<String> {
    kept(key).or_else(|| shared(key))
}

/// Remembers a value.
pub fn remember(key: &str, value: &str) {
    keep(key, Some(value));
    share(key, value);
}

/// Reads what all tabs of this browser share.
pub(super) fn shared(key: &str) -> Option<String> {
    browser()?.get_item(key).ok()?
}

/// Shares a value with all tabs of this browser.
pub(super) fn share(key: &str, value: &str) {
    if let Some(storage) = browser() {
        let _ = storage.set_item(key, value);
    }
}

/// Reads what this tab keeps across a reload.
pub fn kept(key: &str) -> Option<String> {
    tab()?.get_item(key).ok()?
}

/// Keeps a value for as long as this tab lives, or removes it.
pub fn keep(key: &str, value: Option<&str>) {
    let Some(storage) = tab() else { return };
    let _ = match value {
        Some(value) => storage.set_item(key, value),
        None => storage.remove_item(key),
    };
}

/// Removes all values of this tab whose keys begin so.
pub(super) fn remove_kept(prefix: &str) {
    let Some(storage) = tab() else { return };
    let count = storage.length().unwrap_or_default();
    let keys: Vec<_> = (0..count).filter_map(|i| storage.key(i).ok()?).collect();
    for key in keys.iter().filter(|key| key.starts_with(prefix)) {
        let _ = storage.remove_item(key);
    }
}

fn browser() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

fn tab() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}
