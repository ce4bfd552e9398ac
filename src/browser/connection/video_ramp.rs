//! How large the pictures are that are sent: small at first, then as the camera gives them. Used by [`super::peer`].
//!
//! A browser begins at 300 kbit/s, at which it drops the first frames of a large picture: the other side would look at
//! nothing meanwhile.

use gloo_timers::callback::Timeout;
use js_sys::{Array, Object};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::RtcRtpSender;

use super::peer::start;
use crate::browser::js::{self, ModernSender};

/// Width and height of the first pictures are divided by this.
const FIRST_SCALE: f64 = 2.0;
/// How long after connecting. Unit: millisecond.
const FIRST_MS: u32 = 2_000;
/// W3C webrtc, section 5.2.8.
const SCALE: &str = "scaleResolutionDownBy";

/// Encodings for a sender that is about to be made.
pub(crate) fn small_encodings() -> Array {
    let encoding = Object::new();
    js::set_member(&encoding, SCALE, &FIRST_SCALE.into());
    Array::of1(&encoding)
}

/// Makes a sender that exists begin with small pictures.
pub(crate) fn start_small(sender: &ModernSender) {
    scale_down(sender, FIRST_SCALE);
}

/// Lets the pictures grow, unless what is returned is dropped before.
pub(crate) fn grow_soon(sender: RtcRtpSender) -> Timeout {
    Timeout::new(FIRST_MS, move || scale_down(sender.unchecked_ref(), 1.0))
}

/// Browsers that cannot change it send pictures as they are.
fn scale_down(sender: &ModernSender, by: f64) {
    let Ok(parameters) = sender.parameters() else { return };
    let encodings = js::member(&parameters, "encodings").and_then(|list| list.dyn_into::<Array>().ok());
    for encoding in encodings.unwrap_or_default().iter() {
        js::set_member(&encoding, SCALE, &JsValue::from(by));
    }
    if let Ok(done) = sender.set_parameters(&parameters) {
        start(done);
    }
}
