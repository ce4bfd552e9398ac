//! How a sender encodes pictures; decided in [`crate::call`].

use js_sys::{Array, Object};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::RtcRtpSender;

use crate::{
    browser::js::{self, ModernSender},
    call::Encoding,
};

/// `sendEncodings` of a transceiver that is about to be made.
pub(super) fn first(encoding: Encoding) -> Array {
    let first = Object::new();
    write(&first, encoding);
    Array::of1(&first)
}

/// Changes how a sender encodes. Browsers that cannot do so go on as before.
pub(super) fn change(sender: &RtcRtpSender, encoding: Encoding) {
    let sender = sender.unchecked_ref::<ModernSender>();
    let Ok(parameters) = sender.parameters() else { return };
    let encodings = js::member(&parameters, "encodings").and_then(|list| list.dyn_into::<Array>().ok());
    for each in encodings.unwrap_or_default().iter() {
        write(&each, encoding);
    }
    if let Ok(promise) = sender.set_parameters(&parameters) {
        js::run(promise);
    }
}

/// The first encoding of a sender, as it is now.
pub(super) fn current(sender: &RtcRtpSender) -> Option<JsValue> {
    let parameters = sender.unchecked_ref::<ModernSender>().parameters().ok()?;
    js::member(&js::member(&parameters, "encodings")?, "0")
}

/// The members of W3C webrtc, section 5.2.8.
fn write(to: &JsValue, Encoding { active, max_bitrate, down_by, max_framerate }: Encoding) {
    js::set_member(to, "active", &active.into());
    js::set_member(to, "maxBitrate", &max_bitrate.into());
    js::set_member(to, "scaleResolutionDownBy", &f64::from(down_by).into());
    js::set_member(to, "maxFramerate", &f64::from(max_framerate).into());
}
