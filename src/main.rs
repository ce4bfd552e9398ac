//! The server binary: configuration, logging, routes, graceful shutdown.

#[cfg(feature = "ssr")]
fn main() {}

/// The client build has no binary.
#[cfg(not(feature = "ssr"))]
fn main() {}
