//! The pages, rendered on the server, and the files beside them.

use std::{convert::Infallible, sync::Arc};

use axum::{
    Router,
    extract::{Query, Request, State},
    http::{
        Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, Version, header, request::Parts,
    },
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use leptos::prelude::*;
use leptos_axum::{ResponseOptions, render_app_async_with_context};
use tower::service_fn;
use tower_http::{CompressionLevel, compression::CompressionLayer};

use super::{
    assets::{files, set_lifetime},
    headers::{self, is_html},
    origin::is_join_allowed,
    page_rate::{self, PageRate},
    state::AppState,
};
use crate::{
    app::{
        has_page,
        links::{NAME_CHARS, name_from_random, room_from_input, room_path},
        room_at, shell,
    },
    protocol::RoomName,
    request::RequestFacts,
    server::net::{addresses::shown_to, forwarded::Requester},
};

/// Of brotli and gzip. With brotli 5 a page is 7 % smaller than with 4, the default, and takes no longer;
/// from 6 on it takes longer and is as large.
const PAGE_QUALITY: CompressionLevel = CompressionLevel::Precise(5);

/// Routes of pages and files.
pub(super) fn router(state: &AppState) -> Router<AppState> {
    // Fails if a router was made before, as in tests; then it is set already.
    let _ = any_spawner::Executor::init_tokio();
    let facts = {
        let state = state.clone();
        move || provide_facts(&state)
    };
    let document = {
        let (site, options) = (state.site.clone(), state.leptos.clone());
        move || shell(options.clone(), site.client_files())
    };
    let page = render_app_async_with_context(facts, document);
    let not_found = page.clone();
    let not_found = service_fn(move |request: Request| {
        let page = not_found(request);
        async move { Ok::<_, Infallible>((StatusCode::NOT_FOUND, page.await).into_response()) }
    });
    let hashed_names = state.site.has_hashed_names();
    let rate = (PageRate::new(), Arc::clone(&state.driver));
    Router::new()
        .route("/", get(page.clone()))
        .route("/signals", get(page.clone()))
        .route("/r/{room}", get(page))
        .merge(files(&state.site, not_found))
        .layer(CompressionLayer::new().quality(PAGE_QUALITY).compress_when(is_page))
        .layer(middleware::from_fn_with_state(state.clone(), find_room))
        .layer(middleware::from_fn(answer_form))
        .layer(middleware::from_fn_with_state(rate, page_rate::limit))
        .layer(middleware::from_fn(move |request, next| set_lifetime(hashed_names, request, next)))
}

/// Redirects from a form of the home page to a room: a new one (`/?new=1`) or the one that was entered
/// (`/?room=tea`). So the forms work without the client.
async fn answer_form(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let to = (request.uri().path() == "/").then(|| form_target(request.uri(), host)).flatten();
    match to {
        Some(room) => {
            ([(header::CACHE_CONTROL, "no-store")], Redirect::to(&room_path(&room))).into_response()
        }
        None => next.run(request).await,
    }
}

fn form_target(address: &Uri, host: &str) -> Option<RoomName> {
    if query_parameter(address, "new").is_some() {
        let mut random = [0; NAME_CHARS];
        getrandom::fill(&mut random).ok()?;
        return name_from_random(random).parse().ok();
    }
    // The page says what is wrong with it.
    room_from_input(&query_parameter(address, "room")?, host).ok()
}

/// Redirects to the canonical address of a room (see [`room_at`]), and tells the hub of page loads.
async fn find_room(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let Some((room, canonical)) = room_at(path) else {
        return next.run(request).await;
    };
    if canonical == path {
        state.driver.page_served(room);
        return next.run(request).await;
    }
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    Redirect::permanent(&format!("{canonical}{query}")).into_response()
}

/// Provides the facts of the request to the page being rendered, and sets the headers that depend on them.
fn provide_facts(state: &AppState) {
    let Some(parts) = use_context::<Parts>() else { return };
    let text = |name: HeaderName| {
        parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    let host = text(header::HOST);
    let policy = use_nonce().map(|nonce| headers::page_policy(&nonce, &host, state.reload_port));
    let policy = policy.and_then(|policy| HeaderValue::try_from(policy).ok());
    if let Some(response) = use_context::<ResponseOptions>() {
        if let Some(policy) = policy {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
        // On insecure origins browsers ignore this header, and log a warning.
        if headers::is_secure_origin(&parts.headers) {
            let policy = HeaderValue::from_static("same-origin");
            response.insert_header(HeaderName::from_static("cross-origin-opener-policy"), policy);
        }
        if !has_page(parts.uri.path()) {
            response.set_status(StatusCode::NOT_FOUND);
        }
    }
    let client = parts.extensions.get::<Requester>().map(|requester| requester.address);
    let shown = client.map(|client| shown_to(client, &host, &state.private_network_addresses));
    let by_person = is_join_allowed(&parts.headers);
    provide_context(RequestFacts {
        path: parts.uri.path().to_owned(),
        name: query_parameter(&parts.uri, "name"),
        join_now: by_person && query_parameter(&parts.uri, "join").as_deref() == Some("now"),
        by_other_site: !by_person,
        accept_language: text(header::ACCEPT_LANGUAGE),
        cookie: text(header::COOKIE),
        private_network_addresses: shown.unwrap_or_default(),
    });
}

/// A parameter of an address; the first of its name, as in a browser (URL, section 6.2).
fn query_parameter(address: &Uri, name: &str) -> Option<String> {
    let Query(parameters) = Query::<Vec<(String, String)>>::try_from_uri(address).ok()?;
    parameters.into_iter().find_map(|(key, value)| (key == name).then_some(value))
}

/// Only pages are compressed on the way: files are stored compressed.
fn is_page(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    is_html(headers)
}
