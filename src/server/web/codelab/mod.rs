//! The codelab mode: `/codelab/`, a page of the tutorial's shape, and `/socket.io/`, its events.
//!
//! `socketioxide` speaks Engine.IO and Socket.IO; each session becomes a page that [`signaling`] serves.
//! Every request passes the checks of `/signal` first. A session is no connection: over polling it has none
//! of its own. So it has a place among the connections, which ends it when others need the place.
//!
//! [`signaling`]: crate::server::signaling::codelab

mod page;
mod sessions;
mod watched;

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Extension, Router,
    body::{Body, Bytes, to_bytes},
    extract::{FromRequestParts as _, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse as _, Response},
    routing::any,
};
use futures_util::{StreamExt as _, stream};
use hyper_util::rt::TokioIo;
use tokio::time::{Duration, Instant, timeout};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

pub(super) use self::sessions::Codelab;
use self::{sessions::Opened, watched::Watched};
use super::{origin::is_origin_allowed, state::AppState, upgrade::Upgrade};
use crate::{
    limits::{Rate, Rates},
    protocol::MAX_FRAME_BYTES,
    sansio::Millis,
    server::{
        net::{
            addresses::shown_to,
            forwarded::Requester,
            gate::Permit,
            host::{RequestedHost, host_name, is_host},
        },
        signaling::codelab::Visitor,
    },
};

/// Requests of one address. A call over polling takes about 50.
const RATE: Rate = Rate { per_second: 100, burst: 800 };
/// Time limit for the body of a request.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// A body is handed on in pieces of this size: for each packet in it Engine.IO 3 copies the rest of a piece.
const PIECE_BYTES: usize = 1024;

/// Packets in a body: two descriptions and more candidates than a page finds at once. Parsing is slow.
const MAX_PACKETS: usize = 256;

/// Routes of the page and of the events.
pub(super) fn router() -> Router<AppState> {
    Router::new().merge(page::router()).route("/socket.io/", any(socket_io))
}

/// The requests of each network.
#[derive(Debug)]
pub(super) struct RequestRate {
    rates: Mutex<Rates>,
    started: Instant,
}

impl RequestRate {
    fn new() -> Self {
        let rates = Rates::new(RATE, getrandom::u64().unwrap_or_default());
        Self { rates: Mutex::new(rates), started: Instant::now() }
    }

    fn allows(&self, requester: &Requester) -> bool {
        let now = Millis(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX));
        let mut rates = self.rates.lock().unwrap_or_else(PoisonError::into_inner);
        requester.address.to_canonical().is_loopback() || rates.take(now, requester.address).is_ok()
    }
}

/// A request of Engine.IO: opens a session, polls, posts, or becomes a WebSocket.
async fn socket_io(
    State(state): State<AppState>,
    Extension(requester): Extension<Requester>,
    Extension(permit): Extension<Arc<Permit>>,
    request: Request,
) -> Response {
    let Some(codelab) = state.codelab.clone() else { return StatusCode::NOT_FOUND.into_response() };
    if state.driver.is_stopping() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response();
    }
    let headers = request.headers();
    let origin = allowed_foreign_origin(&state, headers);
    if !is_origin_allowed(headers, requester.is_secure, &state.allowed_origins) || is_from_elsewhere(headers)
    {
        state.driver.counters().refused("origin");
        return (StatusCode::FORBIDDEN, "Pages of this origin may not connect here.\n").into_response();
    }
    if request.method() == Method::OPTIONS {
        return with_origin(StatusCode::NO_CONTENT.into_response(), origin);
    }
    if !codelab.rate.allows(&requester) {
        state.driver.counters().refused("requests_of_network");
        return too_many();
    }
    if permit.assign(requester.address).is_err() {
        return too_many();
    }
    let (mut parts, body) = request.into_parts();
    let upgrade = Upgrade::from_request_parts(&mut parts, &()).await;
    let id = parameter(&parts.uri, "sid").map(str::to_owned);
    let mut request = bare(&parts);
    let session = match id {
        Some(id) => match codelab.end_of(&id).filter(|end| !end.is_cancelled()) {
            Some(end) => Named::Known(end, id),
            None => {
                codelab.close(&id).await;
                return with_origin(no_session(), origin);
            }
        },
        None => {
            let Ok(place) = permit.another(requester.address) else { return too_many() };
            let opened = codelab.open(visitor(&state, &requester, &parts.headers, place));
            request.extensions_mut().insert(Arc::clone(&opened));
            Named::New(opened)
        }
    };
    if let Ok(upgrade) = upgrade {
        return become_socket(&state, codelab, upgrade, request, &session, permit);
    }
    let Some(body) = read(body, &permit).await else { return StatusCode::REQUEST_TIMEOUT.into_response() };
    if let Named::Known(_, id) = &session
        && packets_in(&body, parameter(request.uri(), "EIO") == Some("3")) > MAX_PACKETS
    {
        codelab.close(id).await;
        return (StatusCode::PAYLOAD_TOO_LARGE, "More packets than a page has to say.\n").into_response();
    }
    let answer = codelab.service.clone().oneshot(request.map(|()| in_pieces(body)));
    let response = match session {
        Named::New(opened) => {
            let Ok(response) = answer.await;
            name_session(&codelab, &opened, response.map(Body::new)).await
        }
        Named::Known(end, id) => tokio::select! {
            biased;
            Ok(response) = answer => response.map(Body::new),
            () = end.cancelled() => {
                codelab.close(&id).await;
                no_session()
            }
        },
    };
    with_origin(response, origin)
}

/// The session of a request.
enum Named {
    /// The request opens it.
    New(Arc<Opened>),
    /// This one, with its end.
    Known(CancellationToken, String),
}

/// Reads the id of a new session from the answer that tells it to the client.
async fn name_session(codelab: &Codelab, opened: &Opened, response: Response) -> Response {
    let (parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, MAX_FRAME_BYTES).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let text = String::from_utf8_lossy(&body);
    let id = text.split_once("\"sid\":\"").and_then(|(_, rest)| rest.split_once('"'));
    if let Some((id, _)) = id {
        codelab.name(opened, id);
    }
    Response::from_parts(parts, Body::from(body))
}

/// Makes a WebSocket of the connection, which is limited as those of `/signal`.
fn become_socket(
    state: &AppState,
    codelab: Codelab,
    upgrade: Upgrade,
    request: axum::http::Request<()>,
    session: &Named,
    permit: Arc<Permit>,
) -> Response {
    let open = state.sockets.token();
    let driver = Arc::clone(&state.driver);
    let end = match session {
        Named::New(opened) => opened.end.clone(),
        Named::Known(end, _) => end.clone(),
    };
    let (response, upgraded) = upgrade.accept();
    tokio::spawn(async move {
        permit.end_of_heads();
        let Ok(upgraded) = upgraded.await else { return };
        // It has the place of its session, and goes with that.
        permit.keep(true);
        let stream = Watched::new(TokioIo::new(upgraded), permit, end, driver, open);
        // Refused if there is no such session.
        let _ = codelab.service.clone().oneshot((stream, request)).await;
    });
    response
}

/// Returns the parameter of this name as Engine.IO reads it: the first, and as it stands.
fn parameter<'a>(uri: &'a Uri, name: &str) -> Option<&'a str> {
    uri.query()?.split('&').find_map(|one| one.strip_prefix(name)?.strip_prefix('='))
}

fn no_session() -> Response {
    (StatusCode::BAD_REQUEST, "There is no such session.\n").into_response()
}

fn too_many() -> Response {
    let retry = [(header::RETRY_AFTER, "10")];
    (StatusCode::TOO_MANY_REQUESTS, retry, "Your network has too many connections.\n").into_response()
}

/// Browsers send no `Origin` with some requests that other sites make them send; newer ones say so.
fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    !headers.contains_key(header::ORIGIN) && matches!(site, Some(b"cross-site" | b"same-site"))
}

/// Returns the origin of another host that the operator allows: its pages may read the answers.
fn allowed_foreign_origin(state: &AppState, headers: &HeaderMap) -> Option<HeaderValue> {
    (!state.allowed_origins.is_empty()).then(|| headers.get(header::ORIGIN).cloned()).flatten()
}

fn with_origin(mut response: Response, origin: Option<HeaderValue>) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
        headers.insert(header::VARY, HeaderValue::from_static("origin"));
    }
    response
}

/// Returns the request without what a session would keep as long as it lives: headers, the connection.
fn bare(parts: &Parts) -> axum::http::Request<()> {
    let mut request = axum::http::Request::new(());
    request.method_mut().clone_from(&parts.method);
    request.uri_mut().clone_from(&parts.uri);
    // Otherwise Engine.IO 3 takes binary packets.
    request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    request
}

fn visitor(state: &AppState, requester: &Requester, headers: &HeaderMap, place: Permit) -> Visitor {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).filter(|host| is_host(host));
    let host = host.unwrap_or_default();
    let urls = shown_to(requester.address, host, &state.private_network_addresses);
    let address = |url: &String| url.split_once("://").map(|(_, host)| host_name(host).to_owned());
    Visitor {
        permit: Arc::new(place),
        requested: RequestedHost { host: host.into(), is_proxied: requester.is_proxied },
        addresses: urls.iter().filter_map(address).collect(),
    }
}

/// Reads a body, which counts as memory of this connection. `None` if it takes too long. One that is too long
/// is cut off one byte beyond the limit.
async fn read(body: Body, permit: &Permit) -> Option<Vec<u8>> {
    let mut body = body.into_data_stream();
    let mut read = Vec::new();
    let whole = async {
        while let Some(Ok(piece)) = body.next().await {
            let rest = (MAX_FRAME_BYTES + 1).saturating_sub(read.len());
            let piece = piece.get(..rest.min(piece.len())).unwrap_or_default();
            permit.hold(piece.len());
            read.extend_from_slice(piece);
            if rest == 0 {
                break;
            }
        }
    };
    let in_time = timeout(BODY_TIMEOUT, whole).await.is_ok();
    permit.release(read.len());
    in_time.then_some(read)
}

/// Returns how many packets are in a body: up to the first that is malformed, at which reading ends.
/// Engine.IO 3 says the length of each, in UTF-16 code units; later ones have a separator.
fn packets_in(body: &[u8], says_lengths: bool) -> usize {
    if !says_lengths {
        return body.iter().filter(|byte| **byte == 0x1e).count() + 1;
    }
    let text = String::from_utf8_lossy(body);
    let (mut rest, mut packets) = (&*text, 0);
    while packets <= MAX_PACKETS
        && let Some((length, text)) = rest.split_once(':')
        && let Ok(mut units) = length.parse::<usize>()
    {
        packets += 1;
        let end = text.char_indices().find(|(_, one)| {
            let is_end = units == 0;
            units = units.saturating_sub(one.len_utf16());
            is_end
        });
        rest = end.and_then(|(at, _)| text.get(at..)).unwrap_or_default();
    }
    packets
}

fn in_pieces(body: Vec<u8>) -> Body {
    let body = Bytes::from(body);
    let at = (0..body.len()).step_by(PIECE_BYTES);
    let pieces: Vec<_> = at.map(|at| body.slice(at..(at + PIECE_BYTES).min(body.len()))).collect();
    Body::from_stream(stream::iter(pieces.into_iter().map(Ok::<_, std::convert::Infallible>)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_as_engine_io_reads_them() {
        let uri = |query: &str| format!("/socket.io/?{query}").parse::<Uri>().unwrap_or_default();
        for (query, sid, generation) in [
            ("EIO=4&sid=a&sid=b", Some("a"), Some("4")),
            ("EIO=4&%73id=a", None, Some("4")),
            ("x=EIO=3&EIO=4&xsid=a", None, Some("4")),
            ("sid", None, None),
        ] {
            let uri = uri(query);
            assert_eq!((parameter(&uri, "sid"), parameter(&uri, "EIO")), (sid, generation), "{query}");
        }
    }

    #[test]
    fn packets_are_counted_before_they_are_parsed() {
        assert_eq!(packets_in(b"2:40", true), 1);
        assert_eq!(packets_in("6:42[\"\u{1f600}\"3:4:12:40".as_bytes(), true), 1, "then it is malformed");
        assert_eq!(packets_in("8:42[\"\u{1f600}\"]3:4:12:40".as_bytes(), true), 3, "in UTF-16");
        assert_eq!(packets_in(b"", true), 0);
        assert_eq!(packets_in(b"999:x", true), 1);
        assert_eq!(packets_in("1:2".repeat(20_000).as_bytes(), true), MAX_PACKETS + 1);
        assert_eq!(packets_in(&[0, 255, 1, 58], true), 0);
        assert_eq!(packets_in(b"42[]\x1e2\x1e3", false), 3);
    }
}
