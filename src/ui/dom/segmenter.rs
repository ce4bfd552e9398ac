//! Characters as people count them.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// ECMA-402, section 18: cuts text into graphemes. Firefox has it since 125.
    #[wasm_bindgen(js_namespace = Intl)]
    type Segmenter;

    #[wasm_bindgen(constructor, catch, js_namespace = Intl)]
    fn new() -> Result<Segmenter, JsValue>;

    #[wasm_bindgen(method)]
    fn segment(this: &Segmenter, text: &str) -> Segments;

    type Segments;

    #[wasm_bindgen(method)]
    fn containing(this: &Segments) -> JsValue;
}

/// Returns the first grapheme of a text that is not empty, such as a flag or a letter with its accents; where
/// the browser cannot tell, the first code point.
pub fn first_grapheme(text: &str) -> Option<String> {
    let first = text.chars().next()?;
    let segment = || {
        let first = Segmenter::new().ok()?.segment(text).containing();
        js_sys::Reflect::get(&first, &"segment".into()).ok()?.as_string()
    };
    Some(segment().unwrap_or_else(|| first.into()))
}
