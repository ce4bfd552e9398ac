//! From the listening sockets to a request whose client is known.

pub(crate) mod addresses;
pub(crate) mod connections;
pub(crate) mod forwarded;
pub(crate) mod gate;
pub(crate) mod host;
pub(crate) mod listeners;
pub(crate) mod open_files;
pub(crate) mod systemd;
