//! Samples when the newest media was played; [`crate::call`] notices by it that nothing arrives any more. And
//! how loud it is.

use gloo_timers::callback::Interval;
use wasm_bindgen::JsCast;
use web_sys::{MediaStreamTrack, RtcPeerConnection};

use crate::{
    browser::{
        feed::Feed,
        js::{self, ModernReceiver},
    },
    call::{ConnectionEvent, ConnectionId, Input, SAMPLE_INTERVAL_MS},
    protocol::PeerId,
};

/// Samples a connection until what is returned is dropped.
pub(super) fn sample(
    connection: &RtcPeerConnection,
    feed: &Feed,
    peer: PeerId,
    id: ConnectionId,
) -> Interval {
    let (connection, feed) = (connection.clone(), feed.clone());
    Interval::new(SAMPLE_INTERVAL_MS, move || {
        let event = ConnectionEvent::MediaSampled { newest_ms: newest_media(&connection) as u64 };
        feed.dispatch(Input::Connection { peer, connection: id, event });
    })
}

/// When the newest sound or picture was played, on the browser's clock; 0 if there was none in the last 10
/// seconds.
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

/// How loud a track that is received was last, 0.0 to 1.0.
pub(super) fn level(connection: &RtcPeerConnection, track: &MediaStreamTrack) -> f32 {
    let receivers = connection.get_receivers();
    let mut receivers = receivers.iter().map(|receiver| receiver.unchecked_into::<ModernReceiver>());
    let of_track = receivers.find(|receiver| receiver.track() == *track);
    let sources = of_track.and_then(|receiver| receiver.synchronization_sources().ok()).unwrap_or_default();
    let levels = sources.iter().filter_map(|source| js::member(&source, "audioLevel")?.as_f64());
    levels.fold(0.0, f64::max) as f32
}
