//! The chat of a call: a panel of the drawer, its button in the control bar, and what tells of new messages.
//! In the late part of the call ([`super::extras`]); what is done is decided in [`crate::call::data::chat`].

mod button;
mod composer;
mod handle;
mod icons;
mod items;
mod message;
mod news;
mod panel;
mod rows;
mod spans;

pub use self::{
    button::{ChatButton, NarrowChatButton},
    handle::ChatHandle,
    news::ChatNews,
    panel::ChatPanel,
};
