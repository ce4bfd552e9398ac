//! The call in a small window over those of all programs (Picture-in-Picture).

mod choice;
mod content;
mod state;

use leptos::prelude::*;

pub(super) use self::state::SmallWindowState;
use self::{content::SmallWindowContent, state::Phase};
use crate::ui::{
    dom::{self, SmallWindowKind},
    text::{i18n::I18n, stage as text},
};

/// What is in the window, while one with a document is open.
#[component]
pub(super) fn SmallWindowParts(small: SmallWindowState) -> impl IntoView {
    let is_open = move || small.phase.get() == Phase::Open(SmallWindowKind::Document);
    move || is_open().then(|| view! { <SmallWindowContent small/> }.into_any())
}

/// The button that opens the window, or closes it. Not there while nobody is to be seen, and in browsers that
/// have no small windows.
#[component]
pub(super) fn SmallWindowButton(
    small: SmallWindowState,
    /// The popover in which the button is.
    menu: &'static str,
) -> impl IntoView {
    let offered = SmallWindowKind::offered().is_some();
    move || (offered && small.has_content()).then(|| view! { <Button small menu/> }.into_any())
}

#[component]
fn Button(small: SmallWindowState, menu: &'static str) -> impl IntoView {
    let i18n = I18n::from_context();
    let is_open = move || matches!(small.phase.get(), Phase::Open(_));
    let failed = move || {
        (small.phase.get() == Phase::Failed).then(|| {
            view! { <p class="field-problem" role="alert">{i18n.t(&text::SMALL_WINDOW_FAILED)}</p> }
                .into_any()
        })
    };
    view! {
        <div class="choice">
            <button
                type="button"
                class="button"
                data-testid="small-window"
                aria-pressed=move || is_open().to_string()
                aria-describedby="small-window-hint"
                on:click=move |_| small.toggle(move || dom::hide_popover(menu))
            >
                {i18n.t(&text::SMALL_WINDOW)}
            </button>
            <p id="small-window-hint" class="soft">{i18n.t(&text::SMALL_WINDOW_HINT)}</p>
            {failed}
        </div>
    }
}
