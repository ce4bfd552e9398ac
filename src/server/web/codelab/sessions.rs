//! The sessions of Socket.IO, each of which becomes a page of the tutorial.

use std::{
    collections::HashMap,
    convert::Infallible,
    fmt,
    future::ready,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::{Method, Request, Response},
};
use serde_json::Value;
use socketioxide::{
    ParserConfig, SocketIo,
    extract::{Event, SocketRef, TryData},
    handler::ConnectHandler as _,
    service::SocketIoService,
    socket::DisconnectReason,
};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::RequestRate;
use crate::{
    codelab::Input,
    hub::SocketEnd,
    protocol::MAX_FRAME_BYTES,
    server::{
        net::gate::Permit,
        signaling::{
            codelab::{PageEvent, Session, Visitor, serve},
            driver::Driver,
            frames::{cost, limiter},
        },
    },
};

/// Events that wait for the task of their page. No request of a page that is one has more.
const MAX_EVENTS: usize = 512;
/// Packets that wait to be written to a page.
const MAX_PACKETS: usize = 1_024;
/// A session that has not said to which namespace it belongs is closed after this time.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// What speaks the tutorial's events.
#[derive(Clone)]
pub(in crate::server::web) struct Codelab {
    /// Engine.IO and Socket.IO.
    pub(super) service: SocketIoService<Router>,
    pub(super) rate: Arc<RequestRate>,
    ends: Arc<Ends>,
}

/// The end of each session, by its id.
type Ends = Mutex<HashMap<String, CancellationToken>>;

/// A session, for as long as it lives: Engine.IO keeps it with the request that opened it.
pub(super) struct Opened {
    visitor: Visitor,
    /// Cancelled when the session must end.
    pub(super) end: CancellationToken,
    id: OnceLock<String>,
    /// It has had its page. A client may say more than once to which namespace it belongs.
    has_page: AtomicBool,
    ends: Arc<Ends>,
}

impl Drop for Opened {
    fn drop(&mut self) {
        if let Some(id) = self.id.get() {
            lock(&self.ends).remove(id);
        }
    }
}

impl Codelab {
    /// Pages of the tutorial become sockets of this driver.
    pub(in crate::server::web) fn new(driver: &Arc<Driver>) -> Self {
        let (driver, heartbeat) = (Arc::clone(driver), driver.heartbeat());
        let parser = ParserConfig::common().max_incoming_binaries(0).max_incoming_binary_buf_size(0);
        let (service, io) = SocketIo::builder()
            .ping_interval(heartbeat)
            .ping_timeout(heartbeat)
            .connect_timeout(CONNECT_TIMEOUT)
            .max_payload(MAX_FRAME_BYTES as u64)
            .ws_max_message_size(MAX_FRAME_BYTES)
            .ws_max_frame_size(MAX_FRAME_BYTES)
            .max_buffer_size(MAX_PACKETS)
            .with_parser(parser)
            .build_with_inner_svc(Router::new());
        // What listens to the page must be there before the page is told that it is connected.
        let begin = move |socket: SocketRef| {
            begin(&driver, &socket);
            ready(Ok::<_, Infallible>(()))
        };
        io.ns("/", (async || {}).with(begin));
        Self { service, rate: Arc::new(RequestRate::new()), ends: Arc::default() }
    }

    /// Returns what is kept of a new session.
    pub(super) fn open(&self, visitor: Visitor) -> Arc<Opened> {
        let (end, ends) = (CancellationToken::new(), Arc::clone(&self.ends));
        Arc::new(Opened { visitor, end, id: OnceLock::new(), has_page: AtomicBool::new(false), ends })
    }

    /// The session has this id, as the answer to the request that opened it says.
    pub(super) fn name(&self, opened: &Opened, id: &str) {
        if opened.id.set(id.to_owned()).is_ok() {
            lock(&self.ends).insert(id.to_owned(), opened.end.clone());
        }
    }

    /// Returns the end of this session, if there is one.
    pub(super) fn end_of(&self, id: &str) -> Option<CancellationToken> {
        lock(&self.ends).get(id).cloned()
    }

    /// Closes a session that polls, as its client would.
    pub(super) async fn close(&self, id: &str) {
        let mut request = Request::new(Body::from("1"));
        *request.method_mut() = Method::POST;
        let uri = format!("/socket.io/?EIO=4&transport=polling&sid={id}");
        let Ok(uri) = uri.parse() else { return };
        *request.uri_mut() = uri;
        let _: Result<Response<_>, Infallible> = self.service.clone().oneshot(request).await;
    }
}

impl fmt::Debug for Codelab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Codelab").field("sessions", &lock(&self.ends).len()).finish_non_exhaustive()
    }
}

fn lock(ends: &Ends) -> MutexGuard<'_, HashMap<String, CancellationToken>> {
    ends.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts the task of a page.
fn begin(driver: &Arc<Driver>, socket: &SocketRef) {
    let opened = socket.req_parts().extensions.get::<Arc<Opened>>();
    let Some(opened) = opened.filter(|opened| !opened.has_page.swap(true, Ordering::Relaxed)).cloned() else {
        // Fails if the session has ended.
        let _ = socket.clone().disconnect();
        return;
    };
    let (driver, visitor) = (Arc::clone(driver), opened.visitor.clone());
    let events = listen(socket, &visitor.permit);
    let (end, ended) = oneshot::channel();
    let end = Arc::new(Mutex::new(Some(end)));
    socket.on_disconnect(move |reason: DisconnectReason| {
        if let Some(end) = end.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // The task may have ended before.
            let _ = end.send(end_of_socket(reason));
        }
        ready(())
    });
    let session = Session { id: socket.id.to_string(), events, ended };
    let page = socket.clone();
    tokio::spawn(async move {
        let to_page = page.clone();
        serve(driver, visitor, session, move |event, arguments| emit(&to_page, event, &arguments)).await;
        // Fails if the session has ended.
        let _ = page.disconnect();
        opened.end.cancel();
    });
}

/// Returns the events of a page. They end when it sends too much.
fn listen(socket: &SocketRef, permit: &Arc<Permit>) -> mpsc::Receiver<PageEvent> {
    let (sender, events) = mpsc::channel(MAX_EVENTS);
    let sender = Arc::new(Mutex::new(Some(sender)));
    let (limiter, permit) = (Arc::new(limiter()), Arc::clone(permit));
    // A handler for each event would be a task for each, in no order.
    socket.on_fallback(move |Event(name), TryData(argument): TryData<Value>| {
        let argument = argument.unwrap_or_default();
        let bytes = name.len() + serde_json::to_string(&argument).map_or(0, |text| text.len());
        let mut sender = sender.lock().unwrap_or_else(PoisonError::into_inner);
        let is_allowed = matches!(limiter.check_n(cost(bytes as u64)), Ok(Ok(())));
        let event = PageEvent { input: input(&name, argument), bytes };
        permit.hold(bytes);
        let is_taken = is_allowed && sender.as_ref().is_some_and(|sender| sender.try_send(event).is_ok());
        if !is_taken {
            permit.release(bytes);
            *sender = None;
        }
        ready(())
    });
    events
}

/// Returns the tutorial's event of this name.
fn input(name: &str, argument: Value) -> Option<Input> {
    match name {
        "create or join" => Some(Input::CreateOrJoin(argument)),
        "message" => Some(Input::Message(argument)),
        "ipaddr" => Some(Input::IpAddr),
        "bye" => Some(Input::Bye),
        _ => None,
    }
}

/// Sends an event. Returns false if it cannot be queued.
fn emit(socket: &SocketRef, event: &str, arguments: &[Value]) -> bool {
    match arguments {
        [] => socket.emit(event, &[(); 0]),
        [one] => socket.emit(event, &(one,)),
        [one, two, ..] => socket.emit(event, &(one, two)),
    }
    .is_ok()
}

/// How the socket of the hub ends with a session. A closed transport is a page that goes away, mostly.
fn end_of_socket(reason: DisconnectReason) -> SocketEnd {
    match reason {
        DisconnectReason::ClientNSDisconnect => SocketEnd::PageClosed,
        DisconnectReason::TransportClose => SocketEnd::PageGone,
        DisconnectReason::MultipleHttpPollingError
        | DisconnectReason::PacketParsingError
        | DisconnectReason::TransportError
        | DisconnectReason::HeartbeatTimeout
        | DisconnectReason::ServerNSDisconnect
        | DisconnectReason::ClosingServer => SocketEnd::Lost,
    }
}
