//! Files that a person opens and saves. By name, so that the generated glue does not grow.

use std::time::Duration;

use js_sys::{Array, Function, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::by_name::{dictionary, invoke, member};

/// How long a saved text can be read by the browser.
const KEPT: Duration = Duration::from_secs(60);

/// A file that the person has chosen.
pub struct OpenedFile(JsValue);

impl OpenedFile {
    /// Its size.
    pub fn bytes(&self) -> f64 {
        member(&self.0, "size").and_then(|size| size.as_f64()).unwrap_or_default()
    }

    /// Its content as text; `None` if the browser cannot read it (W3C FileAPI, section 3.3.3).
    pub async fn text(self) -> Option<String> {
        let text = invoke(&self.0, "text", &[]).ok()?.unchecked_into::<Promise>();
        JsFuture::from(text).await.ok()?.as_string()
    }
}

/// The file that was chosen in the input of this event. The same one can be chosen again.
pub fn chosen_file(event: &web_sys::Event) -> Option<OpenedFile> {
    let input = event.target()?;
    let file = first(&input)?;
    // Fails only for objects that are frozen.
    let _ = Reflect::set(&input, &"value".into(), &"".into());
    Some(file)
}

/// The file that was dropped (HTML, section 6.11).
pub fn dropped_file(event: &web_sys::Event) -> Option<OpenedFile> {
    first(&member(event, "dataTransfer")?)
}

fn first(holder: &JsValue) -> Option<OpenedFile> {
    Array::from(&member(holder, "files")?).iter().next().map(OpenedFile)
}

/// Offers a text to the person as a file.
pub fn save_file(name: &str, kind: &str, text: &str) {
    // A browser without these saves nothing.
    let _ = try_save(name, kind, text);
}

fn try_save(name: &str, kind: &str, text: &str) -> Result<(), JsValue> {
    let class = |name: &str| Reflect::get(&window(), &name.into())?.dyn_into::<Function>();
    let parts = Array::of2(&Array::of1(&text.into()), &dictionary(&[("type", kind.into())]));
    let blob = Reflect::construct(&class("Blob")?, &parts)?;
    let urls = class("URL")?;
    let url = invoke(&urls, "createObjectURL", &[blob])?;
    let link = document().create_element("a")?;
    Reflect::set(&link, &"href".into(), &url)?;
    Reflect::set(&link, &"download".into(), &name.into())?;
    invoke(&link, "click", &[])?;
    // Later: a browser may still have to read it.
    set_timeout(move || drop(invoke(&urls, "revokeObjectURL", &[url])), KEPT);
    Ok(())
}
