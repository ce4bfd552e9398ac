//! The way in to the core, for listeners, timers and tasks.

use std::rc::{Rc, Weak};

use crate::call::Input;

/// Takes inputs in: the driver of the call.
pub(super) trait Dispatch {
    /// Passes an input to the core.
    fn dispatch(self: Rc<Self>, input: Input);
}

/// Where listeners, timers and tasks send what they notice. Does not keep the driver alive.
#[derive(Clone)]
pub(super) struct Feed(Weak<dyn Dispatch>);

impl Feed {
    pub(super) fn new(to: Weak<dyn Dispatch>) -> Self {
        Self(to)
    }

    /// Passes an input to the core; does nothing once the driver has been dropped.
    pub(super) fn dispatch(&self, input: Input) {
        if let Some(driver) = self.0.upgrade() {
            driver.dispatch(input);
        }
    }
}
