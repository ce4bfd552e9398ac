//! The signaling socket: a `WebSocket` whose listeners end with it.

use gloo_events::EventListener;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{CloseEvent, MessageEvent, WebSocket};

use super::{early::Early, feed::Feed, js, watched::watch};
use crate::{
    call::{Input, SocketEvent},
    protocol::{ClientMsg, CloseCode, decode_server, encode_request},
};

/// Close code of a client that gives up a socket but comes back: the server keeps its seat for the whole
/// resume window.
const GIVEN_UP: u16 = CloseCode::HeartbeatTimeout.number();

/// An open or opening socket. Dropping it closes it after what was sent; nothing more is heard of it.
pub(super) struct Socket {
    socket: WebSocket,
    _listeners: [EventListener; 3],
}

impl Socket {
    /// Opens a socket to the server that the page came from, or goes on with the one that the page has
    /// opened.
    pub(super) fn open(feed: &Feed, early: Option<Early>) -> Result<Self, JsValue> {
        let (socket, joined, heard) = match early.and_then(Early::into_socket) {
            Some(early) => early,
            None => {
                let socket = WebSocket::new(&url()?)?;
                watch(&socket);
                (socket, false, Vec::new())
            }
        };
        let ready = if joined { SocketEvent::JoinedEarly } else { SocketEvent::Opened };
        if socket.ready_state() == WebSocket::OPEN {
            feed.dispatch(Input::Socket(ready.clone()));
        }
        for text in heard {
            on_message(feed, &text);
        }
        let opened = feed.clone();
        let heard = feed.clone();
        let closed = feed.clone();
        let listeners = [
            EventListener::new(&socket, "open", move |_| {
                opened.dispatch(Input::Socket(ready.clone()));
            }),
            EventListener::new(&socket, "message", move |event| {
                let text = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
                if let Some(text) = text {
                    on_message(&heard, &text);
                }
            }),
            EventListener::new(&socket, "close", move |event| {
                let number = event.dyn_ref::<CloseEvent>().map_or(1006, CloseEvent::code);
                closed.dispatch(Input::Socket(SocketEvent::Closed(CloseCode::from_number(number))));
            }),
        ];
        Ok(Self { socket, _listeners: listeners })
    }

    /// Sends a message. On a socket that is closing it is lost, as it would be on the way.
    pub(super) fn send(&self, message: &ClientMsg) {
        let _ = self.socket.send_with_str(&encode_request(message));
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // Does nothing to a socket that is closing already.
        let _ = self.socket.close_with_code(GIVEN_UP);
    }
}

/// A message that cannot be read is from a newer server and meant for newer clients.
fn on_message(feed: &Feed, text: &str) {
    if let Ok(message) = decode_server(text) {
        feed.dispatch(Input::Socket(SocketEvent::Message(message)));
    }
}

/// Asks the server whether it accepts pages of this origin, and tells the core if not.
pub(super) fn check_origin(feed: Feed) {
    spawn_local(async move {
        if is_origin_refused().await {
            feed.dispatch(Input::Socket(SocketEvent::OriginRefused));
        }
    });
}

/// To a `POST` browsers add the origin.
pub(super) async fn is_origin_refused() -> bool {
    let Some(window) = web_sys::window() else { return false };
    let request = js::dictionary(&[("method", "POST".into())]);
    let answer = window.fetch_with_str_and_init("/signal", &request);
    let answer = JsFuture::from(answer).await.ok().and_then(|answer| js::member(&answer, "status"));
    answer.is_some_and(|status| status == 403)
}

pub(super) fn url() -> Result<String, JsValue> {
    let location = web_sys::window().ok_or(JsValue::NULL)?.location();
    let scheme = if location.protocol()? == "https:" { "wss" } else { "ws" };
    Ok(format!("{scheme}://{}/signal", location.host()?))
}
