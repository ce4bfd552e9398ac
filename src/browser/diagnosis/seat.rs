//! A socket of its own, and a seat in a room of its own: only who has a seat gets ICE servers and their
//! logins. The room has a name that nobody can guess, and ends with the seat.

use std::{cell::Cell, rc::Rc};

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{CloseEvent, MessageEvent, WebSocket};

use super::{Findings, is_offline};
use crate::{
    browser::{random::random, socket},
    call::{
        diagnosis::{Input, Reason},
        first_join, hello,
    },
    protocol::{ClientMsg, CloseCode, RoomName, ServerMsg, decode_server, encode_request},
};

/// What a client says that closes a socket for good (RFC 6455, section 7.4.1).
const NORMAL: u16 = 1000;

/// The seat. Dropping it gives it up.
pub(super) struct Seat {
    socket: WebSocket,
    _listeners: [EventListener; 3],
}

impl Seat {
    /// Takes a seat. The ICE servers come as an input.
    pub(super) fn take(findings: &Findings) -> Result<Self, Reason> {
        let room = random().and_then(|number| format!("check-{number:032x}").parse::<RoomName>().ok());
        let room = room.ok_or(Reason::NotSupported)?;
        let url = socket::url().map_err(|_| Reason::NotSupported)?;
        let socket = WebSocket::new(&url).map_err(|_| Reason::NotSupported)?;
        let requests = [hello(), first_join(room, None, None)].map(|request| encode_request(&request));
        let [heard, closed] = [(); 2].map(|()| findings.clone());
        let was_open = Rc::new(Cell::new(false));
        let opened = was_open.clone();
        let listeners = [
            EventListener::new(&socket, "open", move |event| {
                opened.set(true);
                for request in &requests {
                    send(event, request);
                }
            }),
            EventListener::new(&socket, "message", move |event| {
                let text = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
                match text.and_then(|text| decode_server(&text).ok()) {
                    Some(ServerMsg::Joined { ice_servers, .. }) => heard.dispatch(Input::Joined(ice_servers)),
                    Some(ServerMsg::Heartbeat) => send(event, &encode_request(&ClientMsg::Heartbeat)),
                    Some(ServerMsg::Error { .. } | ServerMsg::Full { .. }) => {
                        heard.done(Err(Reason::Refused));
                    }
                    _ => {}
                }
            }),
            EventListener::new(&socket, "close", move |event| {
                let number = event.dyn_ref::<CloseEvent>().map_or(1006, CloseEvent::code);
                explain(closed.clone(), number, was_open.get());
            }),
        ];
        Ok(Self { socket, _listeners: listeners })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        // Browsers complain about what is sent on a socket that is closed.
        if self.socket.ready_state() == WebSocket::OPEN {
            let _ = self.socket.send_with_str(&encode_request(&ClientMsg::Leave));
        }
        let _ = self.socket.close_with_code(NORMAL);
    }
}

fn send(event: &web_sys::Event, request: &str) {
    let socket = event.target().and_then(|target| target.dyn_into::<WebSocket>().ok());
    // What is sent on a socket that is closing is lost.
    let _ = socket.map(|socket| socket.send_with_str(request));
}

/// A socket that does not open tells no reason: the server is asked in another way.
fn explain(findings: Findings, number: u16, was_open: bool) {
    let is_refused = number >= CloseCode::BadMessages.number();
    spawn_local(async move {
        let is_refused = is_refused || !was_open && socket::is_origin_refused().await;
        findings.dispatch(Input::SeatLost(match () {
            () if is_refused => Reason::Refused,
            () if is_offline() => Reason::Offline,
            () => Reason::Unreachable,
        }));
    });
}
