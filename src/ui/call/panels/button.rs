//! The button that opens the drawer, and what it shares with it.

use leptos::{html, prelude::*};

use crate::ui::{
    dom,
    parts::icons::{Glyph, Icon},
    reactive::State,
    text::{i18n::I18n, panels as text},
};

/// What the button and the drawer share.
#[derive(Clone, Copy)]
pub struct Panels {
    open: State<bool>,
    button: NodeRef<html::Button>,
    /// The link to the call.
    pub link: StoredValue<String>,
}

impl Panels {
    /// The panels of a call with this link, closed.
    pub fn new(link: StoredValue<String>) -> Self {
        Self { open: State::new(false), button: NodeRef::new(), link }
    }

    /// Whether the drawer is open. Tracked.
    pub fn is_open(self) -> bool {
        self.open.get()
    }

    /// Opens the drawer, or closes it.
    pub fn toggle(self) {
        self.open.set(!self.open.get_untracked());
    }

    /// Closes the drawer. The focus goes back to where it came from: to the menu, where the bar has no room
    /// for the button.
    pub fn close(self) {
        self.open.set(false);
        match self.button.get_untracked().filter(|button| button.offset_parent().is_some()) {
            Some(button) => dom::focus(&button),
            None => dom::focus_first("[data-testid=open-more]"),
        }
    }
}

/// The button that opens the drawer, or closes it.
#[component]
pub fn PanelsButton(panels: Panels) -> impl IntoView {
    let i18n = I18n::from_context();
    let open = panels.open;
    view! {
        <button
            type="button"
            class="control wide-only"
            data-testid="open-people"
            aria-expanded=move || open.get().to_string()
            node_ref=panels.button
            on:click=move |_| panels.toggle()
        >
            <Glyph icon=Icon::Person/>
            <span class="label">{i18n.t(&text::PEOPLE)}</span>
        </button>
    }
}
