//! Bytes, from and to JavaScript. By the names of classes and methods, so that the generated glue, which is
//! loaded before any call, does not grow.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::browser::js::{self, member};

/// How long an `ArrayBuffer` is; endless if it is none.
pub(super) fn length(buffer: &JsValue) -> f64 {
    member(buffer, "byteLength").and_then(|length| length.as_f64()).unwrap_or(f64::INFINITY)
}

/// Copies an `ArrayBuffer`. Returns nothing for what is none.
pub(super) fn bytes_of(buffer: &JsValue) -> Vec<u8> {
    let length = length(buffer);
    if length.is_infinite() {
        return Vec::new();
    }
    let mut bytes = vec![0; length as usize];
    let from = array(std::slice::from_ref(buffer));
    let copied = view(bytes.as_mut_ptr() as usize, bytes.len())
        .zip(from)
        .is_some_and(|(view, from)| js::invoke(&view, "set", &[from]).is_ok());
    if copied { bytes } else { Vec::new() }
}

/// A copy for JavaScript.
pub(super) fn array_of(bytes: &[u8]) -> Option<JsValue> {
    js::invoke(&view_of(bytes)?, "slice", &[]).ok()
}

/// The bytes themselves, for JavaScript. To be used before anything else happens: the memory may move.
pub(super) fn view_of(bytes: &[u8]) -> Option<JsValue> {
    view(bytes.as_ptr() as usize, bytes.len())
}

/// The part of an array between two places.
pub(super) fn subarray(array: &JsValue, from: usize, to: usize) -> Option<JsValue> {
    js::invoke(array, "subarray", &[from.into(), to.into()]).ok()
}

fn view(at: usize, length: usize) -> Option<JsValue> {
    array(&[member(&wasm_bindgen::memory(), "buffer")?, at.into(), length.into()])
}

/// Makes an `Uint8Array`.
fn array(arguments: &[JsValue]) -> Option<JsValue> {
    let class = member(web_sys::window()?.as_ref(), "Uint8Array")?.dyn_into::<Function>().ok()?;
    Reflect::construct(&class, &arguments.iter().collect::<Array>()).ok()
}
