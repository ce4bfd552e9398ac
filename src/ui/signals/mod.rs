//! The signals view: in the drawer of a call, and on a page of its own for capsules. A part that loads late.

mod description;
mod detail;
mod entries;
mod live;
mod page;
mod save;
mod steps;
mod toolbar;
mod view;
mod view_model;
mod words;

use std::sync::Once;

use leptos::prelude::*;

use self::{live::Live, page::SignalsPage};
use crate::ui::dom;

late! { signals, fetch => fn draw_live() { adopt_styles(); view! { <Live/> } } }
late! { signals => fn draw_page() { adopt_styles(); view! { <SignalsPage/> } } }

static STYLES: Once = Once::new();

/// The sheet stays when the view is closed.
fn adopt_styles() {
    // On the server there is no document.
    Effect::new(|_: Option<()>| {
        STYLES.call_once(|| dom::adopt_styles(include_str!("../../../style/late/signals.css")));
    });
}
