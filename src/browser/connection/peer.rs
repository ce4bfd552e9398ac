//! One `RTCPeerConnection`, whose listeners end with it.

use std::rc::Rc;

use gloo_events::EventListener;
use gloo_timers::callback::Interval;
use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Event, MediaStreamTrack, RtcConfiguration, RtcIceCandidateInit, RtcPeerConnection,
    RtcPeerConnectionIceEvent, RtcPeerConnectionState, RtcRtpSender, RtcSdpType, RtcSessionDescriptionInit,
};

use super::{
    stats,
    transceivers::{self, Senders},
    two_channels,
};
use crate::{
    browser::{
        devices::LocalMedia,
        feed::Feed,
        js::{self, ModernPeerConnection},
        screen::SharedScreen,
        watched::watch_of,
    },
    call::{
        ConnectionEvent, ConnectionId, ConnectionState, Encoding, Input, JsError, OpId, Operation, Outcome,
    },
    protocol::{Candidate, Description, DescriptionKind, IceServer, PeerId, TrackSource},
};

/// A connection with this member offers nothing by itself: see `browser/channels/refusal.rs`.
pub(crate) const HELD: &str = "held";

/// A peer connection. Dropping it closes it; nothing more is heard of it.
pub(crate) struct PeerConnection {
    connection: Rc<ModernPeerConnection>,
    senders: Rc<Senders>,
    _listeners: [EventListener; 3],
    _samples: Interval,
}

impl PeerConnection {
    /// Makes a connection.
    pub(crate) fn open(
        feed: &Feed,
        peer: PeerId,
        id: ConnectionId,
        configuration: &RtcConfiguration,
    ) -> Result<Self, JsValue> {
        let connection = RtcPeerConnection::new_with_configuration(configuration)?
            .unchecked_into::<ModernPeerConnection>();
        watch_of(peer, &connection);
        let listeners = listen(&connection, feed, peer, id);
        let samples = stats::sample(&connection, feed, peer, id);
        Ok(Self {
            connection: Rc::new(connection),
            senders: Rc::default(),
            _listeners: listeners,
            _samples: samples,
        })
    }

    /// Gives the connection its transceivers, so that it wants to offer.
    pub(crate) fn add_transceivers(&self, media: &LocalMedia, camera: Encoding) {
        self.senders.add(&self.connection, media, camera);
    }

    /// Makes transceivers that the peer's offer brought send, too.
    pub(crate) fn send_tracks(&self, tracks: &[(String, TrackSource)], media: &LocalMedia) {
        self.senders.accept(&self.connection, tracks, media);
    }

    /// Sends the shared screen, too.
    pub(crate) fn send_screen(&self, screen: &SharedScreen, encoding: Encoding) {
        self.senders.share(&self.connection, screen, encoding);
    }

    /// What comes through a media section.
    pub(crate) fn received(&self, mid: &str) -> Option<MediaStreamTrack> {
        transceivers::received(&self.connection, mid)
    }

    /// How loud a track that is received was last, 0.0 to 1.0.
    pub(crate) fn level(&self, track: &MediaStreamTrack) -> f32 {
        stats::level(&self.connection, track)
    }

    /// Sends a local track from now on, or nothing.
    pub(crate) fn set_track(&self, source: TrackSource, track: Option<&MediaStreamTrack>) {
        self.senders.set_track(source, track);
    }

    /// Sends the picture of a source like this.
    pub(crate) fn encode(&self, source: TrackSource, encoding: Encoding) {
        self.senders.encode(source, encoding);
    }

    /// Does something with the sender of a source, if there is one.
    pub(crate) fn with_sender(&self, source: TrackSource, f: impl FnOnce(&RtcRtpSender)) {
        self.senders.with(source, f);
    }

    /// The browser's own object.
    pub(crate) fn as_js(&self) -> &JsValue {
        self.connection.as_ref()
    }

    /// Uses other STUN and TURN servers, the next time that it looks for a path. Returns false if one of them
    /// may be why it does not.
    pub(crate) fn configure(&self, configuration: &RtcConfiguration) -> bool {
        self.connection.configure(configuration).is_ok()
    }

    /// Looks for a new network path.
    pub(crate) fn restart_ice(&self) {
        self.connection.restart_ice();
    }

    /// Starts an operation and passes its result to the core.
    pub(crate) fn operate(&self, feed: &Feed, op: OpId, operation: Operation) {
        let outcome: fn(&RtcPeerConnection, &Senders) -> Result<Outcome, JsError> = match operation {
            Operation::SetLocal { .. } | Operation::ReadLocal => describe,
            Operation::SetRemote(_) => {
                |connection, senders| Ok(Outcome::Received { sections: senders.sections(connection) })
            }
            Operation::AddCandidate(_) => |_, _| Ok(Outcome::Done),
        };
        let asks_for_two = operation == Operation::SetLocal { two_channels: true };
        let promise = match operation {
            Operation::SetLocal { .. } if asks_for_two => two_channels::make(&self.connection),
            Operation::SetLocal { .. } => self.connection.set_local(),
            Operation::SetRemote(description) => {
                self.connection.set_remote_description(&description_init(description)).unchecked_into()
            }
            Operation::AddCandidate(candidate) => self
                .connection
                .add_ice_candidate_with_opt_rtc_ice_candidate_init(candidate.map(candidate_init).as_ref())
                .unchecked_into(),
            Operation::ReadLocal => Promise::resolve(&JsValue::NULL),
        };
        let feed = feed.clone();
        // The task does not hold the connection: a closed one never settles its promises.
        let connection = Rc::downgrade(&self.connection);
        let senders = Rc::clone(&self.senders);
        spawn_local(async move {
            let mut done = JsFuture::from(promise).await;
            if asks_for_two {
                done = two_channels::set(&connection, done).await;
            }
            let result = match done {
                Err(value) => Err(js::error(&value)),
                Ok(_) => connection
                    .upgrade()
                    .ok_or_else(gone)
                    .and_then(|connection| outcome(&connection, &senders)),
            };
            feed.dispatch(Input::OpDone { op, result });
        });
    }
}

impl Drop for PeerConnection {
    fn drop(&mut self) {
        self.connection.close();
    }
}

fn describe(connection: &RtcPeerConnection, senders: &Senders) -> Result<Outcome, JsError> {
    let description = connection.local_description().ok_or_else(gone)?;
    let kind = match description.type_() {
        RtcSdpType::Offer => DescriptionKind::Offer,
        RtcSdpType::Answer => DescriptionKind::Answer,
        RtcSdpType::Pranswer | RtcSdpType::Rollback | _ => return Err(gone()),
    };
    Ok(Outcome::Described { kind, sdp: description.sdp(), sections: senders.sections(connection) })
}

fn listen(
    connection: &ModernPeerConnection,
    feed: &Feed,
    peer: PeerId,
    id: ConnectionId,
) -> [EventListener; 3] {
    let on = |name: &'static str, to_event: fn(&RtcPeerConnection, &Event) -> Option<ConnectionEvent>| {
        let feed = feed.clone();
        let connection_of = connection.unchecked_ref::<RtcPeerConnection>().clone();
        EventListener::new(connection, name, move |event| {
            if let Some(event) = to_event(&connection_of, event) {
                feed.dispatch(Input::Connection { peer, connection: id, event });
            }
        })
    };
    [
        on("negotiationneeded", |connection, _| {
            js::member(connection, HELD).is_none().then_some(ConnectionEvent::NegotiationNeeded)
        }),
        on("icecandidate", |_, event| {
            let candidate = event.dyn_ref::<RtcPeerConnectionIceEvent>()?.candidate();
            Some(ConnectionEvent::Gathered(candidate.filter(|c| !c.candidate().is_empty()).map(
                |candidate| Candidate {
                    candidate: candidate.candidate(),
                    sdp_mid: candidate.sdp_mid(),
                    sdp_m_line_index: candidate.sdp_m_line_index(),
                    username_fragment: js::member(&candidate, "usernameFragment").and_then(|v| v.as_string()),
                },
            )))
        }),
        on("connectionstatechange", |connection, _| {
            connection_state(connection).map(ConnectionEvent::StateChanged)
        }),
    ]
}

fn connection_state(connection: &RtcPeerConnection) -> Option<ConnectionState> {
    match connection.connection_state() {
        RtcPeerConnectionState::New | RtcPeerConnectionState::Connecting => Some(ConnectionState::Connecting),
        RtcPeerConnectionState::Connected => Some(ConnectionState::Connected),
        RtcPeerConnectionState::Disconnected => Some(ConnectionState::Disconnected),
        RtcPeerConnectionState::Failed => Some(ConnectionState::Failed),
        RtcPeerConnectionState::Closed | _ => None,
    }
}

/// How connections are made that use these servers.
pub(crate) fn configuration(ice_servers: &[IceServer]) -> RtcConfiguration {
    let servers = ice_servers.iter().map(ice_server).collect::<Array>();
    js::dictionary(&[("bundlePolicy", "max-bundle".into()), ("iceServers", servers.into())])
}

/// Leaves out the servers that the browser refuses (W3C webrtc, section 4.2.2): each is tried by itself, in a
/// connection that is closed at once. Returns whether there are any.
pub(crate) fn leave_out_refused(servers: &mut Vec<IceServer>) -> bool {
    let takes = |servers: &[IceServer]| {
        let made = RtcPeerConnection::new_with_configuration(&configuration(servers));
        made.inspect(RtcPeerConnection::close).is_ok()
    };
    let all = servers.len();
    // A browser that makes no connection at all does not refuse servers.
    if takes(&[]) {
        servers.retain(|server| takes(std::slice::from_ref(server)));
    }
    servers.len() < all
}

fn ice_server(server: &IceServer) -> JsValue {
    // `undefined` is as good as no member (Web IDL, section 3.2.17).
    js::dictionary(&[
        ("urls", server.urls.iter().map(JsValue::from).collect::<Array>().into()),
        ("username", server.username.as_deref().into()),
        ("credential", server.credential.as_deref().into()),
    ])
}

fn description_init(description: Description) -> RtcSessionDescriptionInit {
    let kind = match description.kind {
        DescriptionKind::Offer => "offer",
        DescriptionKind::Answer => "answer",
    };
    js::dictionary(&[("type", kind.into()), ("sdp", (&description.sdp).into())])
}

fn candidate_init(candidate: Candidate) -> RtcIceCandidateInit {
    // `undefined` is as good as no member (Web IDL, section 3.2.17).
    js::dictionary(&[
        ("candidate", candidate.candidate.into()),
        ("sdpMid", candidate.sdp_mid.into()),
        ("sdpMLineIndex", candidate.sdp_m_line_index.into()),
        ("usernameFragment", candidate.username_fragment.into()),
    ])
}

fn gone() -> JsError {
    JsError { name: "InvalidStateError".to_owned(), message: "the connection is gone".to_owned() }
}
