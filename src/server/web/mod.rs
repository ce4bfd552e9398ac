//! What is served by HTTP: pages, files and the upgrade to a WebSocket.

pub(crate) mod assets;
pub(crate) mod headers;
pub(crate) mod router;
pub(crate) mod site;
