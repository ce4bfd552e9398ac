//! What browsers send each other besides media, without the server: the data channels of the connections.
//! Cores of their own, apart from [`crate::call::Call`]: a page that has not loaded them yet is in the call
//! all the same.

mod bucket;
pub mod chat;
pub mod files;
mod opening;

pub use opening::{Channel, ChannelEnd, Opening};
