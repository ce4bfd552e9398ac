//! Styles that come with a part of the client.

use js_sys::{Array, Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

/// Adds a style sheet to the document (CSSOM, section 6.8: `adoptedStyleSheets`), which the
/// Content-Security-Policy does not restrict. A browser that cannot shows the part without its styles.
pub fn adopt_styles(css: &str) {
    let _ = adopt(css);
}

/// By name, so that the generated glue does not grow.
fn adopt(css: &str) -> Result<(), JsValue> {
    let class = Reflect::get(&window(), &"CSSStyleSheet".into())?.dyn_into::<Function>()?;
    let sheet = Reflect::construct(&class, &Array::new())?;
    let replace = Reflect::get(&sheet, &"replaceSync".into())?.dyn_into::<Function>()?;
    replace.call1(&sheet, &css.into())?;
    let (document, name) = (document(), "adoptedStyleSheets".into());
    let sheets = Array::from(&Reflect::get(&document, &name)?);
    sheets.push(&sheet);
    Reflect::set(&document, &name, &sheets)?;
    Ok(())
}
