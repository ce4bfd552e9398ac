//! halloo: a video call from a link.
//!
//! One crate, two builds: `ssr` is the server binary, `hydrate` the client in the browser. Pure cores decide,
//! thin shells do I/O; dependencies point down only:
//!
//! ```text
//! main -> server -> app -> ui -> browser -> call -> sansio, protocol
//!         server -> hub -> sansio, protocol
//! ```

// A page is one type, as deeply nested as its elements; its layout is computed recursively.
#![recursion_limit = "512"]

pub mod app;
pub mod browser;
pub mod call;
#[cfg(feature = "ssr")]
pub mod hub;
pub mod protocol;
pub mod request;
pub mod sansio;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod turn;
pub mod ui;

/// Takes over the page that the server rendered, by building it anew: the name is that of the build in
/// cargo-leptos.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    app::take_over();
}
