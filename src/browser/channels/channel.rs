//! One `RTCDataChannel` (W3C webrtc, section 6.2). By the names of its members, so that the generated glue
//! does not grow.

use std::rc::Rc;

use gloo_events::EventListener;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

use crate::browser::js;

/// What happens at a channel.
#[derive(Debug)]
pub enum ChannelEvent {
    /// Messages can be sent.
    Opened,
    /// No more messages come, and none can be sent.
    Closed,
    /// A text.
    Text(String),
    /// A text that is longer than this client reads.
    TooLong,
    /// Bytes: an `ArrayBuffer`.
    Bytes(JsValue),
    /// Less waits to be sent than [`DataChannel::report_drained_below`] says.
    Drained,
}

/// A data channel. Dropping it closes it; nothing more is heard of it.
pub struct DataChannel {
    channel: JsValue,
    listeners: Vec<EventListener>,
}

impl DataChannel {
    /// Listens to a channel. Texts of more than `max_chars` UTF-16 code units are not copied.
    pub(super) fn new(channel: JsValue, max_chars: u32, report: impl Fn(ChannelEvent) + 'static) -> Self {
        js::set_member(&channel, "binaryType", &"arraybuffer".into());
        let target: &EventTarget = channel.unchecked_ref();
        let report = Rc::new(report);
        let on = |name: &'static str, event: fn() -> ChannelEvent| {
            let report = Rc::clone(&report);
            EventListener::new(target, name, move |_| report(event()))
        };
        let listeners = vec![
            on("open", || ChannelEvent::Opened),
            on("close", || ChannelEvent::Closed),
            on("bufferedamountlow", || ChannelEvent::Drained),
            EventListener::new(target, "message", {
                let report = Rc::clone(&report);
                move |event| report(received(event, max_chars))
            }),
        ];
        Self { channel, listeners }
    }

    /// The name that the side which opened the channel gave it.
    pub fn label(&self) -> String {
        js::member(&self.channel, "label").and_then(|label| label.as_string()).unwrap_or_default()
    }

    /// Whether messages can be sent.
    pub fn is_open(&self) -> bool {
        js::member(&self.channel, "readyState").is_some_and(|state| state == "open")
    }

    /// Bytes that wait to be sent.
    pub fn buffered_bytes(&self) -> f64 {
        js::member(&self.channel, "bufferedAmount").and_then(|bytes| bytes.as_f64()).unwrap_or_default()
    }

    /// Reports [`ChannelEvent::Drained`] whenever no more than this waits.
    pub fn report_drained_below(&self, bytes: u32) {
        js::set_member(&self.channel, "bufferedAmountLowThreshold", &bytes.into());
    }

    /// Sends a text, or an `ArrayBuffer` or a view of one. Returns false if the browser does not take it: the
    /// channel is not open, or too much waits.
    pub fn send(&self, message: &JsValue) -> bool {
        js::invoke(&self.channel, "send", std::slice::from_ref(message)).is_ok()
    }
}

impl Drop for DataChannel {
    fn drop(&mut self) {
        // Before it is closed: a browser may fire `close` within the call.
        self.listeners.clear();
        // Fails on a channel whose connection is closed.
        let _ = js::invoke(&self.channel, "close", &[]);
    }
}

fn received(event: &JsValue, max_chars: u32) -> ChannelEvent {
    let data = js::member(event, "data").unwrap_or_default();
    // The length of a text is a member of the same name as that of a list; an `ArrayBuffer` has none.
    if data.unchecked_ref::<Array>().length() > max_chars {
        return ChannelEvent::TooLong;
    }
    data.as_string().map_or(ChannelEvent::Bytes(data), ChannelEvent::Text)
}
