//! The server shell: from bytes on sockets to inputs of the cores ([`crate::hub`], [`crate::turn`]), and back.
//!
//! `main` calls [`serve()`], and so do the integration tests, on a port of their own.

pub mod config;
mod net;
pub mod ops;
mod relay;
mod serve;
mod signaling;
pub mod tls;
mod web;

pub use self::{
    net::{
        listeners::{Door, DoorError},
        systemd::{Inherited, tell_ready, tell_stopping},
    },
    serve::{ServeError, pages, serve},
};
