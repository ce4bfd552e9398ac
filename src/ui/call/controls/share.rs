//! The button that shares a screen.

use leptos::prelude::*;

use crate::{
    browser,
    call::ScreenState,
    ui::{
        handle::CallHandle,
        parts::icons::{Glyph, Icon},
        text::{i18n::I18n, screen as text},
    },
};

/// Shares a screen, or ends that. Not there in browsers that cannot.
#[component]
pub fn ShareButton(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let on = call.slice(|view| matches!(view.screen.state, ScreenState::On { .. }));
    let click = move |_| if on.get_untracked() { call.stop_sharing() } else { call.share_screen() };
    browser::can_share_screen().then(|| {
        view! {
            <button
                type="button"
                class="control share"
                data-testid="share-screen"
                aria-pressed=move || on.get().to_string()
                on:click=click
            >
                <Glyph icon=Icon::Screen/>
                <span class="label">{i18n.t(&text::SHARE)}</span>
            </button>
        }
    })
}
