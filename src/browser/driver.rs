//! A running client: the core, and everything it asked for.

mod acquire;

use std::{cell::RefCell, future::Future, rc::Rc};

use gloo_events::EventListener;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::{HtmlMediaElement, HtmlVideoElement, MediaStreamTrack};

use super::{
    connection::{
        Opened, PeerConnection, PeerConnections,
        readings::{self, ConnectionReading},
    },
    devices::{self, LocalMedia},
    driven::{Drive, Driven, now},
    early::Early,
    feed::{Dispatch, Feed},
    incoming::IncomingMedia,
    lifecycle,
    screen::SharedScreen,
    seat::{self, SeatStore},
    socket::{self, Socket},
    sound_choice::remembered_sound,
    wake_lock::ScreenLock,
};
use crate::{
    call::{
        Arrival, Call, CallView, Command, ConnectionEvent, ConnectionId, ConnectionState, DeviceGrant,
        Effect, Encoding, Input, SocketEvent,
    },
    protocol::{CloseCode, DisplayName, PeerId, RoomName, TrackSource, VisitId},
};

/// A running client: the core, its socket, its peer connections and its devices. Dropping it ends them all.
#[derive(Clone)]
pub struct CallDriver(Rc<Inner>);

struct Inner {
    call: Driven<Call>,
    shown: RefCell<CallView>,
    on_view: Box<dyn Fn(CallView)>,
    on_player: Box<dyn Fn()>,
    seats: SeatStore,
    early: RefCell<Option<Early>>,
    socket: RefCell<Option<Socket>>,
    connections: PeerConnections,
    incoming: RefCell<IncomingMedia>,
    media: RefCell<LocalMedia>,
    /// What the browser has just given, until the core has said what of it is of use.
    given: RefCell<Vec<(DeviceGrant, MediaStreamTrack)>>,
    screen: RefCell<Option<SharedScreen>>,
    /// As in `given`.
    given_screen: RefCell<Option<SharedScreen>>,
    screen_lock: ScreenLock,
    listeners: RefCell<Vec<EventListener>>,
}

impl CallDriver {
    /// Starts a client in the lobby. `on_view` is called whenever the view has changed, `on_player` whenever
    /// [`Self::player`] has another element.
    ///
    /// None in a browser that cannot call, for want of WebRTC.
    pub fn start(on_view: impl Fn(CallView) + 'static, on_player: impl Fn() + 'static) -> Option<Self> {
        let window = web_sys::window()?;
        super::js::member(&window, "RTCPeerConnection")?;
        super::js::member(&window, "WebSocket")?;
        let inner = Rc::new(Inner {
            call: Driven::new(Call::new((js_sys::Math::random() * 2_f64.powi(53)) as u64)),
            shown: RefCell::default(),
            on_view: Box::new(on_view),
            on_player: Box::new(on_player),
            seats: SeatStore::open(),
            early: RefCell::new(Early::take()),
            socket: RefCell::default(),
            connections: PeerConnections::default(),
            incoming: RefCell::default(),
            media: RefCell::new(LocalMedia::new().ok()?),
            given: RefCell::default(),
            screen: RefCell::default(),
            given_screen: RefCell::default(),
            screen_lock: ScreenLock::default(),
            listeners: RefCell::default(),
        });
        let feed = inner.feed();
        let hidden = Rc::downgrade(&inner);
        let listeners = lifecycle::listen(&window, &feed, move || {
            if let Some(inner) = hidden.upgrade() {
                inner.leave_page();
            }
        });
        inner.listeners.replace(listeners);
        devices::report_inputs(&feed);
        Some(Self(inner))
    }

    /// Does what the page does when it opens: see [`Arrival`]. Returns the name to join under.
    pub fn arrive(
        &self,
        room: RoomName,
        join_now: bool,
        by_other_site: bool,
        name_in_link: Option<String>,
        remembered_name: Option<String>,
    ) -> Option<DisplayName> {
        let arrival = Arrival {
            join_now,
            // Without devices there is nothing to ask, and a notice to show.
            by_other_site: by_other_site && devices::devices().is_ok(),
            name_in_link,
            remembered_name,
            revisited: web_sys::window().is_some_and(|window| lifecycle::is_revisit(&window)),
            away_ms: self.0.seats.away_ms(),
            has_seat: self.0.seats.has_seat(&room),
            switched_off: seat::switched_off(),
            was_sharing: seat::was_sharing(),
            room,
        };
        let plan = arrival.plan();
        // Before a microphone is asked for.
        self.command(Command::ProcessSound(remembered_sound()));
        for command in plan.commands {
            self.command(command);
        }
        plan.name
    }

    /// Does what the person wants.
    pub fn command(&self, command: Command) {
        self.0.handle(Input::Command(command));
    }

    /// Shows this person's own picture in a video element, once there is one: an element that waits for its
    /// first picture holds back the `load` event of the page, for as long as the person looks at the question
    /// for the camera.
    ///
    /// A picture that is `small`, one of several, may have fewer frames.
    pub fn attach_local(&self, element: &HtmlVideoElement, small: bool) {
        element.set_src_object(self.0.media.borrow_mut().preview(small));
    }

    /// The element that plays what is received from a participant, once something is.
    pub fn player(&self, participant: PeerId, source: TrackSource) -> Option<HtmlMediaElement> {
        self.0.incoming.borrow().player(participant, source)
    }

    /// How loud a participant's microphone was last, 0.0 to 1.0.
    pub(super) fn voice_level(&self, participant: PeerId) -> f32 {
        let track = self.0.incoming.borrow().track(participant, TrackSource::Microphone);
        let mut level = 0.0;
        if let Some(track) = track {
            self.0.connections.with(participant, |known| level = known.level(&track));
        }
        level
    }

    /// Reads the statistics of all connections.
    pub fn read_connections(&self) -> impl Future<Output = Vec<ConnectionReading>> + use<> {
        readings::read(&self.0.connections, now().0)
    }

    /// Does something with the browser's own object of every connection.
    pub(super) fn for_each_connection(&self, mut f: impl FnMut(PeerId, &JsValue)) {
        self.0.connections.for_each_with_peer(|peer, connection| f(peer, connection.as_js()));
    }

    /// Takes down what [`Self::microphone_level`] needs.
    pub fn stop_metering(&self) {
        self.0.media.borrow_mut().stop_metering();
    }

    /// Loudness at this person's microphone now, 0.0 to 1.0, also while it is off but kept. Cheap: meant to
    /// be read once per animation frame. `None` if there is none, or if it cannot be measured (yet).
    pub fn microphone_level(&self) -> Option<f32> {
        self.0.media.borrow_mut().level()
    }
}

impl Dispatch for Inner {
    fn dispatch(self: Rc<Self>, input: Input) {
        self.handle(input);
    }
}

impl Drive for Inner {
    type Core = Call;

    fn driven(&self) -> &Driven<Call> {
        &self.call
    }

    fn perform(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::ClaimSeat { room } => match self.seats.claim(&room) {
                None => self.handle(Input::SeatClaimed { token: None, visit: self.new_visit() }),
                Some(seat) => {
                    let (feed, visit) = (self.feed(), self.new_visit());
                    spawn_local(async move {
                        let token = seat.await;
                        feed.dispatch(Input::SeatClaimed { token, visit });
                    });
                }
            },
            Effect::StoreSeat { room, token } => self.seats.store(&room, &token),
            Effect::ForgetSeat { room } => self.seats.forget(&room),
            Effect::StoreSwitch { kind, on } => seat::store_switch(kind, on),
            Effect::OpenSocket => self.open_socket(),
            Effect::CloseSocket => drop(self.socket.take()),
            Effect::Send(message) => {
                if let Some(socket) = &*self.socket.borrow() {
                    socket.send(&message);
                }
            }
            Effect::UseIceServers(ice_servers) => {
                if self.connections.use_servers(ice_servers) {
                    self.handle(Input::IceServersRefused);
                }
            }
            Effect::OpenConnection { peer, connection, camera } => {
                self.open_connection(peer, connection, camera);
            }
            Effect::CloseConnection { peer } => self.connections.close(peer),
            Effect::Operate { op, peer, operation } => {
                self.connections.with(peer, |known| known.operate(&self.feed(), op, operation));
            }
            Effect::SendTracks { peer, tracks } => {
                self.connections.with(peer, |known| known.send_tracks(&tracks, &self.media.borrow()));
            }
            Effect::SendScreen { peer, encoding } => {
                if let Some(screen) = &*self.screen.borrow() {
                    self.connections.with(peer, |known| known.send_screen(screen, encoding));
                }
            }
            Effect::ReceiveTracks { peer, tracks } => self.receive(peer, &tracks),
            Effect::Encode { peer, source, encoding } => {
                self.connections.with(peer, |known| known.encode(source, encoding));
            }
            Effect::RestartIce { peer } => self.connections.with(peer, PeerConnection::restart_ice),
            Effect::Acquire { op, requests } => self.acquire(op, requests),
            Effect::Install { kind } => self.install(kind),
            Effect::Release { kind } => {
                self.media.borrow_mut().release(kind);
                self.connections.for_each(|known| known.set_track(kind.source(), None));
            }
            Effect::AcquireScreen { op } => self.acquire_screen(op),
            Effect::InstallScreen => drop(self.screen.replace(self.given_screen.take())),
            Effect::HintScreen { smooth } => {
                if let Some(screen) = &*self.screen.borrow() {
                    screen.hint(smooth);
                }
            }
            Effect::ReleaseScreen => self.release_screen(),
            Effect::StoreSharing { on } => seat::store_sharing(on),
            Effect::Silence { silent } => self.silence(silent),
            Effect::CheckOrigin => socket::check_origin(self.feed()),
            Effect::KeepScreenOn { on } => self.screen_lock.keep_on(on),
        }
    }

    fn show(&self) {
        let view = self.call.core().view();
        self.incoming.borrow_mut().retain(|peer| view.participants.iter().any(|shown| shown.id == peer));
        if *self.shown.borrow() != view {
            self.shown.replace(view.clone());
            (self.on_view)(view);
        }
    }
}

impl Inner {
    fn feed(self: &Rc<Self>) -> Feed {
        let weak = Rc::downgrade(self);
        Feed::new(weak)
    }

    /// The page goes away, and has closed the socket already.
    fn leave_page(&self) {
        self.seats.leave_page();
        drop(self.socket.take());
    }

    fn open_connection(self: &Rc<Self>, peer: PeerId, connection: ConnectionId, camera: Option<Encoding>) {
        let media = self.media.borrow();
        let offering = camera.map(|camera| (&*media, camera));
        let Opened { is_open, servers_refused } =
            self.connections.open(&self.feed(), peer, connection, offering);
        if servers_refused {
            self.handle(Input::IceServersRefused);
        }
        if !is_open {
            let event = ConnectionEvent::StateChanged(ConnectionState::Failed);
            self.handle(Input::Connection { peer, connection, event });
        }
    }

    /// Plays what is received from a participant; `tracks` says which media section carries what.
    fn receive(&self, peer: PeerId, tracks: &[(String, TrackSource)]) {
        let mut added = false;
        self.connections.with(peer, |known| {
            added = self.incoming.borrow_mut().receive(peer, |source| {
                let (mid, _) = tracks.iter().find(|(_, of)| *of == source)?;
                known.received(mid)
            });
        });
        if added {
            (self.on_player)();
        }
    }

    /// That of the page, if it has joined already.
    fn new_visit(&self) -> Option<VisitId> {
        self.early.borrow().as_ref().and_then(Early::visit).or_else(seat::new_visit)
    }

    fn open_socket(self: &Rc<Self>) {
        drop(self.socket.take());
        match Socket::open(&self.feed(), self.early.take()) {
            Ok(socket) => drop(self.socket.replace(Some(socket))),
            Err(_) => self.handle(Input::Socket(SocketEvent::Closed(CloseCode::Other(1006)))),
        }
    }
}
