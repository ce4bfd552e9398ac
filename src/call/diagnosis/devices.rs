//! What the devices of this person mean for a call. Nobody is asked for a permission: what the page already
//! has counts.

use super::Reason;
use crate::call::{DeviceState, MediaProblem};

/// What the browser says about a permission (W3C permissions).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Permission {
    /// Nothing.
    #[default]
    Unknown,
    /// Given, or to be asked for.
    Possible,
    /// Not given.
    Denied,
}

/// What is known of microphone and camera, in this order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DevicesSeen {
    /// The page is a secure context.
    pub is_secure: bool,
    /// The browser offers devices to this page.
    pub is_offered: bool,
    /// What the page has.
    pub states: [DeviceState; 2],
    /// What the browser allows.
    pub permissions: [Permission; 2],
    /// Whether there is one, if the browser says so.
    pub present: [Option<bool>; 2],
}

impl DevicesSeen {
    /// The result of the check. One device is enough: many people have no camera.
    pub fn result(&self) -> Result<(), Reason> {
        if !self.is_secure {
            return Err(Reason::NotSecure);
        }
        if !self.is_offered {
            return Err(Reason::NotSupported);
        }
        let problems = [0, 1].map(|at| self.problem(at));
        let telling = [Reason::NotSecure, Reason::NotSupported, Reason::Denied, Reason::InUse];
        if let Some(reason) = telling.into_iter().find(|reason| problems.contains(&Some(*reason))) {
            return Err(reason);
        }
        if problems == [Some(Reason::NotFound); 2] { Err(Reason::NotFound) } else { Ok(()) }
    }

    fn problem(&self, at: usize) -> Option<Reason> {
        match self.states[at] {
            DeviceState::On => None,
            DeviceState::Problem(problem) => Some(match problem {
                MediaProblem::Denied => Reason::Denied,
                MediaProblem::NotFound => Reason::NotFound,
                MediaProblem::Insecure => Reason::NotSecure,
                MediaProblem::NotOffered => Reason::NotSupported,
                MediaProblem::InUse | MediaProblem::Paused | MediaProblem::Other => Reason::InUse,
            }),
            DeviceState::Off | DeviceState::Starting if self.permissions[at] == Permission::Denied => {
                Some(Reason::Denied)
            }
            DeviceState::Off | DeviceState::Starting => {
                (self.present[at] == Some(false)).then_some(Reason::NotFound)
            }
        }
    }
}
