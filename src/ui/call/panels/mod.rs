//! The drawer beside a call, with its panels: people, connections, invitation; and the marks on tiles. The
//! button is there from the start, the rest is in the late part of the call ([`super::extras`]).

mod button;
mod connections;
mod drawer;
mod graph;
mod invite;
mod marks;
mod people;
mod qr;
mod words;

use std::sync::Once;

use leptos::prelude::*;

pub use self::button::{Panels, PanelsButton};
use self::{drawer::Drawer, marks::Marks};
use crate::{
    call::quality::Quality,
    ui::{call::stage::views::StageViews, dom, handle::CallHandle, reactive::State},
};

static STYLES: Once = Once::new();

/// The drawer, and the marks.
#[component]
pub fn PanelsDrawer(
    call: CallHandle,
    panels: Panels,
    stage: StageViews,
    quality: State<Quality>,
) -> impl IntoView {
    // The sheet stays when the call is left.
    STYLES.call_once(|| dom::adopt_styles(include_str!("../../../../style/late/panels.css")));
    view! { <Marks call quality/> <Drawer call panels quality stage/> }
}
