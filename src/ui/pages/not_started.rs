//! What a page says whose client could not be loaded or started.

use leptos::prelude::*;

use crate::ui::text::{
    i18n::I18n,
    late::RELOAD,
    page::{NEEDS_JAVASCRIPT, NOT_STARTED},
};

/// A notice for browsers that run no scripts, and one that the style sheet shows once `<html>` has the
/// attribute `data-not-started`.
#[component]
pub fn NotStarted() -> impl IntoView {
    let i18n = I18n::from_context();
    view! {
        <noscript>
            <p class="notice">{i18n.t(&NEEDS_JAVASCRIPT)}</p>
        </noscript>
        <div class="notice not-started" role="alert" data-testid="not-started">
            <p class="notice-words">{i18n.t(&NOT_STARTED)}</p>
            // The address of this page.
            <a class="button small" href="">{i18n.t(&RELOAD)}</a>
        </div>
    }
}
