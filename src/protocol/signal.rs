//! What two peers say to each other through the server, which relays it unread.
//!
//! Offers, answers and candidates of JSEP (RFC 8829) with trickle ICE (RFC 8838).

use serde::{Deserialize, Serialize};

use super::tracks::Tracks;

/// One step of the negotiation between two peers.
///
/// `epoch` counts the peer connections a pair has used: it starts at 0 and goes up by one when a side throws
/// its connection away for a new one. A signal of a lower epoch is stale and dropped; an offer of a higher
/// epoch tells the receiver to start a new connection too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Signal {
    /// An SDP offer.
    Offer {
        /// Session description (RFC 8866).
        sdp: String,
        /// What the media sections carry. Absent: the first audio is the microphone, the first video the
        /// camera.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tracks: Option<Tracks>,
        /// Peer connection of the pair this belongs to.
        #[serde(default)]
        epoch: u32,
    },
    /// The SDP answer to the offer last received.
    Answer {
        /// Session description (RFC 8866).
        sdp: String,
        /// What the media sections carry. Absent: the first audio is the microphone, the first video the
        /// camera.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tracks: Option<Tracks>,
        /// Peer connection of the pair this belongs to.
        #[serde(default)]
        epoch: u32,
    },
    /// One ICE candidate.
    Candidate {
        /// The candidate, as `RTCIceCandidateInit` names its members.
        #[serde(flatten)]
        candidate: Candidate,
        /// Peer connection of the pair this belongs to.
        #[serde(default)]
        epoch: u32,
    },
    /// The sender has no more candidates for now (RFC 8838, section 8.2).
    EndOfCandidates {
        /// Peer connection of the pair this belongs to.
        #[serde(default)]
        epoch: u32,
    },
    /// How large the sender shows the pictures of the receiver.
    Viewing(Viewing),
    /// A kind this build does not know; ignored.
    #[serde(other)]
    Unknown,
}

impl Signal {
    /// The peer connection of the pair this belongs to; `None` for what belongs to none of them.
    pub fn epoch(&self) -> Option<u32> {
        match self {
            Self::Offer { epoch, .. }
            | Self::Answer { epoch, .. }
            | Self::Candidate { epoch, .. }
            | Self::EndOfCandidates { epoch } => Some(*epoch),
            Self::Viewing(_) | Self::Unknown => None,
        }
    }
}

/// How large somebody shows the pictures of somebody else. Unit: pixel of the display, height. 0 is not at
/// all, `None` is not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewing {
    /// The picture of the camera.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub camera: Option<u16>,
    /// The shared screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screen: Option<u16>,
}

/// An ICE candidate in the words of `RTCIceCandidateInit` (W3C webrtc, section 4.8.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The `candidate-attribute` line (RFC 8839, section 5.1).
    pub candidate: String,
    /// Identification tag of the media section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdp_mid: Option<String>,
    /// Index of the media section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdp_m_line_index: Option<u16>,
    /// ICE generation the candidate belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username_fragment: Option<String>,
}

/// A session description, as the browser hands it over or takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Offer or answer.
    pub kind: DescriptionKind,
    /// Session description (RFC 8866).
    pub sdp: String,
    /// As in [`Signal::Offer`].
    pub tracks: Option<Tracks>,
}

/// Which half of an offer/answer exchange a [`Description`] is (RFC 3264).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DescriptionKind {
    /// Proposes.
    Offer,
    /// Concludes.
    Answer,
}

impl Description {
    /// The description as a signal of this epoch.
    pub fn into_signal(self, epoch: u32) -> Signal {
        let Self { kind, sdp, tracks } = self;
        match kind {
            DescriptionKind::Offer => Signal::Offer { sdp, tracks, epoch },
            DescriptionKind::Answer => Signal::Answer { sdp, tracks, epoch },
        }
    }
}
