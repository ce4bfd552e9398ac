//! A description of this browser that asks for sound in two channels. No browser has another way to be told.

use std::rc::{Rc, Weak};

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::RtcPeerConnection;

use crate::{
    browser::js::{self, ModernPeerConnection},
    call::for_two_channels,
};

/// Makes the offer, or the answer, that is due: an `RTCSessionDescriptionInit`.
pub(super) fn make(connection: &RtcPeerConnection) -> Promise {
    let state = js::member(connection, "signalingState");
    let answers = state.is_some_and(|state| state == "have-remote-offer");
    let method = if answers { "createAnswer" } else { "createOffer" };
    js::invoke(connection, method, &[]).map_or_else(|error| Promise::reject(&error), js::promise)
}

/// Sets what was made, changed. A browser that does not take it changed makes one of its own, by which the
/// call goes on.
pub(super) async fn set(
    connection: &Weak<ModernPeerConnection>,
    made: Result<JsValue, JsValue>,
) -> Result<JsValue, JsValue> {
    let made = made?;
    let text = |name| js::member(&made, name).and_then(|text| text.as_string()).unwrap_or_default();
    let changed =
        js::dictionary(&[("type", text("type").into()), ("sdp", for_two_channels(&text("sdp")).into())]);
    // Not held while it is waited for: a closed connection settles nothing.
    let set = |connection: Rc<ModernPeerConnection>| {
        js::called(&connection, "setLocalDescription", std::slice::from_ref(&changed))
    };
    if let Some(set) = connection.upgrade().and_then(set) {
        let done = JsFuture::from(set).await;
        if done.is_ok() {
            return done;
        }
    }
    let set = connection.upgrade().map(|connection| connection.set_local());
    JsFuture::from(set.ok_or(JsValue::NULL)?).await
}
