//! Styles that come with a part of the client.

use js_sys::{Array, Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Window;

use super::by_name::{invoke, member};

/// Adds a style sheet to the document (CSSOM, section 6.8: `adoptedStyleSheets`), which the
/// Content-Security-Policy does not restrict. A browser that cannot shows the part without its styles.
pub fn adopt_styles(css: &str) {
    let _ = adopt(&window(), css);
}

/// Adds a style sheet to the document of a window. It is made by that window: documents share none.
pub(super) fn adopt(window: &Window, css: &str) -> Result<(), JsValue> {
    let class = Reflect::get(window, &"CSSStyleSheet".into())?.dyn_into::<Function>()?;
    let sheet = Reflect::construct(&class, &Array::new())?;
    invoke(&sheet, "replaceSync", &[css.into()])?;
    let (document, name) = (Reflect::get(window, &"document".into())?, "adoptedStyleSheets".into());
    let sheets = Array::from(&Reflect::get(&document, &name)?);
    sheets.push(&sheet);
    Reflect::set(&document, &name, &sheets)?;
    Ok(())
}

/// The rules of all style sheets that this page has loaded.
pub(super) fn loaded_rules() -> String {
    let list = |object: &JsValue, name: &str| member(object, name).map(|list| Array::from(&list));
    let sheets = list(&document(), "styleSheets").unwrap_or_default();
    let rules = sheets.iter().filter_map(|sheet| list(&sheet, "cssRules")).flat_map(|rules| rules.to_vec());
    rules.filter_map(|rule| member(&rule, "cssText")?.as_string()).collect()
}
