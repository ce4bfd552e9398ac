//! What the page observes from its start, for the signals view: see `src/ui/pages/recorder.js`.

use wasm_bindgen::JsValue;

use super::js;
use crate::protocol::PeerId;

/// Member of `window` that observes whatever is assigned to it.
const WATCHED: &str = "hallooWatched";

/// Member of what is observed: the participant to which it belongs.
const PEER: &str = "hallooPeer";

/// Has the page observe a socket, which it closes when it goes away; or note a text.
pub(super) fn watch(thing: &JsValue) {
    if let Some(window) = web_sys::window() {
        js::set_member(&window, WATCHED, thing);
    }
}

/// Has the page observe what belongs to a participant: a connection, or a player.
pub(super) fn watch_of(peer: PeerId, thing: &JsValue) {
    js::set_member(thing, PEER, &peer.to_string().into());
    watch(thing);
}
