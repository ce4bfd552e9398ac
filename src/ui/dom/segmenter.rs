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
    fn containing(this: &Segments, at: u32) -> Segment;

    type Segment;

    #[wasm_bindgen(method, getter)]
    fn segment(this: &Segment) -> String;
}

/// Returns the first grapheme of a text that is not empty, such as a flag or a letter with its accents; where
/// the browser cannot tell, the first code point.
pub fn first_grapheme(text: &str) -> Option<String> {
    let first = text.chars().next()?;
    Some(match Segmenter::new() {
        Ok(segmenter) => segmenter.segment(text).containing(0).segment(),
        Err(_) => first.into(),
    })
}
