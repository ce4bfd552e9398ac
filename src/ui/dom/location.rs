//! The address of this page, and going to another.

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

/// The address that leads another person to this path.
pub fn absolute_link(path: &str) -> String {
    let origin = window().location().origin().unwrap_or_default();
    format!("{origin}{path}")
}

/// Where a new page goes in the history of the tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Navigation {
    /// After this page.
    Push,
    /// In place of this page.
    Replace,
}

/// Opens another page of this site.
pub fn go(path: &str, how: Navigation) {
    let location = window().location();
    // Fails only for addresses that are none.
    let _ = match how {
        Navigation::Push => location.assign(path),
        Navigation::Replace => location.replace(path),
    };
}

/// Loads this page anew.
pub fn reload() {
    // Fails only where the page may not steer its window; then the person reloads.
    let _ = window().location().reload();
}
