//! Leptos components, a function of [`crate::call::CallView`].
//!
//! [`crate::app`] mounts the pages; the pages own a [`crate::browser::CallDriver`] where one is needed.
//! Components draw, and send commands to the core, [`crate::call`], which decides.

#![expect(unreachable_pub, reason = "the component macro makes the properties of private components `pub`")]

mod call;
mod diagnosis;
pub(crate) mod dom;
mod handle;
pub mod links;
mod lobby;
mod pages;
mod parts;
mod reactive;
mod signals;
mod text;

pub use links::{room_in_path, room_path};
pub use pages::{
    PageContent,
    early_join::EarlyJoin,
    early_page::{EarlyPage, draw_when_seen, early_page_is_up},
    facts::PageFacts,
    fetch,
    not_started::NotStarted,
    page::{Page, title_of},
    room::begin_call,
};
pub use text::{
    i18n::I18n,
    language::{LANGUAGE_COOKIE, Language},
};
