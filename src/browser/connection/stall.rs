//! Notices that nothing comes in over a connection any more, seconds before ICE does, and when it comes again. Used by
//! [`super::peer`].
//!
//! ICE waits some seconds before it reports `disconnected`; a person whose telephone has just left the Wi-Fi would look at
//! a frozen picture for as long. And who could not receive asks for a key frame only every three seconds, so one is sent
//! unasked once the path is back.

use gloo_timers::callback::Interval;
use wasm_bindgen::JsCast;
use web_sys::RtcPeerConnection;

use super::peer::PeerConnection;
use crate::{
    browser::{
        Feed,
        js::{self, ModernReceiver},
    },
    call::{ConnectionEvent, ConnectionId, Input},
    protocol::PeerId,
};

/// How often to look. Unit: millisecond.
const LOOK_MS: u32 = 400;
/// Looks in a row without anything new that make a stall.
const STALL_LOOKS: u32 = 2;

/// Tells the core of each stall and sends a new picture after it, until what is returned is dropped.
pub(crate) fn watch(connection: &RtcPeerConnection, feed: &Feed, peer: PeerId, id: ConnectionId) -> Interval {
    let (connection, feed) = (connection.clone(), feed.clone());
    let mut newest = 0.0;
    let mut looks = 0;
    Interval::new(LOOK_MS, move || {
        let now = newest_media(&connection);
        if now > newest {
            if looks >= STALL_LOOKS {
                feed.peer(peer, PeerConnection::restart_picture);
            }
            (newest, looks) = (now, 0);
        } else if newest > 0.0 {
            looks += 1;
            if looks == STALL_LOOKS {
                feed.dispatch(Input::Connection { peer, connection: id, event: ConnectionEvent::Stalled });
            }
        }
    })
}

/// When the newest sound or picture was played, on the browser's clock; 0 if there has been none in the last 10 seconds.
fn newest_media(connection: &RtcPeerConnection) -> f64 {
    let receivers = connection.get_receivers();
    let sources = receivers
        .iter()
        .filter_map(|receiver| receiver.unchecked_into::<ModernReceiver>().synchronization_sources().ok());
    let times = sources.flat_map(|list| {
        list.iter().filter_map(|source| js::member(&source, "timestamp")?.as_f64()).collect::<Vec<_>>()
    });
    times.fold(0.0, f64::max)
}
