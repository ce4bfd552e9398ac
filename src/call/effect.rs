//! What a call asks of the shell.

use super::{
    connection::Encoding,
    view::{DeviceKind, SoundProcessing},
};
use crate::protocol::{
    Candidate, ClientMsg, Description, IceServer, PeerId, ResumeToken, RoomName, TrackSource,
};

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Look whether this tab had a seat in the room before it was loaded anew, and answer with
    /// [`super::Input::SeatClaimed`], with a new name for the visit. A duplicated tab must not find the seat
    /// of its twin.
    ClaimSeat {
        /// The room.
        room: RoomName,
    },
    /// Remember the seat for as long as the tab lives.
    StoreSeat {
        /// The room.
        room: RoomName,
        /// Proof of the seat.
        token: ResumeToken,
    },
    /// The seat is given up.
    ForgetSeat {
        /// The room.
        room: RoomName,
    },
    /// Keep whether a device is switched off for as long as the tab lives, for
    /// [`super::Arrival::switched_off`].
    StoreSwitch {
        /// Which.
        kind: DeviceKind,
        /// Whether it is on.
        on: bool,
    },
    /// Open a signaling socket, in the place of the one before.
    OpenSocket,
    /// Close the signaling socket, after what was sent.
    CloseSocket,
    /// Send to the server.
    Send(ClientMsg),
    /// Use these STUN and TURN servers from now on: in new connections, and where others look for a path
    /// again.
    UseIceServers(Vec<IceServer>),
    /// Make an `RTCPeerConnection`.
    OpenConnection {
        /// To whom.
        peer: PeerId,
        /// Its name from now on.
        connection: ConnectionId,
        /// Give it transceivers for microphone and camera, the camera sent like this, so that it wants to
        /// offer. Otherwise they come with the peer's offer.
        camera: Option<Encoding>,
    },
    /// Close the connection to a peer.
    CloseConnection {
        /// To whom.
        peer: PeerId,
    },
    /// Do this at the connection to a peer, and answer with [`super::Input::OpDone`].
    Operate {
        /// Name of this operation.
        op: OpId,
        /// The connection to whom.
        peer: PeerId,
        /// What to do.
        operation: Operation,
    },
    /// Send over these transceivers, which the peer's offer has just brought.
    SendTracks {
        /// The connection to whom.
        peer: PeerId,
        /// What to send, by `mid`.
        tracks: Vec<(String, TrackSource)>,
    },
    /// Send the shared screen, and its sound if there is any, over this connection: over transceivers that
    /// have sent one before, otherwise over new ones, so that the connection wants to offer.
    SendScreen {
        /// The connection to whom.
        peer: PeerId,
        /// How its picture is sent.
        encoding: Encoding,
    },
    /// Show and play what these transceivers receive as the media of a participant; of its other sources
    /// there is nothing.
    ReceiveTracks {
        /// The connection to whom, and the participant.
        peer: PeerId,
        /// What is received, by `mid`.
        tracks: Vec<(String, TrackSource)>,
    },
    /// Send the picture of a source like this from now on.
    Encode {
        /// The connection to whom.
        peer: PeerId,
        /// What is sent.
        source: TrackSource,
        /// How.
        encoding: Encoding,
    },
    /// Look for a new network path (`restartIce()`).
    RestartIce {
        /// The connection to whom.
        peer: PeerId,
    },
    /// Ask the browser for devices in one question, and answer with [`super::Input::DevicesAnswered`]. What
    /// it gives is kept only if [`Effect::Install`] follows.
    Acquire {
        /// Name of this question.
        op: OpId,
        /// What to ask for.
        requests: Vec<DeviceRequest>,
    },
    /// Use a device of the answer that has just come in, on every connection, in the place of the one before.
    Install {
        /// Which.
        kind: DeviceKind,
    },
    /// Stop using a device, so that its light goes out.
    Release {
        /// Which.
        kind: DeviceKind,
    },
    /// Ask the browser for a screen, and answer with [`super::Input::ScreenAnswered`]. What it gives is kept
    /// only if [`Effect::InstallScreen`] follows.
    AcquireScreen {
        /// Name of this question.
        op: OpId,
    },
    /// Keep the screen that has just been given.
    InstallScreen,
    /// Tell the browser what is on the screen: pictures that move, or text.
    HintScreen {
        /// Smoothness matters more than sharpness.
        smooth: bool,
    },
    /// Stop recording the screen. Its transceivers stay, and send nothing.
    ReleaseScreen,
    /// Keep whether a screen is shared for as long as the tab lives, for [`super::Arrival::was_sharing`].
    StoreSharing {
        /// Whether one is.
        on: bool,
    },
    /// Keep the microphone but send nothing of it; or no longer.
    Silence {
        /// Whether nothing shall be heard.
        silent: bool,
    },
    /// Ask the server by HTTP whether it accepts pages of this origin: browsers do not tell a page why its
    /// WebSocket was refused. If not, answer with [`super::SocketEvent::OriginRefused`].
    CheckOrigin,
    /// Keep the screen on, or no longer (W3C screen-wake-lock). Browsers give this up when the page is
    /// hidden. Where it cannot be had nothing else changes.
    KeepScreenOn {
        /// Whether the screen shall stay on.
        on: bool,
    },
}

/// A device to ask the browser for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRequest {
    /// Which of the two.
    pub kind: DeviceKind,
    /// A particular one; any if `None`. The shell falls back to any if that one is gone.
    pub device: Option<String>,
    /// Of a microphone.
    pub sound: SoundProcessing,
}

/// One asynchronous operation of an `RTCPeerConnection`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// `setLocalDescription()`: an offer, or the answer to the offer just set.
    SetLocal {
        /// It is changed to ask for sound in two channels, where the browser lets that be done.
        two_channels: bool,
    },
    /// `setRemoteDescription()`. An offer rolls back a local one that is pending.
    SetRemote(Description),
    /// `addIceCandidate()`; `None` is the end of candidates.
    AddCandidate(Option<Candidate>),
    /// Read `localDescription` again, with the candidates gathered since.
    ReadLocal,
}

/// Name of an operation; its completion repeats it, anything else is stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpId(pub u64);

/// Name of one peer connection. What an older one still says is dropped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConnectionId(pub u64);
