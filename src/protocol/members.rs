//! Reading a server's message member by member, without serde's buffer for tagged enums.
//!
//! The derived reader of an internally tagged enum first reads the message into a tree of everything that
//! JSON can be, and then into the variant. In the client that is the largest piece of generated code. Here
//! the members stay text until the type says which are needed, and as what. The fixtures hold both readers to
//! the same.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Candidate, DecodeError, ServerMsg, Signal};

/// The members of a JSON object, by name. Those that nobody asks for may be anything.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Members<'a> {
    #[serde(borrow)]
    members: BTreeMap<String, &'a RawValue>,
}

impl<'a> Members<'a> {
    /// The server's message that these are the members of.
    pub(super) fn into_message(self) -> Result<ServerMsg, DecodeError> {
        Ok(match &*self.need::<String>("type")? {
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
            "signal" => ServerMsg::Signal {
                from: self.need("from")?,
                signal: self.need::<Members<'_>>("signal")?.into_signal()?,
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

    fn into_signal(self) -> Result<Signal, DecodeError> {
        let epoch = self.or_default("epoch")?;
        Ok(match &*self.need::<String>("kind")? {
            "offer" => Signal::Offer { sdp: self.need("sdp")?, epoch },
            "answer" => Signal::Answer { sdp: self.need("sdp")?, epoch },
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
            _ => Signal::Unknown,
        })
    }

    fn need<T: Deserialize<'a>>(&self, name: &str) -> Result<T, DecodeError> {
        let member = self
            .members
            .get(name)
            .ok_or_else(|| DecodeError::bad_message(format!("missing field `{name}`")))?;
        serde_json::from_str(member.get())
            .map_err(|error| DecodeError::bad_message(format!("`{name}`: {error}")))
    }

    /// Absent and `null` are the same.
    fn may<T: Deserialize<'a>>(&self, name: &str) -> Result<Option<T>, DecodeError> {
        if self.members.contains_key(name) { self.need(name) } else { Ok(None) }
    }

    fn or_default<T: Deserialize<'a> + Default>(&self, name: &str) -> Result<T, DecodeError> {
        Ok(self.may(name)?.unwrap_or_default())
    }
}
