//! What is served by HTTP: pages, files, and the upgrade to a WebSocket.

mod assets;
mod codelab;
pub(crate) mod headers;
mod origin;
mod page_rate;
mod pages;
pub(crate) mod redirect;
pub(crate) mod router;
mod signal;
pub(crate) mod site;
pub(crate) mod state;
mod upgrade;
