//! Whether the server can be reached.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

/// Returns whether the server itself answers, rather than a proxy with an error.
pub async fn server_answers() -> bool {
    let answer = JsFuture::from(window().fetch_with_str("/healthz")).await;
    answer.is_ok_and(|answer| answer.dyn_into::<Response>().is_ok_and(|answer| answer.ok()))
}
