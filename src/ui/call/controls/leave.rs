//! The button that hangs up.

use leptos::prelude::*;

use crate::ui::{
    handle::CallHandle,
    parts::icons::{Glyph, Icon},
    text::{call::LEAVE, i18n::I18n},
};

/// Hangs up.
#[component]
pub fn LeaveButton(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    view! {
        <button type="button" class="control hang-up" data-testid="leave" on:click=move |_| call.leave()>
            <Glyph icon=Icon::HangUp/>
            <span class="label">{i18n.t(&LEAVE)}</span>
        </button>
    }
}
