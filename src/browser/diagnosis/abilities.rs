//! What the browser can do.

use crate::{browser::js, call::diagnosis::Reason};

/// Classes of `window` without which there is no call.
const CLASSES: [&str; 3] = ["RTCPeerConnection", "RTCRtpTransceiver", "WebSocket"];

pub(super) fn result() -> Result<(), Reason> {
    let window = web_sys::window().ok_or(Reason::NotSupported)?;
    if CLASSES.iter().any(|name| js::member(&window, name).is_none()) {
        return Err(Reason::NotSupported);
    }
    let is_secure = js::member(&window, "isSecureContext").is_some_and(|is| is.is_truthy());
    if is_secure { Ok(()) } else { Err(Reason::NotSecure) }
}
