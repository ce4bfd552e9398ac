//! The connection check, as a dialog over the page. A part that loads late; what opens it is there from the
//! start.

mod dialog;
mod report;
mod words;

use std::sync::Once;

use leptos::prelude::*;

use self::dialog::CheckDialog;
use crate::ui::{
    dom,
    handle::CallHandle,
    parts::late::{Late, Part},
    text::{diagnosis::CHECK_CONNECTION, i18n::I18n},
};

static STYLES: Once = Once::new();

late! { diagnosis, fetch => fn draw(call: CallHandle) {
    // The sheet stays when the dialog is closed.
    STYLES.call_once(|| dom::adopt_styles(include_str!("../../../style/late/diagnosis.css")));
    view! { <CheckDialog call/> }
} }

/// The dialog, while it is open.
#[component]
pub fn ConnectionCheck(call: CallHandle) -> impl IntoView {
    let part = Part::new(move || draw(call));
    move || {
        let in_call = call.is_going_on();
        call.checking.get().then(|| view! { <Late part=part.clone() in_call/> }.into_any())
    }
}

/// The button that opens it.
#[component]
pub fn CheckButton(call: CallHandle, class: &'static str) -> impl IntoView {
    let i18n = I18n::from_context();
    view! {
        <button
            type="button"
            class=class
            data-testid="check-connection"
            on:click=move |_| call.checking.set(true)
        >
            {i18n.t(&CHECK_CONNECTION)}
        </button>
    }
}
