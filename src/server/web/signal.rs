//! `/signal`: the upgrade to a WebSocket.

use axum::{
    Extension,
    extract::{State, WebSocketUpgrade},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{origin::is_origin_allowed, state::AppState};
use crate::server::{
    net::{
        forwarded::Requester,
        host::{RequestedHost, is_host},
    },
    signaling::socket,
};

/// Opens a WebSocket for a page of an allowed origin, or for a client that is not a browser.
pub(super) async fn signal(
    State(state): State<AppState>,
    requester: Option<Extension<Requester>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let requester = requester.map(|Extension(requester)| requester);
    let is_secure = requester.is_some_and(|requester| requester.is_secure);
    if let Some(Requester { address, .. }) = requester {
        tracing::debug!(%address, "a WebSocket is requested");
    }
    if state.driver.is_stopping() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    if !is_origin_allowed(&headers, is_secure, &state.allowed_origins) {
        let (origin, host) = (headers.get(header::ORIGIN), headers.get(header::HOST));
        tracing::debug!(?origin, ?host, "the origin is not allowed");
        state.driver.counters().refused("origin");
        return (StatusCode::FORBIDDEN, "Pages of this origin may not connect here.\n").into_response();
    }
    let open = state.sockets.token();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).filter(|host| is_host(host));
    let requested = RequestedHost {
        host: host.unwrap_or_default().into(),
        is_proxied: requester.is_some_and(|requester| requester.is_proxied),
    };
    socket::limited(upgrade).on_upgrade(async move |socket| {
        socket::serve(socket, state.driver, requested).await;
        drop(open);
    })
}
