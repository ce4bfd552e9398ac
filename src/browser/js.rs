//! The few browser calls that web-sys does not have, and what a failed one says.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DomException, MediaStream, RtcConfiguration, RtcPeerConnection, RtcRtpReceiver, RtcRtpSender};

use crate::call::JsError;

#[wasm_bindgen]
extern "C" {
    /// `RTCPeerConnection` with the members that web-sys lacks.
    #[wasm_bindgen(extends = RtcPeerConnection)]
    pub(super) type ModernPeerConnection;

    /// W3C webrtc, section 4.4.2: makes whichever of offer and answer is due.
    #[wasm_bindgen(method, js_name = setLocalDescription)]
    pub(super) fn set_local(this: &ModernPeerConnection) -> Promise;

    #[wasm_bindgen(method, catch, js_name = setConfiguration)]
    pub(super) fn configure(
        this: &ModernPeerConnection,
        configuration: &RtcConfiguration,
    ) -> Result<(), JsValue>;

    #[wasm_bindgen(method, js_name = restartIce)]
    pub(super) fn restart_ice(this: &ModernPeerConnection);

    /// `RTCRtpSender` likewise. Absent in older browsers.
    #[wasm_bindgen(extends = RtcRtpSender)]
    pub(super) type ModernSender;

    #[wasm_bindgen(method, catch, js_name = setStreams)]
    pub(super) fn set_streams(this: &ModernSender, stream: &MediaStream) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = getParameters)]
    pub(super) fn parameters(this: &ModernSender) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = setParameters)]
    pub(super) fn set_parameters(this: &ModernSender, parameters: &JsValue) -> Result<Promise, JsValue>;

    /// `RTCRtpReceiver` likewise.
    #[wasm_bindgen(extends = RtcRtpReceiver)]
    pub(super) type ModernReceiver;

    /// W3C webrtc, section 5.3.
    #[wasm_bindgen(method, catch, js_name = getSynchronizationSources)]
    pub(super) fn synchronization_sources(this: &ModernReceiver) -> Result<Array, JsValue>;

    /// W3C screen-wake-lock: `navigator.wakeLock`.
    pub(super) type WakeLock;

    #[wasm_bindgen(method)]
    pub(super) fn request(this: &WakeLock, kind: &str) -> Promise;

    pub(super) type WakeLockSentinel;

    #[wasm_bindgen(method)]
    pub(super) fn release(this: &WakeLockSentinel) -> Promise;

    /// Web Locks: `navigator.locks`.
    pub(super) type LockManager;

    #[wasm_bindgen(method)]
    pub(super) fn query(this: &LockManager) -> Promise;

    #[wasm_bindgen(method, catch)]
    pub(super) fn request(
        this: &LockManager,
        name: &str,
        options: &JsValue,
        callback: &Function,
    ) -> Result<Promise, JsValue>;
}

/// A member of a JS object; `None` if it is not there.
pub(super) fn member(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
}

/// Sets a member of a dictionary.
pub(super) fn set_member(object: &JsValue, name: &str, value: &JsValue) {
    // Fails only on objects that are frozen or no objects; these are our own.
    let _ = Reflect::set(object, &name.into(), value);
}

/// A dictionary with these members. By one function of the browser, while the dictionaries of web-sys import
/// one for each of their members.
pub(super) fn dictionary<T: JsCast>(members: &[(&str, JsValue)]) -> T {
    let object = Object::new();
    members.iter().for_each(|(name, value)| set_member(&object, name, value));
    object.unchecked_into()
}

/// Calls a method that web-sys does not have.
pub(super) fn invoke(object: &JsValue, name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let method = Reflect::get(object, &name.into())?.dyn_into::<Function>()?;
    method.apply(object, &arguments.iter().collect::<Array>())
}

/// Calls a method that returns a promise, unless the browser is without it.
pub(super) fn called(object: &JsValue, name: &str, arguments: &[JsValue]) -> Option<Promise> {
    invoke(object, name, arguments).ok()?.dyn_into().ok()
}

/// A promise of what a method has returned, which is one already unless the browser is unlike all others.
pub(super) fn promise(returned: JsValue) -> Promise {
    Promise::resolve(&returned)
}

/// The items of a JS array that are of this class.
pub(super) fn items<T: JsCast>(array: &Array) -> impl Iterator<Item = T> + '_ {
    array.iter().filter_map(|item| item.dyn_into().ok())
}

/// Lets a promise run whose outcome changes nothing.
pub(super) fn run(promise: Promise) {
    spawn_local(async move {
        let _ = JsFuture::from(promise).await;
    });
}

/// Copies out what a browser says about a failure.
pub(super) fn error(value: &JsValue) -> JsError {
    if let Some(exception) = value.dyn_ref::<DomException>() {
        return JsError { name: exception.name(), message: exception.message() };
    }
    if let Some(error) = value.dyn_ref::<js_sys::Error>() {
        return JsError { name: error.name().into(), message: error.message().into() };
    }
    JsError { name: "Error".to_owned(), message: format!("{value:?}") }
}
