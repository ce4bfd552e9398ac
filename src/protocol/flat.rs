//! Reading a server's message without serde's buffer for tagged enums.
//!
//! The derived reader of an internally tagged enum first reads the message into a tree of everything that JSON can
//! be, and then into the variant. In the client that is the largest piece of generated code, so here one struct has
//! the members of all messages, and the type picks those that are needed. The fixtures hold both readers to the same.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    Candidate, DecodeError, ErrorCode, IceServer, LeaveReason, MediaState, PeerId, PeerInfo, ResumeToken,
    RoomName, ServerMsg, Signal, codec::bad_message,
};

/// The members of every message from a server.
#[derive(Deserialize)]
pub(super) struct FlatServerMsg<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    version: Option<u32>,
    features: Option<Vec<String>>,
    heartbeat_ms: Option<u64>,
    resume_window_ms: Option<u64>,
    room: Option<RoomName>,
    you: Option<PeerId>,
    peers: Option<Vec<PeerInfo>>,
    ice_servers: Option<Vec<IceServer>>,
    resume_token: Option<ResumeToken>,
    capacity: Option<u32>,
    complete: Option<bool>,
    /// Somebody's id, or all that is known of them.
    #[serde(borrow)]
    peer: Option<&'a RawValue>,
    replaces: Option<PeerId>,
    reason: Option<LeaveReason>,
    media: Option<MediaState>,
    from: Option<PeerId>,
    signal: Option<FlatSignal<'a>>,
    code: Option<ErrorCode>,
    message: Option<String>,
}

/// The members of every signal.
#[derive(Deserialize)]
struct FlatSignal<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    sdp: Option<String>,
    #[serde(default)]
    epoch: u32,
    candidate: Option<String>,
    sdp_mid: Option<String>,
    sdp_m_line_index: Option<u16>,
    username_fragment: Option<String>,
}

impl FlatServerMsg<'_> {
    /// The message of its type.
    pub(super) fn into_message(self) -> Result<ServerMsg, DecodeError> {
        Ok(match &*self.kind {
            "welcome" => ServerMsg::Welcome {
                version: need(self.version, "version")?,
                features: self.features.unwrap_or_default(),
                heartbeat_ms: need(self.heartbeat_ms, "heartbeat_ms")?,
                resume_window_ms: need(self.resume_window_ms, "resume_window_ms")?,
            },
            "joined" => ServerMsg::Joined {
                room: need(self.room, "room")?,
                you: need(self.you, "you")?,
                peers: need(self.peers, "peers")?,
                ice_servers: self.ice_servers.unwrap_or_default(),
                resume_token: need(self.resume_token, "resume_token")?,
                capacity: need(self.capacity, "capacity")?,
                complete: self.complete.unwrap_or(true),
            },
            "full" => {
                ServerMsg::Full { room: need(self.room, "room")?, capacity: need(self.capacity, "capacity")? }
            }
            "peer_joined" => ServerMsg::PeerJoined { peer: part(self.peer)?, replaces: self.replaces },
            "peer_left" => {
                ServerMsg::PeerLeft { peer: part(self.peer)?, reason: need(self.reason, "reason")? }
            }
            "peer_reconnecting" => ServerMsg::PeerReconnecting { peer: part(self.peer)? },
            "peer_back" => ServerMsg::PeerBack { peer: part(self.peer)? },
            "media_changed" => {
                ServerMsg::MediaChanged { peer: part(self.peer)?, media: need(self.media, "media")? }
            }
            "signal" => ServerMsg::Signal {
                from: need(self.from, "from")?,
                signal: need(self.signal, "signal")?.into_signal()?,
            },
            "heartbeat" => ServerMsg::Heartbeat,
            "error" => {
                ServerMsg::Error { code: need(self.code, "code")?, message: need(self.message, "message")? }
            }
            _ => return Err(bad_message("unknown type")),
        })
    }
}

impl FlatSignal<'_> {
    fn into_signal(self) -> Result<Signal, DecodeError> {
        let Self { sdp_mid, sdp_m_line_index, username_fragment, epoch, .. } = self;
        Ok(match &*self.kind {
            "offer" => Signal::Offer { sdp: need(self.sdp, "sdp")?, epoch },
            "answer" => Signal::Answer { sdp: need(self.sdp, "sdp")?, epoch },
            "candidate" => {
                let candidate = need(self.candidate, "candidate")?;
                let candidate = Candidate { candidate, sdp_mid, sdp_m_line_index, username_fragment };
                Signal::Candidate { candidate, epoch }
            }
            "end_of_candidates" => Signal::EndOfCandidates { epoch },
            _ => Signal::Unknown,
        })
    }
}

fn need<T>(member: Option<T>, name: &str) -> Result<T, DecodeError> {
    member.ok_or_else(|| bad_message(&format!("missing field `{name}`")))
}

fn part<'a, T: Deserialize<'a>>(member: Option<&'a RawValue>) -> Result<T, DecodeError> {
    serde_json::from_str(need(member, "peer")?.get()).map_err(|e| bad_message(&e.to_string()))
}
