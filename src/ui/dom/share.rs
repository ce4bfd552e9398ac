//! Web Share: hands a link to another program of the person's choice.

use js_sys::{Function, Object, Promise, Reflect};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Whether the browser can share.
pub fn can_share() -> bool {
    share_function().is_some()
}

/// Asks the person where to share a link. Closing the question is no failure.
pub fn share(link: &str) {
    let Some(share) = share_function() else { return };
    let data = Object::new();
    // Fails only for objects that are frozen.
    let _ = Reflect::set(&data, &"url".into(), &link.into());
    if let Ok(promise) = share.call1(&window().navigator(), &data) {
        spawn_local(async move {
            let _ = JsFuture::from(promise.unchecked_into::<Promise>()).await;
        });
    }
}

/// By name, so that the generated glue does not grow.
fn share_function() -> Option<Function> {
    let share: JsValue = Reflect::get(&window().navigator(), &"share".into()).ok()?;
    (!share.is_undefined()).then(|| share.unchecked_into())
}
