//! A button of the control bar that opens a menu, whose content is loaded when it is first wanted.

use leptos::prelude::*;

use crate::ui::{
    parts::{
        icons::{Glyph, Icon},
        late::{Late, Part},
    },
    reactive::State,
    text::{Text, devices::CLOSE, i18n::I18n, late::LOADING},
};

/// A button, and the menu that it opens.
#[component]
pub fn Menu(
    /// Of the menu, in the page.
    id: &'static str,
    /// Of the button.
    test_id: &'static str,
    icon: Icon,
    name: &'static Text,
    /// The content.
    part: Part,
) -> impl IntoView {
    let i18n = I18n::from_context();
    let opened = State::new(false);
    let content =
        move || opened.get().then(|| view! { <Late part=part.clone() in_call=true meanwhile/> }.into_any());
    view! {
        <button
            type="button"
            class="control"
            popovertarget=id
            data-testid=test_id
            on:click=move |_| opened.set(true)
        >
            <Glyph icon=icon/>
            <span class="label">{i18n.t(name)}</span>
        </button>
        <div id=id class="menu" popover="auto" role="dialog" aria-label=i18n.t(name)>
            <div class="menu-content">{content}</div>
            <button type="button" class="button" popovertarget=id popovertargetaction="hide">
                {i18n.t(&CLOSE)}
            </button>
        </div>
    }
}

fn meanwhile() -> AnyView {
    let i18n = I18n::from_context();
    view! { <p>{i18n.t(&LOADING)}</p> }.into_any()
}
