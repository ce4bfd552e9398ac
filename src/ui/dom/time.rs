//! Points in time as people read them.

use js_sys::{Array, Date, Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

use super::by_name::{dictionary, invoke};

/// Now, in milliseconds since 1970, by the clock of the computer.
pub fn unix_ms() -> u64 {
    Date::now() as u64
}

/// The time of day of a point in milliseconds since 1970, as the language writes it; and the date with it.
pub fn local_time(unix_ms: u64, language: &str) -> (String, String) {
    let short = dictionary(&[("hour", "numeric".into()), ("minute", "2-digit".into())]);
    let long = dictionary(&[("dateStyle", "medium".into()), ("timeStyle", "short".into())]);
    let write = |method, options| in_words(unix_ms, method, language, options).unwrap_or_default();
    (write("toLocaleTimeString", short), write("toLocaleString", long))
}

/// The same in the form that `<time datetime>` has; empty for what is no date.
pub fn machine_time(unix_ms: u64) -> String {
    let written = date(unix_ms).and_then(|date| invoke(&date, "toISOString", &[]));
    written.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

fn in_words(unix_ms: u64, method: &str, language: &str, options: JsValue) -> Option<String> {
    invoke(&date(unix_ms).ok()?, method, &[language.into(), options]).ok()?.as_string()
}

fn date(unix_ms: u64) -> Result<JsValue, JsValue> {
    let class = Reflect::get(&window(), &"Date".into())?.dyn_into::<Function>()?;
    Reflect::construct(&class, &Array::of1(&(unix_ms as f64).into()))
}
