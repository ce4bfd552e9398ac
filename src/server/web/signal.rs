//! `/signal`: the upgrade to a WebSocket.

use std::sync::Arc;

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use hyper_util::rt::TokioIo;

use super::{origin::is_origin_allowed, state::AppState, upgrade::Upgrade};
use crate::server::{
    net::{
        forwarded::Requester,
        gate::Permit,
        host::{RequestedHost, is_host},
    },
    signaling::socket,
};

/// When a network with too many connections may try again. Unit: second.
const RETRY_AFTER: &str = "10";

/// Tells a page whose WebSocket was refused whether its origin is the reason: browsers keep that from it.
pub(super) async fn check_origin(
    State(state): State<AppState>,
    Extension(requester): Extension<Requester>,
    headers: HeaderMap,
) -> Response {
    refuse_origin(&state, requester, &headers).unwrap_or_else(|| StatusCode::NO_CONTENT.into_response())
}

/// Returns the refusal of an origin that is not allowed.
fn refuse_origin(state: &AppState, requester: Requester, headers: &HeaderMap) -> Option<Response> {
    if is_origin_allowed(headers, requester.is_secure, &state.allowed_origins) {
        return None;
    }
    let (origin, host) = (headers.get(header::ORIGIN), headers.get(header::HOST));
    tracing::debug!(?origin, ?host, "the origin is not allowed");
    state.driver.counters().refused("origin");
    Some((StatusCode::FORBIDDEN, "Pages of this origin may not connect here.\n").into_response())
}

/// Opens a WebSocket for a page of an allowed origin, or for a client that is not a browser.
pub(super) async fn signal(
    State(state): State<AppState>,
    Extension(requester): Extension<Requester>,
    Extension(permit): Extension<Arc<Permit>>,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Response {
    tracing::debug!(address = %requester.address, "a WebSocket is requested");
    if state.driver.is_stopping() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    if let Some(refusal) = refuse_origin(&state, requester, &headers) {
        return refusal;
    }
    if permit.assign(requester.address).is_err() {
        let retry = [(header::RETRY_AFTER, RETRY_AFTER)];
        return (StatusCode::TOO_MANY_REQUESTS, retry, "Your network has too many connections.\n")
            .into_response();
    }
    let open = state.sockets.token();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).filter(|host| is_host(host));
    let requested = RequestedHost { host: host.unwrap_or_default().into(), is_proxied: requester.is_proxied };
    let (response, upgraded) = upgrade.accept();
    tokio::spawn(async move {
        permit.end_of_heads();
        if let Ok(upgraded) = upgraded.await {
            socket::serve(TokioIo::new(upgraded), state.driver, requested, permit).await;
        }
        drop(open);
    });
    response
}
