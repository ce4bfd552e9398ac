//! A small answer of the web server.

use js_sys::Promise;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use super::is_offline;
use crate::{browser::js, call::diagnosis::Reason};

/// What `/healthz` answers.
const ANSWER: &str = "ok";

pub(super) async fn result() -> Result<(), Reason> {
    let unreachable = || if is_offline() { Reason::Offline } else { Reason::Unreachable };
    let window = web_sys::window().ok_or(Reason::NotSupported)?;
    let request = js::dictionary(&[("cache", "no-store".into())]);
    let answer = window.fetch_with_str_and_init("/healthz", &request);
    let answer = JsFuture::from(answer).await.map_err(|_| unreachable())?;
    let status = js::member(&answer, "status").and_then(|status| status.as_f64()).unwrap_or_default();
    // A proxy in front of a server that is down.
    if status >= 500.0 {
        return Err(Reason::Unreachable);
    }
    let text = js::invoke(&answer, "text", &[]).map_err(|_| Reason::WrongAnswer)?;
    let text = JsFuture::from(text.unchecked_into::<Promise>()).await.map_err(|_| unreachable())?;
    let is_ours = status == 200.0 && text.as_string().is_some_and(|text| text.trim_ascii() == ANSWER);
    if is_ours { Ok(()) } else { Err(Reason::WrongAnswer) }
}
