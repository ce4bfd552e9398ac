//! The form that joins the call.

use leptos::{ev::SubmitEvent, html, prelude::*};

use crate::{
    protocol::DisplayName,
    ui::{
        handle::CallHandle,
        text::{i18n::I18n, lobby as text},
    },
};

/// An optional name, and the button.
#[component]
pub fn JoinForm(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let field = NodeRef::<html::Input>::new();
    let initial = call.name_untracked().map(|name| name.to_string()).unwrap_or_default();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = field.get_untracked().map(|field| field.value()).unwrap_or_default();
        call.join_as(DisplayName::from_typed(&typed));
    };
    view! {
        <form class="join-form" novalidate on:submit=submit>
            <label for="name">{i18n.t(&text::YOUR_NAME)}</label>
            <input
                id="name"
                type="text"
                autocomplete="nickname"
                dir="auto"
                data-testid="name-input"
                node_ref=field
                prop:value=initial
                placeholder=i18n.t(&text::NAME_PLACEHOLDER)
            />
            <button class="button primary large" type="submit" data-testid="join">
                {i18n.t(&text::JOIN)}
            </button>
            <p class="soft">{i18n.t(&text::JOIN_WITHOUT)}</p>
        </form>
    }
}
