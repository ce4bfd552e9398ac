//! What the page did before the client was there: see `src/ui/pages/early_join.js`.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::WebSocket;

use super::js;
use crate::protocol::VisitId;

/// Member of `window` in which the page leaves what it did.
const EARLY: &str = "hallooEarly";

/// A socket that the page has opened, and what it joined with. Closed when dropped unused.
pub(super) struct Early {
    page: JsValue,
    socket: Option<WebSocket>,
}

impl Early {
    /// Takes over from the page.
    pub(super) fn take() -> Option<Self> {
        let window = web_sys::window()?;
        let page = js::member(&window, EARLY)?;
        js::set_member(&window, EARLY, &JsValue::UNDEFINED);
        let socket = js::member(&page, "socket")?.dyn_into().ok()?;
        Some(Self { page, socket: Some(socket) })
    }

    /// The visit that the page has joined with, if it has.
    pub(super) fn visit(&self) -> Option<VisitId> {
        js::member(&self.page, "visit")?.as_string()?.parse().ok()
    }

    /// The socket, if it is still of use, whether the page has joined over it, and what it has heard.
    pub(super) fn into_socket(mut self) -> Option<(WebSocket, bool, Vec<String>)> {
        let of_use =
            |socket: &mut WebSocket| matches!(socket.ready_state(), WebSocket::CONNECTING | WebSocket::OPEN);
        let socket = self.socket.take_if(of_use)?;
        socket.set_onmessage(None);
        let heard = js::member(&self.page, "heard").and_then(|list| list.dyn_into::<Array>().ok());
        let heard = heard.unwrap_or_default().iter().filter_map(|text| text.as_string()).collect();
        Some((socket, self.visit().is_some(), heard))
    }
}

impl Drop for Early {
    fn drop(&mut self) {
        if let Some(socket) = self.socket.take() {
            let _ = socket.close();
        }
    }
}
