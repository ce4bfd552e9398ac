//! halloo: a video call from a link.
//!
//! One crate, three builds: `ssr` is the server binary, `hydrate` the client in the browser, and `cores` the
//! pure cores alone, on which the simulator and the fuzzers depend. Cores decide, thin shells do I/O;
//! dependencies point down only:
//!
//! ```text
//! main -> server -> app -> ui -> browser -> call -> sansio, protocol
//!         server -> hub -> sansio, protocol
//!         server -> turn -> sansio
//! ```

// A page is one type, as deeply nested as its elements; its layout is computed recursively.
#![recursion_limit = "512"]

pub mod call;
pub mod protocol;
pub mod sansio;

#[cfg(feature = "cores")]
pub mod hub;
#[cfg(feature = "cores")]
pub mod turn;

#[cfg(feature = "pages")]
pub mod app;
#[cfg(feature = "pages")]
pub mod browser;
#[cfg(feature = "pages")]
pub mod request;
#[cfg(feature = "pages")]
pub mod ui;

#[cfg(feature = "ssr")]
pub mod server;

/// Takes over the page that the server rendered, by building it anew: the name is that of the build in
/// cargo-leptos.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    app::take_over();
}
