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

use leptos::prelude::*;

pub use self::button::{Panels, PanelsButton};
use self::{drawer::Drawer, marks::Marks};
use crate::{
    call::quality::Quality,
    ui::{call::stage::views::StageViews, handle::CallHandle, reactive::State},
};

/// The drawer, and the marks.
#[component]
pub fn PanelsDrawer(
    call: CallHandle,
    panels: Panels,
    stage: StageViews,
    quality: State<Quality>,
) -> impl IntoView {
    view! { <Marks call quality/> <Drawer call panels quality stage/> }
}
