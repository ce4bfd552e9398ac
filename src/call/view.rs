//! What the page shows: plain data, made anew after every drain of the core.

use crate::{
    protocol::{DisplayName, MediaState, PeerId, Reaction, RoomName, TrackSource},
    sansio::Millis,
};

/// Everything a page needs to draw one call.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CallView {
    /// Where the call stands.
    pub status: Status,
    /// Why the call ended, while the status is [`Status::Error`].
    pub failure: Option<Failure>,
    /// Something is wrong, and is being worked on without the person's help.
    pub trouble: Option<Trouble>,
    /// The room, once joining began.
    pub room: Option<RoomName>,
    /// Seats in the room, once known.
    pub capacity: Option<u32>,
    /// The room is full or locked, and this client takes a seat as soon as it can.
    pub awaits_seat: bool,
    /// This client's id, while it has a seat.
    pub me: Option<PeerId>,
    /// Everybody else, in the order in which they came.
    pub participants: Vec<ParticipantView>,
    /// The lock of the room, hands and reactions.
    pub together: TogetherView,
    /// Who left last, while nobody else is there.
    pub left_by: Option<ParticipantView>,
    /// The browser takes none or only some of the server's STUN and TURN servers. If there is no path, this
    /// may be why.
    pub ice_servers_refused: bool,
    /// This person's microphone.
    pub microphone: DeviceView,
    /// This person's camera.
    pub camera: DeviceView,
    /// The screen that this person shares.
    pub screen: ScreenView,
    /// How the sound of the microphone is processed.
    pub sound: SoundProcessing,
    /// How much is sent and received.
    pub saver: DataSaver,
    /// No device is asked for before the person says so: see [`super::Command::AwaitConsent`].
    pub awaits_consent: bool,
    /// Microphones and cameras that can be chosen. Labels are empty until a permission was given.
    pub inputs: Vec<InputDevice>,
}

/// Where a call stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Status {
    /// Before joining.
    #[default]
    Lobby,
    /// On the way into the room, or in it while the first connection to somebody is made.
    Connecting,
    /// In the room, alone.
    Waiting,
    /// In the room, with at least one person connected.
    Connected,
    /// The server is out of reach, or everybody else is. Media may still flow.
    Reconnecting,
    /// There was no seat, or is none yet.
    Full,
    /// The room is locked.
    Locked,
    /// Hung up.
    Left,
    /// Ended by a [`Failure`].
    Error,
}

impl Status {
    /// The value of `data-state` (contract with scripts and tests).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lobby => "lobby",
            Self::Connecting => "connecting",
            Self::Waiting => "waiting",
            Self::Connected => "connected",
            Self::Reconnecting => "reconnecting",
            Self::Full => "full",
            Self::Locked => "locked",
            Self::Left => "left",
            Self::Error => "error",
        }
    }
}

/// Why a call ended. Nothing tries again by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The server does not take this room name.
    BadRoom,
    /// The server does not take this display name.
    BadName,
    /// This page and the server do not speak the same protocol: reload.
    UnsupportedVersion,
    /// The same person took the seat from another tab or window.
    Replaced,
    /// The browser cannot do WebRTC or WebSockets.
    Unsupported,
    /// The server accepts no pages of the address from which this one came.
    Origin,
    /// The server refused for a reason this page does not know.
    Refused,
}

/// What is wrong while the call goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The signaling socket does not open; tried again and again.
    ServerUnreachable,
    /// The browser says that it is offline.
    Offline,
}

/// Somebody else in the room.
#[derive(Debug, Clone, PartialEq)]
pub struct ParticipantView {
    /// Who.
    pub id: PeerId,
    /// What to call them.
    pub name: Option<DisplayName>,
    /// Whether they can be heard and seen, as they say.
    pub media: MediaState,
    /// Their socket is lost; the seat is kept for a while. Media may still flow.
    pub reconnecting: bool,
    /// The path to them.
    pub path: PathState,
    /// Their hand is up, and was so after those with smaller numbers.
    pub hand: Option<u32>,
    /// This person saves data, and does not want to see it.
    pub camera_unwanted: bool,
}

/// The lock of the room, the own hand, and reactions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TogetherView {
    /// The server can lock rooms.
    pub can_lock: bool,
    /// The server knows hands.
    pub can_raise_hand: bool,
    /// The server passes reactions on.
    pub can_react: bool,
    /// Nobody new gets in.
    pub locked: bool,
    /// Who locked or unlocked the room last, if that was told.
    pub locked_by: Option<PeerId>,
    /// The own hand, as in [`ParticipantView::hand`].
    pub hand: Option<u32>,
    /// The person wants the hand to be up.
    pub wants_hand: bool,
    /// Reactions that are shown, in the order in which they came.
    pub reactions: Vec<ReactionView>,
}

/// A reaction that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReactionView {
    /// A number of its own.
    pub id: u64,
    /// Whose, this client's included.
    pub peer: PeerId,
    /// Which.
    pub reaction: Reaction,
    /// Until then it is shown.
    pub until: Millis,
}

/// Whether media can flow between this browser and a participant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PathState {
    /// Being made.
    #[default]
    Connecting,
    /// Media can flow.
    Connected,
    /// Was connected, is interrupted, and is being repaired.
    Interrupted,
    /// No network path was found. Tried again as long as both are in the room.
    Failed,
}

/// This person's microphone or camera.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeviceView {
    /// Whether it is on, or why not.
    pub state: DeviceState,
    /// Id of the device in use, as in [`InputDevice::id`].
    pub device: Option<String>,
    /// The camera in use faces away from the person, whose picture then is no mirror.
    pub faces_away: bool,
}

/// Whether a device is on, or why not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DeviceState {
    /// Off by choice; the camera's light is off.
    #[default]
    Off,
    /// Asked for; the browser may be showing its question.
    Starting,
    /// On.
    On,
    /// Wanted, but not to be had. Picked up when that changes, or when the person tries again.
    Problem(MediaProblem),
}

/// Why there is no microphone or camera. From the name of the browser's `DOMException`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaProblem {
    /// The person, the browser or the system does not allow it.
    Denied,
    /// There is none, or it was unplugged.
    NotFound,
    /// Another program has it.
    InUse,
    /// The system or the browser holds it back: a telephone call, a switch on the device. It goes on by
    /// itself.
    Paused,
    /// The page was not loaded over HTTPS or from localhost, so the browser offers no devices.
    Insecure,
    /// The browser offers devices to no page, as those inside of other apps do.
    NotOffered,
    /// Anything else.
    Other,
}

/// The screen that this person shares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScreenView {
    /// Whether one is shared, or why not.
    pub state: ScreenState,
    /// The page was loaded anew while one was shared, which has ended that.
    pub interrupted: bool,
    /// It is sent so that it moves smoothly, not so that text is sharp.
    pub smooth: bool,
}

/// How the browser processes the sound of the microphone (W3C mediacapture-streams, section 4.3.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoundProcessing {
    /// Takes out what comes from the loudspeaker.
    pub echo_cancellation: bool,
    /// Takes out what is no voice.
    pub noise_suppression: bool,
    /// Makes quiet voices louder.
    pub automatic_gain: bool,
    /// None of these, at a higher bitrate: for music.
    pub original: bool,
}

impl Default for SoundProcessing {
    fn default() -> Self {
        Self { echo_cancellation: true, noise_suppression: true, automatic_gain: true, original: false }
    }
}

/// How much a call may send and receive, as this person has chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DataSaver {
    /// As much as is of use.
    #[default]
    Off,
    /// Small pictures.
    SmallPictures,
    /// Sound and screens only.
    NoCameras,
}

impl DataSaver {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Off, Self::SmallPictures, Self::NoCameras];

    /// The word under which it is remembered.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::SmallPictures => "small-pictures",
            Self::NoCameras => "no-cameras",
        }
    }

    /// Reads what was remembered. Whatever makes no sense is as if it had never been chosen.
    pub fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|saver| saver.as_str() == word).unwrap_or_default()
    }
}

/// Whether a screen is shared, or why not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ScreenState {
    /// No.
    #[default]
    Off,
    /// The browser asks the person what to share.
    Asking,
    /// Yes.
    On {
        /// Its sound, too.
        with_sound: bool,
    },
    /// Wanted, but not to be had.
    Problem(ScreenProblem),
}

/// Why no screen is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScreenProblem {
    /// The person has closed the browser's question.
    Refused,
    /// The system does not let the browser record the screen.
    Blocked,
    /// Anything else.
    Other,
}

/// Something that can be chosen as microphone or camera.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputDevice {
    /// Which of the two.
    pub kind: DeviceKind,
    /// The browser's `deviceId`.
    pub id: String,
    /// The browser's name for it.
    pub label: String,
}

/// Which device is spoken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeviceKind {
    /// Sound.
    Microphone,
    /// Picture.
    Camera,
}

impl DeviceKind {
    /// Every device.
    pub const BOTH: [Self; 2] = [Self::Microphone, Self::Camera];

    /// What is published of it.
    pub const fn source(self) -> TrackSource {
        match self {
            Self::Microphone => TrackSource::Microphone,
            Self::Camera => TrackSource::Camera,
        }
    }
}

impl ParticipantView {
    /// Whether a picture of their camera can be seen.
    pub fn shows_picture(&self) -> bool {
        self.media.camera && !self.camera_unwanted && self.is_received()
    }

    /// Whether a screen that they share can be seen.
    pub fn shows_screen(&self) -> bool {
        self.media.screen && self.is_received()
    }

    fn is_received(&self) -> bool {
        matches!(self.path, PathState::Connected | PathState::Interrupted)
    }
}

impl CallView {
    /// Whether there is anything to see of the lock, of hands or of reactions.
    pub fn has_gestures(&self) -> bool {
        let together = &self.together;
        // Whoever has unlocked the room is named, too.
        let lock = together.locked || together.locked_by.is_some();
        let hands = together.hand.is_some() || self.participants.iter().any(|peer| peer.hand.is_some());
        lock || hands || !together.reactions.is_empty()
    }

    /// Whose hands are up, in the order in which they were raised.
    pub fn raised_hands(&self) -> Vec<PeerId> {
        let own = self.me.map(|me| (self.together.hand, me));
        let others = self.participants.iter().map(|peer| (peer.hand, peer.id));
        let up = |(hand, peer): (Option<u32>, PeerId)| Some((hand?, peer));
        let mut hands: Vec<_> = others.chain(own).filter_map(up).collect();
        hands.sort_unstable();
        hands.into_iter().map(|(_, peer)| peer).collect()
    }

    /// The device of this kind.
    pub fn device(&self, kind: DeviceKind) -> &DeviceView {
        match kind {
            DeviceKind::Microphone => &self.microphone,
            DeviceKind::Camera => &self.camera,
        }
    }
}
