//! The pages without a call: one part of the client, drawn by one function, since each function costs the
//! page some hundred bytes.

use leptos::prelude::*;

use super::{
    home::HomePage,
    not_found::{BadRoomPage, NotFoundPage},
    page::Page,
};
use crate::ui::{
    parts::late::{Late, Part},
    signals,
};

late! { pages, fetch => fn draw(page: Page) {
    match page {
        Page::Home => view! { <HomePage/> }.into_any(),
        Page::Signals => view! { <Late part=Part::new(signals::draw_page)/> }.into_any(),
        // A room is drawn here only if its name is invalid.
        Page::Room(_) => view! { <BadRoomPage/> }.into_any(),
        Page::Nowhere => view! { <NotFoundPage/> }.into_any(),
    }
} }
