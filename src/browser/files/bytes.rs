//! Bytes, from and to JavaScript. By the classes of `js_sys`, whose glue makes its views of the memory of the
//! module anew after that has grown: a view that is kept, or made by hand, may be of memory that is gone.

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;

use crate::browser::js::member;

/// How long an `ArrayBuffer` is; endless if it is none.
pub(super) fn length(buffer: &JsValue) -> f64 {
    member(buffer, "byteLength").and_then(|length| length.as_f64()).unwrap_or(f64::INFINITY)
}

/// Copies an `ArrayBuffer`. Returns nothing for what is none.
pub(super) fn bytes_of(buffer: &JsValue) -> Vec<u8> {
    if length(buffer).is_infinite() { Vec::new() } else { Uint8Array::new(buffer).to_vec() }
}
