//! A part of the page that is built after the rest.

use leptos::prelude::*;

use crate::ui::{dom, reactive::State};

/// Builds its children in a task of its own: whoever joins sees and hears the others before that. Browser
/// only.
#[component]
pub fn Later(children: ChildrenFn) -> impl IntoView {
    let due = State::new(false);
    dom::later(move || due.set(true));
    move || due.get().then(|| children().into_any())
}
