//! How a sender encodes pictures; decided in [`crate::call`].

use std::{cell::Cell, rc::Rc};

use js_sys::{Array, Object, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
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

/// How often a browser is asked for a change that it refuses.
const ATTEMPTS: u32 = 3;

/// The changes of one sender, one after the other: the end of one makes what was read for the next invalid
/// (W3C webrtc, section 5.2, `setParameters`). Of those that wait the newest counts.
#[derive(Default)]
pub(super) struct Changes(Rc<Waiting>);

#[derive(Default)]
struct Waiting {
    newest: Cell<Option<Encoding>>,
    is_changing: Cell<bool>,
}

impl Changes {
    /// Changes how the sender encodes. Browsers that cannot do so go on as before.
    pub(super) fn change(&self, sender: &RtcRtpSender, encoding: Encoding) {
        self.0.newest.set(Some(encoding));
        if self.0.is_changing.replace(true) {
            return;
        }
        let (waiting, sender) = (Rc::clone(&self.0), sender.clone());
        spawn_local(async move {
            let mut refusals = 0;
            while let Some(encoding) = waiting.newest.take() {
                let is_refused = match start(&sender, encoding) {
                    Ok(change) => JsFuture::from(change).await.is_err(),
                    Err(_) => true,
                };
                refusals = if is_refused { refusals + 1 } else { 0 };
                let newer = waiting.newest.take();
                if is_refused && refusals < ATTEMPTS {
                    waiting.newest.set(newer.or(Some(encoding)));
                } else {
                    refusals = 0;
                    waiting.newest.set(newer);
                }
            }
            waiting.is_changing.set(false);
        });
    }
}

fn start(sender: &RtcRtpSender, encoding: Encoding) -> Result<Promise, JsValue> {
    let sender = sender.unchecked_ref::<ModernSender>();
    let parameters = sender.parameters()?;
    let encodings = js::member(&parameters, "encodings").and_then(|list| list.dyn_into::<Array>().ok());
    for each in encodings.unwrap_or_default().iter() {
        write(&each, encoding);
    }
    sender.set_parameters(&parameters)
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
