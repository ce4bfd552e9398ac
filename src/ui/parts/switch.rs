//! Switches that the browser remembers; on until somebody switches them off.

use leptos::prelude::*;

use crate::{
    browser,
    ui::{
        reactive::{State, effect},
        text::{Text, i18n::I18n},
    },
};

/// Returns whether the switch of this storage key is on.
pub fn is_on(key: &str) -> bool {
    browser::remembered(key).as_deref() != Some("off")
}

/// The switch of this storage key. Its changes are remembered.
pub fn remembered_switch(key: &'static str) -> State<bool> {
    let switch = State::new(is_on(key));
    effect(move || browser::remember(key, if switch.get() { "on" } else { "off" }));
    switch
}

/// A check box with its label, and what else there is to say about it.
#[component]
pub fn Switch(
    on: State<bool>,
    label: &'static Text,
    #[prop(optional)] hint: Option<&'static Text>,
    #[prop(optional)] test_id: Option<&'static str>,
) -> impl IntoView {
    let i18n = I18n::from_context();
    view! {
        <label class="check">
            <input
                type="checkbox"
                data-testid=test_id
                prop:checked=move || on.get()
                on:change=move |event| on.set(event_target_checked(&event))
            />
            <span>
                {i18n.t(label)}
                {hint.map(|hint| view! { <small>{i18n.t(hint)}</small> })}
            </span>
        </label>
    }
}
