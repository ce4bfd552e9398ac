//! Copying text.

use std::{future::Future, sync::Arc};

use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlDocument, HtmlInputElement};

/// Copies a text and returns whether that worked. Insecure origins have no clipboard API: there `execCommand`
/// copies the selection of `field`.
pub fn copy_text(text: Arc<str>, field: Option<HtmlInputElement>) -> impl Future<Output = bool> + 'static {
    let navigator = window().navigator();
    let offered = Reflect::get(&navigator, &JsValue::from_str("clipboard")).is_ok_and(|c| !c.is_undefined());
    let written = offered.then(|| navigator.clipboard().write_text(&text));
    async move {
        if let Some(written) = written
            && JsFuture::from(written).await.is_ok()
        {
            return true;
        }
        field.is_some_and(|field| copy_selected(&field))
    }
}

fn copy_selected(field: &HtmlInputElement) -> bool {
    field.select();
    let page: HtmlDocument = document().unchecked_into();
    page.exec_command("copy").unwrap_or(false)
}
