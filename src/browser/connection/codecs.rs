//! The order of codecs. The picture of a camera is sent by the first codec of the browser: VP8 in Chromium
//! and Firefox, whose encoder takes less of a processor than those of VP9 and AV1, H.264 in Safari, which
//! has an encoder in hardware. A screen is sent by AV1, where both ends have it: it has tools for text.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::RtcRtpTransceiver;

use crate::browser::js;

/// `mimeType` of the codec that comes first.
const FOR_SCREENS: &str = "video/AV1";

/// Puts the codec for screens first (W3C webrtc, section 5.4). Where that cannot be done the order stays.
pub(super) fn prefer_for_screens(transceiver: &RtcRtpTransceiver) {
    let Some(codecs) = receivable() else { return };
    let is_first = |codec: &JsValue| js::member(codec, "mimeType").is_some_and(|name| name == FOR_SCREENS);
    let order = Array::new();
    for first in [true, false] {
        for codec in codecs.iter().filter(|codec| is_first(codec) == first) {
            order.push(&codec);
        }
    }
    if let Some(prefer) = js::member(transceiver, "setCodecPreferences") {
        // Throws for codecs that the browser does not have; these are its own.
        let _ = prefer.unchecked_into::<Function>().call1(transceiver, &order);
    }
}

/// `RTCRtpReceiver.getCapabilities()`. By name, so that the generated glue does not grow.
fn receivable() -> Option<Array> {
    let class = js::member(&js_sys::global(), "RTCRtpReceiver")?;
    let ask = js::member(&class, "getCapabilities")?.unchecked_into::<Function>();
    let capabilities = Reflect::apply(&ask, &class, &Array::of1(&"video".into())).ok()?;
    js::member(&capabilities, "codecs").map(JsCast::unchecked_into)
}
