//! The signaling socket: a `WebSocket` whose listeners end with it.

use gloo_events::EventListener;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CloseEvent, MessageEvent, WebSocket};

use super::{feed::Feed, js};
use crate::{
    call::{Input, SocketEvent},
    protocol::{ClientMsg, CloseCode, decode_server, encode_request},
};

/// Close code of a client that gives up a socket but comes back: the server keeps its seat for the whole resume window.
const GIVEN_UP: u16 = CloseCode::HeartbeatTimeout.number();
/// Close code of a page that the browser keeps for a return.
const PAGE_KEPT: u16 = 1000;
/// Close code of a page that is closed for good, or loaded anew.
const PAGE_CLOSED: u16 = CloseCode::PageClosed.number();

/// Member of `window` in which the page leaves a socket that it has opened.
pub const EARLY_SOCKET: &str = "hallooSocket";

/// An open or opening socket. Dropping it closes it after what was sent; nothing more is heard of it.
pub(super) struct Socket {
    socket: WebSocket,
    _listeners: [EventListener; 3],
}

impl Socket {
    /// Opens a socket to the server that the page came from, or goes on with the one that the page has opened itself.
    pub(super) fn open(feed: &Feed) -> Result<Self, JsValue> {
        let socket = match take_early() {
            Some(early) => early,
            None => WebSocket::new(&url()?)?,
        };
        if socket.ready_state() == WebSocket::OPEN {
            feed.dispatch(Input::Socket(SocketEvent::Opened));
        }
        let opened = feed.clone();
        let told = feed.clone();
        let closed = feed.clone();
        let listeners = [
            EventListener::new(&socket, "open", move |_| {
                opened.dispatch(Input::Socket(SocketEvent::Opened));
            }),
            EventListener::new(&socket, "message", move |event| {
                let text = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
                // What cannot be read is from a newer server and meant for newer clients.
                if let Some(Ok(message)) = text.map(|text| decode_server(&text)) {
                    told.dispatch(Input::Socket(SocketEvent::Message(message)));
                }
            }),
            EventListener::new(&socket, "close", move |event| {
                let number = event.dyn_ref::<CloseEvent>().map_or(1006, CloseEvent::code);
                closed.dispatch(Input::Socket(SocketEvent::Closed(CloseCode::from_number(number))));
            }),
        ];
        Ok(Self { socket, _listeners: listeners })
    }

    /// Closes the socket because the page goes away; `kept` in the back/forward cache, or for good.
    pub(super) fn leave_page(self, kept: bool) {
        let _ = self.socket.close_with_code(if kept { PAGE_KEPT } else { PAGE_CLOSED });
    }

    /// Sends a message. On a socket that is closing it is lost, as it would be on the way.
    pub(super) fn send(&self, message: &ClientMsg) {
        let _ = self.socket.send_with_str(&encode_request(message));
    }
}

/// The socket that the page opened before the client was there, if it is of use.
fn take_early() -> Option<WebSocket> {
    let window = web_sys::window()?;
    let early: WebSocket = js::member(&window, EARLY_SOCKET)?.dyn_into().ok()?;
    js::set_member(&window, EARLY_SOCKET, &JsValue::UNDEFINED);
    matches!(early.ready_state(), WebSocket::CONNECTING | WebSocket::OPEN).then_some(early)
}

impl Drop for Socket {
    fn drop(&mut self) {
        // Does nothing to a socket that is closing already.
        let _ = self.socket.close_with_code(GIVEN_UP);
    }
}

fn url() -> Result<String, JsValue> {
    let location = web_sys::window().ok_or(JsValue::NULL)?.location();
    let scheme = if location.protocol()? == "https:" { "wss" } else { "ws" };
    Ok(format!("{scheme}://{}/signal", location.host()?))
}
