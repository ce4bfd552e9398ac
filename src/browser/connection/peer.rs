//! The connection to one peer: an `RTCPeerConnection` whose listeners end with it.
//!
//! Every connection has one transceiver for sound and one for picture, both ways, from the start: switching a
//! camera on later needs no negotiation, only `replaceTrack`.

use std::cell::RefCell;

use gloo_events::EventListener;
use gloo_timers::callback::{Interval, Timeout};
use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Event, MediaStream, MediaStreamTrack, RtcBundlePolicy, RtcConfiguration, RtcIceCandidateInit,
    RtcIceServer, RtcPeerConnection, RtcPeerConnectionIceEvent, RtcPeerConnectionState, RtcRtpTransceiver,
    RtcRtpTransceiverDirection, RtcRtpTransceiverInit, RtcSdpType, RtcSessionDescriptionInit, RtcTrackEvent,
};

use super::{stall, video_ramp};
use crate::{
    browser::{
        Feed,
        devices::LocalMedia,
        js::{self, ModernPeerConnection, ModernSender},
    },
    call::{
        ConnectionEvent, ConnectionId, ConnectionState, DeviceKind, Input, JsError, OpId, Operation, Outcome,
    },
    protocol::{Candidate, Description, DescriptionKind, IceServer, PeerId},
};

/// A peer connection. Dropping it closes it; nothing more is heard of it.
pub(crate) struct PeerConnection {
    connection: ModernPeerConnection,
    _listeners: [EventListener; 4],
    _stall_watch: Interval,
    /// Set once connected; then the picture grows to its full size.
    growing: RefCell<Option<Timeout>>,
}

impl PeerConnection {
    /// Makes a connection. What comes in goes to `incoming`.
    pub(crate) fn open(
        feed: &Feed,
        peer: PeerId,
        id: ConnectionId,
        configuration: &RtcConfiguration,
        incoming: MediaStream,
    ) -> Result<Self, JsValue> {
        let connection = RtcPeerConnection::new_with_configuration(configuration)?
            .unchecked_into::<ModernPeerConnection>();
        let listeners = listen(&connection, feed, peer, id, incoming);
        let stall_watch = stall::watch(&connection, feed, peer, id);
        let growing = RefCell::default();
        Ok(Self { connection, _listeners: listeners, _stall_watch: stall_watch, growing })
    }

    /// Gives the connection its two transceivers, so that it wants to offer.
    pub(crate) fn prepare_offer(&self, media: &LocalMedia) {
        for kind in [DeviceKind::Microphone, DeviceKind::Camera] {
            let init = RtcRtpTransceiverInit::new();
            init.set_direction(RtcRtpTransceiverDirection::Sendrecv);
            // One stream for both, so that the receiver keeps lips and voice together.
            init.set_streams(&Array::of1(media.stream()));
            if kind == DeviceKind::Camera {
                init.set_send_encodings(&video_ramp::small_encodings());
            }
            match media.track(kind) {
                Some(track) => {
                    self.connection.add_transceiver_with_media_stream_track_and_init(track, &init);
                }
                None => {
                    self.connection.add_transceiver_with_str_and_init(track_kind(kind), &init);
                }
            }
        }
    }

    /// Sends a local track from now on, or nothing.
    pub(crate) fn set_track(&self, kind: DeviceKind, track: Option<&MediaStreamTrack>) {
        if let Some(transceiver) = transceiver(&self.connection, kind) {
            // Fails only on a connection that is closed.
            start(transceiver.sender().replace_track(track));
        }
    }

    /// Takes other STUN and TURN servers, for the next time that it looks for a path.
    pub(crate) fn configure(&self, configuration: &RtcConfiguration) {
        // Refused by a connection that is closed.
        let _ = self.connection.configure(configuration);
    }

    /// Looks for a new network path.
    pub(crate) fn restart_ice(&self) {
        self.connection.restart_ice();
    }

    /// Starts an operation and gives its result to the core.
    pub(crate) fn operate(&self, feed: &Feed, op: OpId, peer: PeerId, operation: Operation) {
        let offer =
            matches!(&operation, Operation::SetRemote(Description { kind: DescriptionKind::Offer, .. }));
        let describes = matches!(operation, Operation::SetLocal | Operation::ReadLocal);
        let promise = match operation {
            Operation::SetLocal => self.connection.set_local(),
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
        spawn_local(async move {
            let result = match JsFuture::from(promise).await {
                Err(value) => Err(js::error(&value)),
                Ok(_) if describes => feed.peer(peer, Self::describe).unwrap_or_else(|| Err(gone())),
                Ok(_) => {
                    if offer {
                        feed.peer_and_media(peer, Self::accept_transceivers);
                    }
                    Ok(Outcome::Done)
                }
            };
            feed.dispatch(Input::OpDone { op, result });
        });
    }

    /// The transceivers that came with the peer's offer shall also send.
    fn accept_transceivers(&self, media: &LocalMedia) {
        for kind in [DeviceKind::Microphone, DeviceKind::Camera] {
            let Some(transceiver) = transceiver(&self.connection, kind) else { continue };
            // Not by web-sys: the setter throws where the peer has stopped the transceiver.
            js::set_member(&transceiver, "direction", &"sendrecv".into());
            let sender = transceiver.sender().unchecked_into::<ModernSender>();
            // Older browsers cannot; then lips and voice may drift apart, nothing worse.
            let _ = sender.set_streams(media.stream());
            start(sender.replace_track(media.track(kind)));
            if kind == DeviceKind::Camera && self.growing.borrow().is_none() {
                video_ramp::start_small(&sender);
            }
        }
    }

    /// Sends pictures of full size soon, if it does not yet.
    fn grow_picture(&self) {
        if let Some(video) = transceiver(&self.connection, DeviceKind::Camera) {
            self.growing.borrow_mut().get_or_insert_with(|| video_ramp::grow_soon(video.sender()));
        }
    }

    /// Begins again with small pictures. The first of another size is a key frame.
    pub(crate) fn restart_picture(&self) {
        if let Some(video) = transceiver(&self.connection, DeviceKind::Camera) {
            video_ramp::start_small(video.sender().unchecked_ref());
            *self.growing.borrow_mut() = Some(video_ramp::grow_soon(video.sender()));
        }
    }

    fn describe(&self) -> Result<Outcome, JsError> {
        let description = self.connection.local_description().ok_or_else(gone)?;
        let kind = match description.type_() {
            RtcSdpType::Offer => DescriptionKind::Offer,
            RtcSdpType::Answer => DescriptionKind::Answer,
            RtcSdpType::Pranswer | RtcSdpType::Rollback | _ => return Err(gone()),
        };
        Ok(Outcome::Described(Description { kind, sdp: description.sdp() }))
    }
}

impl Drop for PeerConnection {
    fn drop(&mut self) {
        self.connection.close();
    }
}

fn listen(
    connection: &ModernPeerConnection,
    feed: &Feed,
    peer: PeerId,
    id: ConnectionId,
    incoming: MediaStream,
) -> [EventListener; 4] {
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
        on("negotiationneeded", |_, _| Some(ConnectionEvent::NegotiationNeeded)),
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
        EventListener::new(connection, "connectionstatechange", {
            let feed = feed.clone();
            let connection = connection.unchecked_ref::<RtcPeerConnection>().clone();
            move |_| {
                let Some(state) = connection_state(&connection) else { return };
                if state == ConnectionState::Connected {
                    feed.peer(peer, PeerConnection::grow_picture);
                }
                feed.dispatch(Input::Connection {
                    peer,
                    connection: id,
                    event: ConnectionEvent::StateChanged(state),
                });
            }
        }),
        EventListener::new(connection, "track", move |event| {
            if let Some(event) = event.dyn_ref::<RtcTrackEvent>() {
                incoming.add_track(&event.track());
            }
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

/// The transceiver for sound or picture: the first of its kind.
fn transceiver(connection: &RtcPeerConnection, kind: DeviceKind) -> Option<RtcRtpTransceiver> {
    connection
        .get_transceivers()
        .iter()
        .map(JsCast::unchecked_into::<RtcRtpTransceiver>)
        .find(|transceiver| transceiver.receiver().track().kind() == track_kind(kind))
}

/// `MediaStreamTrack.kind`.
pub(crate) const fn track_kind(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Microphone => "audio",
        DeviceKind::Camera => "video",
    }
}

/// How connections are made that use these servers.
pub(crate) fn configuration(ice_servers: &[IceServer]) -> RtcConfiguration {
    let configuration = RtcConfiguration::new();
    configuration.set_bundle_policy(RtcBundlePolicy::MaxBundle);
    configuration.set_ice_servers(&ice_servers.iter().map(ice_server).collect::<Array>());
    configuration
}

fn ice_server(server: &IceServer) -> RtcIceServer {
    let init = RtcIceServer::new();
    init.set_urls(&server.urls.iter().map(JsValue::from).collect::<Array>());
    if let Some(username) = &server.username {
        init.set_username(username);
    }
    if let Some(credential) = &server.credential {
        init.set_credential(credential);
    }
    init
}

fn description_init(description: Description) -> RtcSessionDescriptionInit {
    let init = RtcSessionDescriptionInit::new(match description.kind {
        DescriptionKind::Offer => RtcSdpType::Offer,
        DescriptionKind::Answer => RtcSdpType::Answer,
    });
    init.set_sdp(&description.sdp);
    init
}

fn candidate_init(candidate: Candidate) -> RtcIceCandidateInit {
    let init = RtcIceCandidateInit::new(&candidate.candidate);
    init.set_sdp_mid(candidate.sdp_mid.as_deref());
    init.set_sdp_m_line_index(candidate.sdp_m_line_index);
    if let Some(fragment) = candidate.username_fragment {
        js::set_member(&init, "usernameFragment", &fragment.into());
    }
    init
}

/// Lets a promise run whose outcome changes nothing.
pub(crate) fn start(promise: Promise) {
    spawn_local(async move {
        let _ = JsFuture::from(promise).await;
    });
}

fn gone() -> JsError {
    JsError { name: "InvalidStateError".to_owned(), message: "the connection is gone".to_owned() }
}
