//! The drawer beside a call, with its panels: chat, people, connections, invitation, signals; and the marks
//! on tiles. The button is there from the start, the rest is in the late part of the call
//! ([`super::extras`]), and the signals in one of their own ([`crate::ui::signals`]).

mod button;
mod connections;
mod drawer;
mod graph;
mod invite;
mod marks;
mod panel;
mod people;
mod qr;
mod words;

use leptos::{prelude::*, task::spawn_local};

pub use self::{
    button::{Panels, PanelsButton},
    panel::Panel,
};
use self::{drawer::Drawer, marks::Marks};
use crate::{
    call::quality::Quality,
    ui::{
        call::{chat::ChatHandle, stage::views::StageViews},
        diagnosis, dom,
        handle::CallHandle,
        reactive::State,
        signals,
    },
};

/// The drawer, and the marks.
#[component]
pub fn PanelsDrawer(
    call: CallHandle,
    panels: Panels,
    panel: State<Panel>,
    chat: ChatHandle,
    stage: StageViews,
    quality: State<Quality>,
) -> impl IntoView {
    // Also there when the server goes away. A missing part is reported where it is drawn.
    dom::when_idle(|| {
        spawn_local(async {
            drop(signals::fetch().await);
            drop(diagnosis::fetch().await);
        });
    });
    view! { <Marks call quality/> <Drawer call panels panel chat quality stage/> }
}
