//! The pages, each a document of its own.

pub mod early_join;
pub mod early_page;
pub mod facts;
pub mod frame;
mod home;
mod not_found;
pub mod not_started;
pub mod page;
mod plain;
pub mod room;

use leptos::prelude::*;

use self::{page::Page, room::Room};
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
    match page.room() {
        Some(room) => view! { <Room room/> }.into_any(),
        None => view! { <Late part=Part::new(move || plain::draw(page.clone()))/> }.into_any(),
    }
}

/// Fetches the part of the client that draws this page. A missing part is reported where it is drawn.
pub async fn fetch(call: Option<CallHandle>) {
    let screen = call.map(|call| Screen::of(call.view.get_untracked().status));
    drop(match screen {
        None => plain::fetch().await,
        Some(Screen::Lobby) => lobby::fetch().await,
        Some(Screen::Call) => Ok(()),
        Some(Screen::Ended) => ended::fetch().await,
    });
}
