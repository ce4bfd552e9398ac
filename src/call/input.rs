//! What the shell tells a call.

use thiserror::Error;

use super::{
    effect::{ConnectionId, OpId},
    view::{DataSaver, DeviceKind, InputDevice, MediaProblem, ScreenProblem, SoundProcessing},
};
use crate::protocol::{
    Candidate, CloseCode, DescriptionKind, DisplayName, PeerId, Reaction, ResumeToken, RoomName, ServerMsg,
    TrackSource, Viewing, VisitId,
};

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Input {
    /// The person wants something.
    Command(Command),
    /// Answer to [`super::Effect::ClaimSeat`]: the seat this tab had before it was loaded anew, if any.
    SeatClaimed {
        /// Proof of the seat.
        token: Option<ResumeToken>,
        /// Name of the visit that begins, never used before; none if the browser has no secure source of
        /// chance.
        visit: Option<VisitId>,
    },
    /// Something happened at the signaling socket that is in use; an older one is never heard of again.
    Socket(SocketEvent),
    /// Something happened at a peer connection.
    Connection {
        /// The connection to whom.
        peer: PeerId,
        /// Which connection to them.
        connection: ConnectionId,
        /// What happened.
        event: ConnectionEvent,
    },
    /// The browser takes some of the servers of [`super::Effect::UseIceServers`] for invalid; they are left
    /// out.
    IceServersRefused,
    /// [`super::Effect::Operate`] is done.
    OpDone {
        /// Which.
        op: OpId,
        /// How it went.
        result: Result<Outcome, JsError>,
    },
    /// Answer to [`super::Effect::Acquire`].
    DevicesAnswered {
        /// Which question.
        op: OpId,
        /// The devices, all that were asked for, or why not.
        result: Result<Vec<DeviceGrant>, MediaProblem>,
    },
    /// A device in use is gone: unplugged, or taken away.
    DeviceEnded {
        /// Which.
        kind: DeviceKind,
    },
    /// A device in use is held back by the system or the browser, or goes on (`mute` and `unmute` of its
    /// track).
    DevicePaused {
        /// Which.
        kind: DeviceKind,
        /// Nothing comes from it for the time being.
        paused: bool,
    },
    /// Answer to [`super::Effect::AcquireScreen`].
    ScreenAnswered {
        /// Which question.
        op: OpId,
        /// What the person has chosen, or why there is nothing.
        result: Result<ScreenGrant, ScreenProblem>,
    },
    /// The screen that was shared is gone: ended by a button of the browser, or its window was closed.
    ScreenEnded,
    /// The devices that can be chosen; told at the start and whenever they change.
    InputsListed(Vec<InputDevice>),
    /// The browser noticed something about the network or the page.
    Network(Network),
    /// [`crate::sansio::Core::poll_timeout`] has passed.
    Tick,
}

/// What the person at the page wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Goes into a room, or back into it.
    Join {
        /// The room.
        room: RoomName,
        /// What the others shall read under the picture.
        name: Option<DisplayName>,
    },
    /// Hangs up: frees the seat, the camera and the microphone.
    Leave,
    /// Switches microphone and camera on, with one question to the person.
    SwitchOnBoth,
    /// Asks for no device before the person has switched one on or joined, which switches both on.
    AwaitConsent,
    /// Switches a device on or off. On is also "try again" after a problem.
    Switch {
        /// Which.
        kind: DeviceKind,
        /// Whether it shall be on.
        on: bool,
    },
    /// Shares a screen, a window or a tab. To be said in the handler of a click.
    ShareScreen,
    /// Shares no screen any longer.
    StopSharing,
    /// What is shared moves and shall do so smoothly; or it is text that shall be sharp.
    SmoothScreen(bool),
    /// The last page of this tab shared a screen, which has ended with it.
    SharingInterrupted,
    /// Takes the notice about the screen away.
    DismissScreenNotice,
    /// Locks or unlocks the room.
    Lock(bool),
    /// Raises or lowers the own hand.
    RaiseHand(bool),
    /// Shows a reaction.
    React(Reaction),
    /// Uses another device of this kind, now if it is on, otherwise when it is switched on.
    Choose {
        /// Which.
        kind: DeviceKind,
        /// As in [`InputDevice::id`].
        id: String,
    },
    /// Shows the pictures of these participants like this from now on.
    Show(Vec<(PeerId, Viewing)>),
    /// Processes the sound of the microphone like this.
    ProcessSound(SoundProcessing),
    /// Sends less.
    SaveData(DataSaver),
    /// Sends what the processor can encode: how far it is behind, from 0 to [`super::MAX_OVERUSE`].
    LimitEncoding(u8),
}

/// Something that happened at the signaling socket.
#[derive(Debug, Clone)]
pub enum SocketEvent {
    /// It can be written to.
    Opened,
    /// It can be written to, and the page has sent [`super::hello`] and [`super::first_join`] over it, with
    /// the id of this visit.
    JoinedEarly,
    /// The server said something.
    Message(ServerMsg),
    /// It is closed, or could not be opened.
    Closed(CloseCode),
    /// The server accepts no page of this origin.
    OriginRefused,
}

/// Something that happened at a peer connection.
#[derive(Debug, Clone)]
pub enum ConnectionEvent {
    /// `negotiationneeded`.
    NegotiationNeeded,
    /// `icecandidate`; `None` means that there are no more for now.
    Gathered(Option<Candidate>),
    /// `connectionstatechange`.
    StateChanged(ConnectionState),
    /// Sampled every [`super::SAMPLE_INTERVAL_MS`].
    MediaSampled {
        /// When the newest sound or picture was played, on the browser's clock; 0 if there was none lately.
        newest_ms: u64,
    },
}

/// `RTCPeerConnectionState`, as far as it makes a difference (W3C webrtc, section 4.3.3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ConnectionState {
    /// `new` or `connecting`.
    #[default]
    Connecting,
    /// `connected`.
    Connected,
    /// `disconnected`: may heal by itself.
    Disconnected,
    /// `failed`.
    Failed,
}

/// What an operation gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Success.
    Done,
    /// The remote description is set.
    Received {
        /// The media sections of the connection, in their order.
        sections: Vec<MediaSection>,
    },
    /// The local description.
    Described {
        /// Offer or answer.
        kind: DescriptionKind,
        /// Session description (RFC 8866).
        sdp: String,
        /// The media sections of the connection, in their order.
        sections: Vec<MediaSection>,
    },
}

/// A media section of a description, which is a transceiver of the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaSection {
    /// `RTCRtpTransceiver.mid`.
    pub mid: String,
    /// What it carries.
    pub kind: MediaKind,
    /// What this client sends over it, as [`super::Effect::OpenConnection`], [`super::Effect::SendTracks`]
    /// and [`super::Effect::SendScreen`] have said.
    pub sends: Option<TrackSource>,
}

/// Sound or picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    /// `audio`.
    Audio,
    /// `video`.
    Video,
}

/// A device the browser gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceGrant {
    /// Which of the two.
    pub kind: DeviceKind,
    /// As in [`InputDevice::id`].
    pub device: String,
    /// A camera that faces away from the person (`facingMode` is `environment`).
    pub faces_away: bool,
    /// Height of a camera's picture, of the shorter side if it stands upright. Unit: pixel. `None` if the
    /// browser does not tell.
    pub height: Option<u16>,
}

/// A screen, a window or a tab that the person has chosen to share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScreenGrant {
    /// There is sound with it.
    pub with_sound: bool,
}

/// What the browser said when an operation failed: two texts copied out of a `DOMException`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{name}: {message}")]
pub struct JsError {
    /// `DOMException.name`, such as `NotAllowedError`.
    pub name: String,
    /// For people who debug; differs between browsers.
    pub message: String,
}

/// What the browser noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// `online`.
    Online,
    /// `offline`.
    Offline,
    /// The kind of network changed (`NetworkInformation`, where there is one).
    Changed,
    /// The page is visible again, or back from the back/forward cache.
    Visible,
}
