//! The messages: [`ClientMsg`] are requests, [`ServerMsg`] are facts.
//!
//! Both are generic over the relayed payload: clients read and write a typed [`Signal`], the server
//! passes the JSON on as it came ([`super::RawSignal`]). A new kind of signal needs no new server.

use serde::{Deserialize, Serialize};

use super::{DisplayName, ErrorCode, PeerId, Reaction, ResumeToken, RoomName, Signal, VisitId};

/// What a client asks of the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMsg<S = Signal> {
    /// First message on a socket: what the client speaks.
    Hello {
        /// Protocol version.
        version: u32,
        /// Optional abilities the client has.
        #[serde(default)]
        features: Vec<String>,
    },
    /// Takes a seat in a room.
    Join {
        /// The room, made by its first member.
        room: RoomName,
        /// What the others shall read under the picture.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<DisplayName>,
        /// The seat this client already has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resume: Option<Resume>,
        /// What is published.
        #[serde(default)]
        media: MediaState,
        /// The same in every `join` of one visit. A seat that was taken with it is this client's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        visit: Option<VisitId>,
    },
    /// Tells the room that a source went on or off.
    SetMedia {
        /// The state from now on.
        media: MediaState,
    },
    /// Locks the room, or unlocks it. Needs [`super::FEATURE_LOCK`] of the server.
    Lock {
        /// Whether nobody new shall get in.
        locked: bool,
    },
    /// Raises the hand, or lowers it. Needs [`super::FEATURE_HANDS`] of the server.
    RaiseHand {
        /// Whether it shall be up.
        raised: bool,
    },
    /// Shows a reaction. Needs [`super::FEATURE_REACTIONS`] of the server.
    React {
        /// Which.
        reaction: Reaction,
    },
    /// Passes a payload to one peer of the same room.
    Signal {
        /// The receiver.
        to: PeerId,
        /// The payload, not interpreted by the server.
        signal: S,
    },
    /// Keeps the seat of a peer whose socket is lost for another resume window: this client still has a
    /// connection to it.
    KeepSeat {
        /// The peer whose socket is lost.
        peer: PeerId,
    },
    /// Answers the server's heartbeat.
    Heartbeat,
    /// Frees the seat at once.
    Leave,
}

/// A message of the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMsg<S = Signal> {
    /// Answers `hello`: version, features and time limits of the server.
    Welcome {
        /// Protocol version.
        version: u32,
        /// Optional abilities the server has.
        #[serde(default)]
        features: Vec<String>,
        /// Interval of the server's heartbeats. Unit: millisecond.
        heartbeat_ms: u64,
        /// How long the seat of a lost socket is kept. Unit: millisecond.
        resume_window_ms: u64,
    },
    /// The seat is taken: a snapshot of the room. No peers means that the room was made by this join.
    Joined {
        /// The room, in its folded spelling.
        room: RoomName,
        /// The id of this client in the room.
        you: PeerId,
        /// Everybody else who has a seat.
        peers: Vec<PeerInfo>,
        /// STUN and TURN servers to use, named like the members of `RTCIceServer`.
        #[serde(default)]
        ice_servers: Vec<IceServer>,
        /// Proof of the seat, for a later `join`.
        resume_token: ResumeToken,
        /// Seats in the room.
        capacity: u32,
        /// False if the server may not know all seats of the room yet, for example after a restart: people
        /// missing from `peers` may still come back, so connections to them are kept for the resume window.
        #[serde(default = "yes")]
        complete: bool,
        /// The room is locked.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        locked: bool,
        /// The hand of this client, as in [`PeerInfo::hand`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hand: Option<u32>,
    },
    /// No seat is free. Nothing else about the room is sent to this socket.
    Full {
        /// The room.
        room: RoomName,
        /// Seats in the room.
        capacity: u32,
    },
    /// Somebody took a seat.
    PeerJoined {
        /// Who.
        peer: PeerInfo,
        /// The seat this person had before the page was loaded anew; that id is gone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaces: Option<PeerId>,
    },
    /// Somebody's seat is free.
    PeerLeft {
        /// Who.
        peer: PeerId,
        /// Why.
        reason: LeaveReason,
    },
    /// Somebody's socket is lost; the seat is kept for the resume window, or a moment if the page went away.
    PeerReconnecting {
        /// Who.
        peer: PeerId,
    },
    /// Somebody is back on the seat that was kept. Signals sent in between are lost.
    PeerBack {
        /// Who.
        peer: PeerId,
    },
    /// One of somebody's sources went on or off.
    MediaChanged {
        /// Who.
        peer: PeerId,
        /// The state from now on.
        media: MediaState,
    },
    /// The room was locked or unlocked. Also sent to who did it.
    Locked {
        /// Whether nobody new gets in.
        locked: bool,
        /// Who did it.
        by: PeerId,
        /// Replaces the token of `joined`. Proves after a restart of the server that the room was locked.
        resume_token: ResumeToken,
    },
    /// Somebody raised their hand or lowered it. Also sent to who did it.
    HandRaised {
        /// Who.
        peer: PeerId,
        /// As in [`PeerInfo::hand`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hand: Option<u32>,
    },
    /// Somebody reacted. Also sent to who did it.
    Reaction {
        /// Who.
        peer: PeerId,
        /// How.
        reaction: Reaction,
    },
    /// A payload from one peer of the same room.
    Signal {
        /// Who sent it: written by the server, not by the sender.
        from: PeerId,
        /// The payload.
        signal: S,
    },
    /// New credentials for TURN servers, before those of `joined` expire.
    IceServers {
        /// Replaces the list of `joined`.
        ice_servers: Vec<IceServer>,
    },
    /// To be answered with a heartbeat.
    Heartbeat,
    /// The server stops, usually for a restart; it closes the socket right after.
    ServerRestarting {
        /// When to reconnect; differs for each client, so that not all come at once. Unit: millisecond.
        retry_after_ms: u64,
    },
    /// A request was refused. The socket stays open, unless it is closed right after.
    Error {
        /// Stable code.
        code: ErrorCode,
        /// For people who debug a client; not shown to users.
        message: String,
    },
}

/// Claim on a seat that this client already has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// From the last `joined`.
    pub token: ResumeToken,
    /// Whether the client still has its peer connections.
    pub mode: ResumeMode,
}

/// What happened to the client that claims its seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResumeMode {
    /// Only the socket was lost: same peer id, peer connections stay up.
    Reconnect,
    /// The page was loaded anew: same seat, new peer id, new peer connections.
    #[serde(other)]
    Takeover,
}

/// Somebody in the room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerInfo {
    /// Who.
    pub id: PeerId,
    /// What to call them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<DisplayName>,
    /// What they publish.
    #[serde(default)]
    pub media: MediaState,
    /// True while their socket is lost and the seat is kept.
    #[serde(default)]
    pub reconnecting: bool,
    /// The seat this person had before the server was restarted and the page was loaded anew; that id is
    /// gone. Only in a snapshot that is not complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<PeerId>,
    /// The hand is raised, and was so after those with smaller numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hand: Option<u32>,
}

/// What somebody publishes now. Said by themselves, so that the others can show it; off unless said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaState {
    /// The microphone is on.
    #[serde(default)]
    pub microphone: bool,
    /// The camera is on.
    #[serde(default)]
    pub camera: bool,
    /// A screen is shared. Servers without [`super::FEATURE_SCREEN`] do not pass it on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub screen: bool,
    /// The sound of that screen is shared, too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub screen_audio: bool,
}

/// A STUN or TURN server, in the words of `RTCIceServer` (W3C webrtc, section 4.2.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IceServer {
    /// `stun:`, `turn:` or `turns:` URLs (RFC 7064, RFC 7065).
    pub urls: Vec<String>,
    /// TURN login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// TURN password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

/// Why a seat became free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaveReason {
    /// They hung up, or closed the page.
    Left,
    /// They were lost and did not come back within the resume window.
    TimedOut,
    /// A reason this build does not know.
    #[serde(other)]
    Unknown,
}

fn yes() -> bool {
    true
}
