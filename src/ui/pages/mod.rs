//! The pages, each a document of its own.

pub mod early_socket;
pub mod facts;
pub mod frame;
pub mod home;
pub mod not_found;
pub mod page;
pub mod room;
