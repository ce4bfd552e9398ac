//! The routes of the whole service. Nothing here logs a URL: a room's name lets people in.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{any, get},
};

use super::{
    codelab,
    headers::add_headers,
    pages,
    signal::{check_origin, signal},
    state::AppState,
};
use crate::server::{net::forwarded, ops::metrics::healthz, tls::Certificate};

/// Pages, files, `/signal`, `/healthz` and `/readyz`. `certificate` is the one in use, if HTTPS is served.
pub(crate) fn router(state: AppState, certificate: Option<Arc<Certificate>>) -> Router {
    let proxies = Arc::clone(&state.trusted_proxies);
    let codelab = if state.codelab.is_some() { codelab::router() } else { Router::new() };
    Router::new()
        .route("/signal", any(signal).post(check_origin))
        .route("/healthz", get(healthz))
        .route("/readyz", get(ready))
        .merge(codelab)
        .merge(pages::router(&state))
        .layer(middleware::from_fn(move |request, next| add_headers(certificate.clone(), request, next)))
        .layer(middleware::from_fn(move |request, next| {
            forwarded::resolve(Arc::clone(&proxies), request, next)
        }))
        .with_state(state)
}

/// Whether a load balancer may send people here: not during shutdown.
async fn ready(State(state): State<AppState>) -> Response {
    let (status, text) = match state.driver.is_stopping() {
        false => (StatusCode::OK, "ok\n"),
        true => (StatusCode::SERVICE_UNAVAILABLE, "stopping\n"),
    };
    (status, [(header::CACHE_CONTROL, "no-store")], text).into_response()
}
