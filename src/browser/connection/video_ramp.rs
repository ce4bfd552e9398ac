//! Scales the video that is sent; how far and when is decided in [`crate::call`].

use js_sys::{Array, Object};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::RtcRtpSender;

use crate::browser::js::{self, ModernSender};

/// W3C webrtc, section 5.2.8.
const SCALE: &str = "scaleResolutionDownBy";

/// Encodings for a sender that is about to be made.
pub(super) fn encodings(down_by: u8) -> Array {
    let encoding = Object::new();
    js::set_member(&encoding, SCALE, &f64::from(down_by).into());
    Array::of1(&encoding)
}

/// Changes the scale of a sender. Browsers that cannot do so send video as it is.
pub(super) fn scale(sender: &RtcRtpSender, down_by: u8) {
    let sender = sender.unchecked_ref::<ModernSender>();
    let Ok(parameters) = sender.parameters() else { return };
    let encodings = js::member(&parameters, "encodings").and_then(|list| list.dyn_into::<Array>().ok());
    for encoding in encodings.unwrap_or_default().iter() {
        js::set_member(&encoding, SCALE, &JsValue::from(f64::from(down_by)));
    }
    if let Ok(promise) = sender.set_parameters(&parameters) {
        js::run(promise);
    }
}
