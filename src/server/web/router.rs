//! The router: pages, files, `/signal`, `/healthz`. Nothing here logs a URL: a room's name lets people in.

use std::{convert::Infallible, env, sync::Arc};

use axum::{
    Extension, Router,
    extract::{FromRef, Request, State, WebSocketUpgrade},
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header, request::Parts},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::{any, get},
};
use ipnet::IpNet;
use leptos::prelude::*;
use leptos_axum::{ResponseOptions, render_app_async_with_context};
use tokio_util::task::TaskTracker;
use tower::{Service, service_fn};
use tower_http::{compression::CompressionLayer, services::ServeDir};

use super::{assets, headers as security, site::Site};
use crate::{
    app::{has_page, shell},
    protocol::RoomName,
    request::RequestFacts,
    server::{
        config::Config,
        net::{
            addresses,
            forwarded::{self, Client},
            host::{RequestedHost, host_name, is_host, is_public_name},
        },
        signaling::{driver::Driver, socket},
        tls::Certificate,
    },
};

/// What the handlers share.
#[derive(Debug, Clone)]
pub(crate) struct AppState {
    /// The hub and its sockets.
    pub(crate) driver: Arc<Driver>,
    /// Every open socket, for a graceful end.
    pub(crate) sockets: TaskTracker,
    site: Site,
    leptos: LeptosOptions,
    allowed_origins: Arc<[String]>,
    /// Whose word counts for where a request comes from.
    proxies: Arc<[IpNet]>,
    /// Base URLs for other devices.
    reachable: Arc<[String]>,
    /// Set while `cargo leptos watch` runs the server.
    reload_port: Option<u32>,
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

impl AppState {
    /// What the handlers of this configuration share; `listen` is the address in use.
    pub(crate) fn new(config: &Config, listen: std::net::SocketAddr, driver: Arc<Driver>) -> Self {
        let scheme = if config.tls.is_some() { "https" } else { "http" };
        let site = Site::new(config.site_root.as_deref());
        let leptos = site.options();
        let reload_port = env::var_os("LEPTOS_WATCH").map(|_| leptos.reload_port);
        Self {
            driver,
            sockets: TaskTracker::new(),
            site,
            leptos,
            allowed_origins: config.allowed_origins.clone().into(),
            proxies: config.trusted_proxies.clone().into(),
            reachable: addresses::reachable(listen, scheme).into(),
            reload_port,
        }
    }
}

/// The routes of the whole service.
pub(crate) fn router(state: AppState, certificate: Option<Arc<Certificate>>) -> Router {
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
    let proxies = Arc::clone(&state.proxies);
    let hashed_names = state.site.has_hashed_names();
    let pages = Router::new()
        .route("/", get(page.clone()))
        .route("/r/{room}", get(page))
        .merge(files(&state.site, not_found))
        .layer(CompressionLayer::new().compress_when(is_page))
        .layer(middleware::from_fn_with_state(state.clone(), find_room))
        .layer(middleware::from_fn(move |request, next| set_lifetime(hashed_names, request, next)));
    Router::new()
        .route("/signal", any(signal))
        .route("/healthz", get(|| async { ([(header::CACHE_CONTROL, "no-store")], "ok\n") }))
        .route("/readyz", get(ready))
        .merge(pages)
        .layer(middleware::from_fn(move |request, next| add_headers(certificate.clone(), request, next)))
        .layer(middleware::from_fn(move |request, next| {
            forwarded::resolve(Arc::clone(&proxies), request, next)
        }))
        .with_state(state)
}

/// Sends whoever comes by plain HTTP to HTTPS, which is at this port. But a request that names no port came to port 80; if it
/// comes in at another one a router is in between, and HTTPS will be at its own port there as well.
pub(crate) fn redirect(https_port: u16) -> Router {
    let answer = async move |request: Request| {
        let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
        let Some(host) = host.filter(|host| is_host(host)) else {
            return (StatusCode::BAD_REQUEST, "This server speaks HTTPS.\n").into_response();
        };
        let name = host_name(host);
        let name = if name.contains(':') { format!("[{name}]") } else { name.to_owned() };
        let came_in_at = request.extensions().get::<Client>().map(|client| client.port);
        let port = if host == name && came_in_at != Some(80) { 443 } else { https_port };
        let port = if port == 443 { String::new() } else { format!(":{port}") };
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let to = Redirect::permanent(&format!("https://{name}{port}{path}"));
        // Browsers would go there for ever, even when nothing is there any more.
        ([(header::CACHE_CONTROL, "no-store")], to).into_response()
    };
    Router::new().fallback(answer).layer(middleware::map_response(security::with_fixed_headers))
}

/// The files of the client and `public/`; what is none of them is `not_found`.
fn files<N>(site: &Site, not_found: N) -> Router<AppState>
where
    N: Service<Request, Response = Response, Error = Infallible, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static,
{
    let Site::Directory(root) = site else {
        let files = service_fn(move |request: Request| {
            let answer = assets::answer(request.method(), request.uri(), request.headers());
            let mut not_found = not_found.clone();
            async move {
                match answer {
                    Some(answer) => Ok(answer),
                    None => not_found.call(request).await,
                }
            }
        });
        return Router::new().fallback_service(files);
    };
    let files = ServeDir::new(root)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .fallback(not_found);
    Router::new().fallback_service(files)
}

/// Opens a WebSocket for a page of ours, or for a client that is no page.
async fn signal(
    State(state): State<AppState>,
    client: Option<Extension<Client>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let client = client.map(|Extension(client)| client);
    let is_secure = client.is_some_and(|client| client.is_secure);
    if let Some(Client { address, .. }) = client {
        tracing::debug!(%address, "a socket is asked for");
    }
    if state.driver.is_stopping() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    if !security::is_origin_allowed(&headers, is_secure, &state.allowed_origins) {
        tracing::debug!(origin = ?headers.get(header::ORIGIN), host = ?headers.get(header::HOST), "pages of this origin may not connect");
        state.driver.counters().refused("origin");
        return (StatusCode::FORBIDDEN, "Pages of this origin may not connect here.\n").into_response();
    }
    let open = state.sockets.token();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).filter(|host| is_host(host));
    let requested = RequestedHost {
        host: host.unwrap_or_default().into(),
        is_proxied: client.is_some_and(|client| client.is_proxied),
    };
    socket::limited(upgrade).on_upgrade(async move |socket| {
        socket::serve(socket, state.driver, requested).await;
        drop(open);
    })
}

/// Whether to send people here: not while everybody is being sent away.
async fn ready(State(state): State<AppState>) -> Response {
    let (status, text) = match state.driver.is_stopping() {
        false => (StatusCode::OK, "ok\n"),
        true => (StatusCode::SERVICE_UNAVAILABLE, "stopping\n"),
    };
    (status, [(header::CACHE_CONTROL, "no-store")], text).into_response()
}

/// A room has one address: in lower case, without a slash at the end. The hub hears of who comes to it.
async fn find_room(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let named = path.strip_prefix("/r/").map(|rest| rest.strip_suffix('/').unwrap_or(rest));
    let Some(room) = named.and_then(|name| name.parse::<RoomName>().ok()) else {
        return next.run(request).await;
    };
    let canonical = format!("/r/{room}");
    if canonical == path {
        state.driver.page_served(room);
        return next.run(request).await;
    }
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    Redirect::permanent(&format!("{canonical}{query}")).into_response()
}

/// Lets caches keep the client's files for ever if their names change with them, other files for an hour, and pages not
/// at all: a page carries a nonce and what the request said.
async fn set_lifetime(hashed_names: bool, request: Request, next: Next) -> Response {
    let of_client = request.uri().path().starts_with("/pkg/");
    let mut response = next.run(request).await;
    let is_file = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let lifetime = match (is_html(response.headers()), is_file) {
        (false, true) if of_client && hashed_names => "public, max-age=31536000, immutable",
        (false, true) if of_client => "no-cache",
        (false, true) => "public, max-age=3600",
        (true, _) | (false, false) => "no-store",
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(lifetime));
    response
}

/// Tells the page that is being rendered about its request, and writes its policy.
fn provide_facts(state: &AppState) {
    let Some(parts) = use_context::<Parts>() else { return };
    let text = |name: HeaderName| {
        parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    let host = text(header::HOST);
    let policy = use_nonce().map(|nonce| security::page_policy(&nonce, &host, state.reload_port));
    let policy = policy.and_then(|policy| HeaderValue::try_from(policy).ok());
    if let Some(response) = use_context::<ResponseOptions>() {
        if let Some(policy) = policy {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
        // Elsewhere browsers ignore it, and complain.
        if security::is_secure_origin(&parts.headers) {
            let policy = HeaderValue::from_static("same-origin");
            response.insert_header(HeaderName::from_static("cross-origin-opener-policy"), policy);
        }
        if !has_page(parts.uri.path()) {
            response.set_status(StatusCode::NOT_FOUND);
        }
    }
    provide_context(RequestFacts {
        path: parts.uri.path().to_owned(),
        join_allowed: security::is_join_allowed(&parts.headers),
        accept_language: text(header::ACCEPT_LANGUAGE),
        cookie: text(header::COOKIE),
        private_network_addresses: addresses::shown_on(&host, &state.reachable),
    });
}

fn is_page(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    is_html(headers)
}

fn is_html(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

async fn add_headers(certificate: Option<Arc<Certificate>>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    // What is said with a name counts for all its ports, also those of others.
    let has_name = is_public_name(host.strip_suffix(":443").unwrap_or(host));
    let mut response = security::with_fixed_headers(next.run(request).await).await;
    let headers = response.headers_mut();
    if has_name && certificate.is_some_and(|certificate| certificate.is_signed_by_another()) {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, security::HTTPS_ONLY);
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(security::NOT_A_PAGE);
    response
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

    use axum::body::Body;
    use tower::ServiceExt as _;

    use super::*;

    async fn sent_to(https_port: u16, host: &str, came_in_at: u16) -> String {
        let address = "192.0.2.1".parse().unwrap();
        let client = Client { address, port: came_in_at, is_secure: false, is_proxied: false };
        let request = Request::builder().header(header::HOST, host).extension(client).body(Body::empty());
        let response = redirect(https_port).oneshot(request.unwrap()).await.unwrap();
        response.headers()[header::LOCATION].to_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn plain_http_is_sent_to_where_https_is_seen_from_there() {
        assert_eq!(sent_to(443, "call.example", 80).await, "https://call.example/");
        assert_eq!(sent_to(8443, "192.168.1.5", 80).await, "https://192.168.1.5:8443/", "nothing in between");
        assert_eq!(sent_to(8443, "call.example", 8080).await, "https://call.example/", "ports of a router");
        assert_eq!(sent_to(8443, "call.example:8080", 8080).await, "https://call.example:8443/");
        assert_eq!(sent_to(443, "[::1]:8080", 8080).await, "https://[::1]/");
    }
}
