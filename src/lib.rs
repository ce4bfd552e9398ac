//! halloo: a video call from a link.
//!
//! One crate, three builds: `ssr` is the server binary, `hydrate` the client in the browser, and `cores` the
//! pure cores alone, on which the simulator and the fuzzers depend. Cores decide, thin shells do I/O;
//! dependencies point down only:
//!
//! ```text
//! main -> server -> app -> ui -> browser -> call -> sansio, protocol, checks
//!         server -> hub -> sansio, protocol
//!         server -> codelab -> sansio, protocol
//!         server -> turn -> sansio
//!         server -> checks
//! ```

// A page is one type, as deeply nested as its elements; its layout is computed recursively.
#![recursion_limit = "512"]

/// Declares a function that draws a part of the client which loads when it is first wanted, and one that
/// fetches it before that: `late! { part, fetch => fn draw(call: CallHandle) { .. } }`. [`ui`] calls them.
#[cfg(feature = "split")]
macro_rules! late {
    ($part:ident $(, $fetch:ident)? => fn $draw:ident($($name:ident: $type:ty),*) $body:block) => {
        #[leptos::wasm_split::wasm_split(
            $part, wasm_split_path = leptos::wasm_split, $(preload($fetch),)? fallible
        )]
        pub fn $draw(
            $($name: $type),*
        ) -> Result<leptos::prelude::AnyView, leptos::wasm_split::SplitLoaderError> {
            let view = $body;
            Ok(leptos::prelude::IntoAny::into_any(view))
        }
    };
}

/// The same where the client is one file: on the server, and while developing.
#[cfg(all(feature = "pages", not(feature = "split")))]
macro_rules! late {
    ($part:ident $(, $fetch:ident)? => fn $draw:ident($($name:ident: $type:ty),*) $body:block) => {
        $(pub async fn $fetch() -> Result<(), leptos::wasm_split::SplitLoaderError> {
            Ok(())
        })?

        pub async fn $draw(
            $($name: $type),*
        ) -> Result<leptos::prelude::AnyView, leptos::wasm_split::SplitLoaderError> {
            let view = $body;
            Ok(leptos::prelude::IntoAny::into_any(view))
        }
    };
}

pub mod call;
pub mod checks;
pub mod protocol;
pub mod sansio;

#[cfg(feature = "cores")]
pub mod codelab;
#[cfg(feature = "cores")]
pub mod hub;
#[cfg(feature = "cores")]
pub mod limits;
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
    wasm_bindgen_futures::spawn_local(app::take_over());
}
