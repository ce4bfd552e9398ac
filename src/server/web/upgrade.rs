//! The server's side of the opening handshake of WebSockets (RFC 6455, section 4.2). Used instead of that of
//! axum, which hands on no bytes but those of messages.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, Method, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use hyper::upgrade::OnUpgrade;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// A request for a WebSocket.
pub(super) struct Upgrade {
    accept: String,
    on_upgrade: OnUpgrade,
}

impl Upgrade {
    /// Returns the response that accepts it, and what is ready once that is written.
    pub(super) fn accept(self) -> (Response, OnUpgrade) {
        let headers = [
            (header::CONNECTION, "upgrade"),
            (header::UPGRADE, "websocket"),
            (header::SEC_WEBSOCKET_ACCEPT, &self.accept),
        ];
        ((StatusCode::SWITCHING_PROTOCOLS, headers).into_response(), self.on_upgrade)
    }
}

/// Why a request is refused. All of them name the version that is spoken (section 4.4).
pub(super) type Refusal = (StatusCode, [(HeaderName, &'static str); 1], &'static str);

fn refusal(status: StatusCode, text: &'static str) -> Refusal {
    (status, [(header::SEC_WEBSOCKET_VERSION, "13")], text)
}

impl<S: Sync> FromRequestParts<S> for Upgrade {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let headers = &parts.headers;
        if parts.method != Method::GET {
            return Err(refusal(StatusCode::METHOD_NOT_ALLOWED, "A WebSocket begins with GET.\n"));
        }
        if !has(headers, &header::CONNECTION, "upgrade") || !has(headers, &header::UPGRADE, "websocket") {
            return Err(refusal(StatusCode::BAD_REQUEST, "This is for WebSockets.\n"));
        }
        let Some(key) = headers.get(header::SEC_WEBSOCKET_KEY) else {
            return Err(refusal(StatusCode::BAD_REQUEST, "Sec-WebSocket-Key is missing.\n"));
        };
        let accept = derive_accept_key(key.as_bytes());
        if !has(headers, &header::SEC_WEBSOCKET_VERSION, "13") {
            return Err(refusal(StatusCode::UPGRADE_REQUIRED, "Another version of WebSockets.\n"));
        }
        let Some(on_upgrade) = parts.extensions.remove::<OnUpgrade>() else {
            return Err(refusal(StatusCode::UPGRADE_REQUIRED, "This connection cannot be upgraded.\n"));
        };
        Ok(Self { accept, on_upgrade })
    }
}

/// Whether this is an item of the headers of this name.
fn has(headers: &HeaderMap, name: &HeaderName, item: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|one| one.trim().eq_ignore_ascii_case(item))
}
