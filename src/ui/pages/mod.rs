//! The pages, each a document of its own.

pub mod early_join;
pub mod early_page;
pub mod facts;
mod frame;
mod home;
mod not_found;
pub mod not_started;
pub mod page;
pub mod room;

use leptos::prelude::*;

use self::{page::Page, room::RoomPage};
use crate::ui::{
    call::ended,
    handle::{CallHandle, Screen},
    lobby,
    parts::late::{Late, Part},
};

/// The content of a page.
#[component]
pub fn PageContent(
    /// Which page.
    page: Page,
) -> impl IntoView {
    match page {
        Page::Home => view! { <Late part=Part::new(home::draw)/> }.into_any(),
        Page::Room(name) => view! { <RoomPage name/> }.into_any(),
        Page::Nowhere => view! { <Late part=Part::new(not_found::draw)/> }.into_any(),
    }
}

/// Fetches the part of the client that draws this page. A missing part is reported where it is drawn.
pub async fn fetch(call: Option<CallHandle>) {
    let screen = call.map(|call| Screen::of(call.view.get_untracked().status));
    drop(match screen {
        None => home::fetch().await,
        Some(Screen::Lobby) => lobby::fetch().await,
        Some(Screen::Call) => Ok(()),
        Some(Screen::Ended) => ended::fetch().await,
    });
}
