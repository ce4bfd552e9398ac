//! Web Share: hands a link to another program of the person's choice.

use js_sys::Promise;
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use super::by_name::{dictionary, invoke, member};

/// Whether the browser can share.
pub fn can_share() -> bool {
    member(&window().navigator(), "share").is_some()
}

/// Asks the person where to share a link. Closing the question is no failure.
pub fn share(link: &str) {
    let data = dictionary(&[("url", link.into())]);
    if let Ok(promise) = invoke(&window().navigator(), "share", &[data]) {
        spawn_local(async move {
            let _ = JsFuture::from(promise.unchecked_into::<Promise>()).await;
        });
    }
}
