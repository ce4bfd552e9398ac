//! For the operator: what the server says of itself, and where it keeps its state.

pub mod announce;
pub mod doctor;
pub mod key;
pub mod log;
pub(crate) mod metrics;
pub(crate) mod revoked;
pub(crate) mod secret_file;
pub(crate) mod state_directory;
