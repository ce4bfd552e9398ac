//! The client core: one call, from the lobby to hanging up, without a browser.

mod view;

pub use view::{
    CallView, DeviceKind, DeviceState, DeviceView, Failure, InputDevice, Link, MediaProblem, PeerView,
    Status, Trouble,
};

use crate::protocol::{DisplayName, RoomName};

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
    /// Switches a device on or off. On is also "try again" after a problem.
    Switch {
        /// Which.
        kind: DeviceKind,
        /// Whether it shall be on.
        on: bool,
    },
    /// Uses another device of this kind, now if it is on, otherwise when it is switched on.
    Choose {
        /// Which.
        kind: DeviceKind,
        /// As in [`InputDevice::id`].
        id: String,
    },
}
