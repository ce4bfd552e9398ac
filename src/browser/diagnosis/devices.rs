//! Microphone and camera. Asks the browser, never the person.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

use gloo_timers::future::TimeoutFuture;
use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::{
    browser::js,
    call::{
        DeviceState,
        diagnosis::{DevicesSeen, Permission, Reason},
    },
};

/// Firefox lists the devices only once the page has the focus. Then what the page has tried must do.
const ASK_MS: u32 = 1_500;

pub(super) async fn result(states: [DeviceState; 2]) -> Result<(), Reason> {
    let Some(window) = web_sys::window() else { return Err(Reason::NotSupported) };
    let is_secure = js::member(&window, "isSecureContext").is_some_and(|is| is.is_truthy());
    let navigator = js::member(&window, "navigator").unwrap_or_default();
    let media = js::member(&navigator, "mediaDevices").unwrap_or_default();
    let is_offered = js::member(&media, "getUserMedia").is_some();
    let seen = DevicesSeen { is_secure, is_offered, states, ..DevicesSeen::default() };
    let ask = async {
        let permissions =
            [permission(&navigator, "microphone").await, permission(&navigator, "camera").await];
        DevicesSeen { permissions, present: present(&media).await, ..seen }
    };
    within(ASK_MS, ask).await.unwrap_or(seen).result()
}

/// The output of a future, if it comes in time.
async fn within<T>(ms: u32, future: impl Future<Output = T>) -> Option<T> {
    let (mut future, mut timer) = (pin!(future), pin!(TimeoutFuture::new(ms)));
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => timer.as_mut().poll(context).map(|()| None),
    })
    .await
}

async fn permission(navigator: &JsValue, name: &str) -> Permission {
    let query = || {
        let permissions = js::member(navigator, "permissions")?;
        js::called(&permissions, "query", &[js::dictionary(&[("name", name.into())])])
    };
    let Some(answer) = query() else { return Permission::Unknown };
    let state = JsFuture::from(answer).await.ok().and_then(|status| js::member(&status, "state"));
    match state.and_then(|state| state.as_string()).as_deref() {
        Some("denied") => Permission::Denied,
        Some(_) => Permission::Possible,
        // Some browsers do not know these names.
        None => Permission::Unknown,
    }
}

async fn present(media: &JsValue) -> [Option<bool>; 2] {
    let Some(list) = js::called(media, "enumerateDevices", &[]) else { return [None; 2] };
    let Ok(list) = JsFuture::from(list).await else { return [None; 2] };
    let kinds: Vec<_> = Array::from(&list)
        .iter()
        .filter_map(|device| js::member(&device, "kind").and_then(|kind| kind.as_string()))
        .collect();
    ["audioinput", "videoinput"].map(|kind| Some(kinds.iter().any(|other| other == kind)))
}
