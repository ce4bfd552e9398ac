//! Reading a server's message in the client: its members first, then those that its type needs.

use super::{
    Candidate, DecodeError, ErrorCode, IceServer, LeaveReason, MediaState, PeerInfo, Reaction, ServerMsg,
    Signal, Tracks, Viewing,
    json::{FromJson, Json, Members},
};

impl Members {
    /// The server's message that these are the members of.
    pub(super) fn to_message(&self) -> Result<ServerMsg, DecodeError> {
        Ok(match self.need::<String>("type")?.as_str() {
            "welcome" => ServerMsg::Welcome {
                version: self.need("version")?,
                features: self.or_default("features")?,
                heartbeat_ms: self.need("heartbeat_ms")?,
                resume_window_ms: self.need("resume_window_ms")?,
            },
            "joined" => ServerMsg::Joined {
                room: self.need("room")?,
                you: self.need("you")?,
                peers: self.need("peers")?,
                ice_servers: self.or_default("ice_servers")?,
                resume_token: self.need("resume_token")?,
                capacity: self.need("capacity")?,
                complete: self.may("complete")?.unwrap_or(true),
                locked: self.or_default("locked")?,
                hand: self.may("hand")?,
            },
            "full" => ServerMsg::Full { room: self.need("room")?, capacity: self.need("capacity")? },
            "peer_joined" => {
                ServerMsg::PeerJoined { peer: self.need("peer")?, replaces: self.may("replaces")? }
            }
            "peer_left" => ServerMsg::PeerLeft { peer: self.need("peer")?, reason: self.need("reason")? },
            "peer_reconnecting" => ServerMsg::PeerReconnecting { peer: self.need("peer")? },
            "peer_back" => ServerMsg::PeerBack { peer: self.need("peer")? },
            "media_changed" => {
                ServerMsg::MediaChanged { peer: self.need("peer")?, media: self.need("media")? }
            }
            "locked" => ServerMsg::Locked {
                locked: self.need("locked")?,
                by: self.need("by")?,
                resume_token: self.need("resume_token")?,
            },
            "hand_raised" => ServerMsg::HandRaised { peer: self.need("peer")?, hand: self.may("hand")? },
            "reaction" => ServerMsg::Reaction { peer: self.need("peer")?, reaction: self.need("reaction")? },
            "signal" => ServerMsg::Signal {
                from: self.need("from")?,
                signal: self.need_object("signal")?.to_signal()?,
            },
            "ice_servers" => ServerMsg::IceServers { ice_servers: self.need("ice_servers")? },
            "heartbeat" => ServerMsg::Heartbeat,
            "server_restarting" => {
                ServerMsg::ServerRestarting { retry_after_ms: self.need("retry_after_ms")? }
            }
            "error" => ServerMsg::Error { code: self.need("code")?, message: self.need("message")? },
            _ => return Err(DecodeError::bad_message("unknown type")),
        })
    }

    fn to_signal(&self) -> Result<Signal, DecodeError> {
        let epoch = self.or_default("epoch")?;
        Ok(match self.need::<String>("kind")?.as_str() {
            "offer" => Signal::Offer { sdp: self.need("sdp")?, tracks: self.may("tracks")?, epoch },
            "answer" => Signal::Answer { sdp: self.need("sdp")?, tracks: self.may("tracks")?, epoch },
            "candidate" => {
                let candidate = Candidate {
                    candidate: self.need("candidate")?,
                    sdp_mid: self.may("sdp_mid")?,
                    sdp_m_line_index: self.may("sdp_m_line_index")?,
                    username_fragment: self.may("username_fragment")?,
                };
                Signal::Candidate { candidate, epoch }
            }
            "end_of_candidates" => Signal::EndOfCandidates { epoch },
            "viewing" => {
                Signal::Viewing(Viewing { camera: self.may("camera")?, screen: self.may("screen")? })
            }
            _ => Signal::Unknown,
        })
    }

    fn need<T: FromJson>(&self, name: &str) -> Result<T, DecodeError> {
        let member = self.get(name).ok_or_else(|| unreadable(name))?;
        T::from_json(member).ok_or_else(|| unreadable(name))
    }

    fn need_object(&self, name: &str) -> Result<&Self, DecodeError> {
        self.get(name).and_then(Json::as_object).ok_or_else(|| unreadable(name))
    }

    /// Absent and `null` are the same.
    fn may<T: FromJson>(&self, name: &str) -> Result<Option<T>, DecodeError> {
        self.get(name).map_or(Ok(None), |member| Option::from_json(member).ok_or_else(|| unreadable(name)))
    }

    fn or_default<T: FromJson + Default>(&self, name: &str) -> Result<T, DecodeError> {
        Ok(self.may(name)?.unwrap_or_default())
    }
}

fn unreadable(name: &str) -> DecodeError {
    DecodeError::bad_message(["missing or wrong: ", name].concat())
}

impl FromJson for PeerInfo {
    fn from_json(json: &Json) -> Option<Self> {
        let members = json.as_object()?;
        Some(Self {
            id: members.read("id")?,
            name: members.read_or_default("name")?,
            media: members.read_or_default("media")?,
            reconnecting: members.read_or_default("reconnecting")?,
            replaces: members.read_or_default("replaces")?,
            hand: members.read_or_default("hand")?,
        })
    }
}

impl FromJson for MediaState {
    fn from_json(json: &Json) -> Option<Self> {
        let members = json.as_object()?;
        Some(Self {
            microphone: members.read_or_default("microphone")?,
            camera: members.read_or_default("camera")?,
            screen: members.read_or_default("screen")?,
            screen_audio: members.read_or_default("screen_audio")?,
        })
    }
}

impl FromJson for IceServer {
    fn from_json(json: &Json) -> Option<Self> {
        let members = json.as_object()?;
        Some(Self {
            urls: members.read("urls")?,
            username: members.read_or_default("username")?,
            credential: members.read_or_default("credential")?,
        })
    }
}

impl FromJson for Tracks {
    fn from_json(json: &Json) -> Option<Self> {
        let mut tracks = Self::default();
        for (mid, name) in json.as_object()?.iter() {
            tracks.read(mid, name.as_text()?);
        }
        Some(tracks)
    }
}

impl FromJson for LeaveReason {
    fn from_json(json: &Json) -> Option<Self> {
        Some(match json.as_text()? {
            "left" => Self::Left,
            "timed_out" => Self::TimedOut,
            _ => Self::Unknown,
        })
    }
}

impl FromJson for Reaction {
    fn from_json(json: &Json) -> Option<Self> {
        Self::from_name(json.as_text()?)
    }
}

impl FromJson for ErrorCode {
    fn from_json(json: &Json) -> Option<Self> {
        Some(match json.as_text()? {
            "bad_message" => Self::BadMessage,
            "unknown_type" => Self::UnknownType,
            "bad_room" => Self::BadRoom,
            "bad_name" => Self::BadName,
            "hello_first" => Self::HelloFirst,
            "unsupported_version" => Self::UnsupportedVersion,
            "already_joined" => Self::AlreadyJoined,
            "not_joined" => Self::NotJoined,
            "no_such_peer" => Self::NoSuchPeer,
            "rate_limited" => Self::RateLimited,
            "room_locked" => Self::RoomLocked,
            _ => Self::Unknown,
        })
    }
}
