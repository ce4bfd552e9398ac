//! The server shell: from bytes on sockets to inputs of the cores ([`crate::hub`], [`crate::turn`]), and
//! back.
//!
//! `main` runs a [`Server`], and so do the integration tests, on a port of their own.

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
        gate::LimitSettings,
        listeners::{ListenError, ListenSettings, Listeners},
        open_files::reserve_open_files,
        systemd::{Inherited, tell_ready, tell_stopping},
    },
    relay::settings::TurnSettings,
    serve::{OpenError, ServeError, Server, pages},
    signaling::ice_servers::IceSettings,
    web::state::WebSettings,
};
