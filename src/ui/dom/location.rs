//! The address of this page, and navigation.

use leptos::prelude::*;
use web_sys::UrlSearchParams;

/// The path of this page.
pub fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// A parameter of this page's address.
pub fn query(name: &str) -> Option<String> {
    let search = window().location().search().ok()?;
    UrlSearchParams::new_with_str(&search).ok()?.get(name)
}

/// Host and port of this server, as in its links.
pub fn host() -> String {
    window().location().host().unwrap_or_default()
}

/// The absolute URL of a path on this server.
pub fn absolute_link(path: &str) -> String {
    let origin = window().location().origin().unwrap_or_default();
    format!("{origin}{path}")
}

/// What happens to this page in the history of the tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Navigation {
    /// It stays: the new page is added.
    Push,
    /// It is replaced by the new page.
    Replace,
}

/// Opens another page of this site.
pub fn go(path: &str, how: Navigation) {
    let location = window().location();
    // Fails only for invalid URLs.
    let _ = match how {
        Navigation::Push => location.assign(path),
        Navigation::Replace => location.replace(path),
    };
}

/// Reloads this page.
pub fn reload() {
    // Fails only where a page may not navigate its window.
    let _ = window().location().reload();
}
