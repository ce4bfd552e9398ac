//! A heading that screen readers read when the page has changed.

use leptos::{html, prelude::*};

use crate::ui::{
    dom,
    reactive::{Derived, effect},
};

/// A heading that takes the focus when it appears, so that screen readers read it.
#[component]
pub fn Announced(
    /// Its text.
    text: Derived<String>,
    /// Whether only screen readers get it.
    #[prop(optional)]
    hidden: bool,
) -> impl IntoView {
    let heading = NodeRef::<html::H1>::new();
    effect(move || {
        if let Some(heading) = heading.get() {
            dom::focus(&heading);
        }
    });
    let class = if hidden { "sr-only" } else { "title" };
    view! { <h1 class=class tabindex="-1" node_ref=heading>{move || text.get()}</h1> }
}
