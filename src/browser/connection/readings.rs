//! Reads the statistics of connections for [`crate::call::quality`]. Used only by a part of the page that
//! loads late.

use std::future::Future;

use js_sys::{Array, Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::RtcRtpSender;

use super::{encoding, set::PeerConnections};
use crate::{
    browser::js,
    call::quality::{Plan, Reading, Stat},
    protocol::{PeerId, TrackSource},
};

/// What is read of a connection: the statistics, and how its camera is to be sent.
pub type ConnectionReading = (PeerId, Reading, Option<Plan>);

/// Reads all connections. Those that the browser does not tell about are left out.
pub(crate) fn read(
    connections: &PeerConnections,
    at_ms: u64,
) -> impl Future<Output = Vec<ConnectionReading>> + use<> {
    let mut asked = Vec::new();
    connections.for_each_with_peer(|peer, connection| {
        let mut plan = None;
        connection.with_sender(TrackSource::Camera, |sender| plan = plan_of(sender));
        asked.extend(statistics(connection.as_js()).map(|report| (peer, report, plan)));
    });
    async move {
        let mut readings = Vec::with_capacity(asked.len());
        for (peer, report, plan) in asked {
            if let Ok(report) = JsFuture::from(report).await {
                readings.push((peer, Reading::read(&objects(&report), at_ms), plan));
            }
        }
        readings
    }
}

/// W3C webrtc, section 8.2. By name, so that the generated glue does not grow.
fn statistics(connection: &JsValue) -> Option<Promise> {
    let read = js::member(connection, "getStats")?.unchecked_into::<Function>();
    read.call0(connection).ok().map(JsCast::unchecked_into)
}

/// The objects of a report, which is a map.
fn objects(report: &JsValue) -> Vec<Object> {
    Array::from(report).iter().map(|entry| Object(Array::from(&entry).get(1))).collect()
}

fn plan_of(sender: &RtcRtpSender) -> Option<Plan> {
    let encoding = encoding::current(sender)?;
    // Nothing is sent to who shows nothing.
    js::member(&encoding, "active").filter(JsValue::is_truthy)?;
    let number = |name| js::member(&encoding, name).and_then(|value| value.as_f64());
    Some(Plan {
        max_kilobits: (number("maxBitrate")? / 1000.0) as u32,
        max_rate: number("maxFramerate")? as u32,
    })
}

struct Object(JsValue);

impl Stat for Object {
    fn text(&self, member: &str) -> Option<String> {
        js::member(&self.0, member)?.as_string()
    }

    fn number(&self, member: &str) -> Option<f64> {
        let value = js::member(&self.0, member)?;
        value.as_f64().or_else(|| value.as_bool().map(|is| f64::from(u8::from(is))))
    }
}
