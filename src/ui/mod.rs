//! Leptos components, a function of [`crate::call::CallView`].
//!
//! [`crate::app`] mounts the pages; the pages own a [`crate::browser::Session`] where one is needed. Components draw
//! and pass on what the person wants; what that means is decided in [`crate::call`].

#![expect(unreachable_pub, reason = "the component macro makes the properties of private components `pub`")]

mod call;
mod controls;
mod copy;
mod devices;
pub(crate) mod dom;
mod early_socket;
mod ended;
mod facts;
mod frame;
mod home;
mod icons;
mod language;
mod links;
mod lobby;
mod meter;
mod notices;
mod page;
mod room;
mod texts;
mod tile;

pub use early_socket::EarlySocket;
pub use facts::{CarriedFacts, PageFacts};
pub use frame::NotFoundPage;
pub use home::HomePage;
pub use language::{LANGUAGE_COOKIE, Language, Speech};
pub use page::{Page, title_of};
pub use room::{RoomPage, begin_call};
