//! [`CallHandle`]: the running call as components see it.

use leptos::prelude::*;
use web_sys::HtmlVideoElement;

use crate::{
    browser::CallDriver,
    call::{CallView, Command, DeviceKind, DeviceState, Failure, MediaProblem, Status},
    protocol::{DisplayName, PeerId, RoomName},
    ui::{
        dom,
        reactive::{Derived, State},
    },
};

/// Where the browser remembers the name.
const NAME_KEY: &str = "halloo.name";

/// Where the tab keeps, across a reload, that a device was switched off.
const DEVICES: [(DeviceKind, &str); 2] =
    [(DeviceKind::Microphone, "halloo.microphone"), (DeviceKind::Camera, "halloo.camera")];

/// The running call: what to draw, and where commands go. Exists in a browser only.
#[derive(Clone, Copy)]
pub struct CallHandle {
    /// What to draw.
    pub view: State<CallView>,
    /// The browser holds back sound until somebody touches the page.
    pub sound_blocked: State<bool>,
    /// None in a browser that cannot call.
    driver: StoredValue<Option<CallDriver>, LocalStorage>,
    room: StoredValue<RoomName>,
    name: State<Option<DisplayName>>,
}

impl CallHandle {
    /// Starts the call of this page: after a reload back into the call, else in the lobby or, with
    /// `join_now`, in the room.
    pub fn begin(room: RoomName, join_now: bool) -> Self {
        let name = dom::query("name").or_else(|| dom::remembered(NAME_KEY));
        let call = Self::start(room, name.and_then(|name| DisplayName::from_typed(&name)));
        if call.was_reloaded() {
            call.resume();
        } else {
            for (_, key) in DEVICES {
                dom::keep(key, None);
            }
            call.switch_on_both();
            if join_now {
                call.join();
            }
        }
        call
    }

    fn start(room: RoomName, name: Option<DisplayName>) -> Self {
        let view = State::new(CallView::default());
        let driver = CallDriver::start(move |now| view.set(now));
        if driver.is_none() {
            view.set(CallView {
                status: Status::Error,
                failure: Some(Failure::Unsupported),
                ..CallView::default()
            });
        }
        Self {
            view,
            sound_blocked: State::new(false),
            driver: StoredValue::new_local(driver),
            room: StoredValue::new(room),
            name: State::new(name),
        }
    }

    /// A part of the view, which notifies only when it has changed.
    pub fn slice<T: PartialEq + Clone + Send + Sync + 'static>(
        self,
        pick: impl Fn(&CallView) -> T + Send + Sync + 'static,
    ) -> Derived<T> {
        Derived::new(move || self.view.with(&pick))
    }

    /// `None` in a browser that cannot call, and once the page is being left.
    fn with_driver<T>(self, f: impl FnOnce(&CallDriver) -> T) -> Option<T> {
        self.driver.try_with_value(|driver| driver.as_ref().map(f)).flatten()
    }

    fn send(self, command: Command) {
        self.with_driver(|driver| driver.command(command));
    }

    /// Whether this page was in the call before it was reloaded.
    fn was_reloaded(self) -> bool {
        self.with_driver(|driver| driver.was_reloaded_in(&self.room())).unwrap_or_default()
    }

    /// Goes back into the call after a reload, with the devices that were on.
    fn resume(self) {
        if DEVICES.iter().all(|(_, key)| dom::kept(key).is_none()) {
            self.switch_on_both();
        } else {
            for (kind, key) in DEVICES {
                self.switch(kind, dom::kept(key).is_none());
            }
        }
        self.join();
    }

    /// Joins the room under the name last given.
    pub fn join(self) {
        let room = self.room.get_value();
        self.send(Command::Join { room, name: self.name.get_untracked() });
    }

    /// Joins the room under this name, and remembers it.
    pub fn join_as(self, name: Option<DisplayName>) {
        dom::remember(NAME_KEY, name.as_ref().map_or("", DisplayName::as_str));
        self.name.set(name);
        self.join();
    }

    /// Hangs up.
    pub fn leave(self) {
        self.send(Command::Leave);
    }

    /// Switches microphone and camera on, with one permission prompt.
    pub fn switch_on_both(self) {
        self.send(Command::SwitchOnBoth);
    }

    /// Switches a device.
    pub fn switch(self, kind: DeviceKind, on: bool) {
        for (_, key) in DEVICES.into_iter().filter(|(other, _)| *other == kind) {
            dom::keep(key, (!on).then_some("off"));
        }
        self.send(Command::Switch { kind, on });
    }

    /// Switches a device to the other state.
    pub fn toggle(self, kind: DeviceKind) {
        let on = is_wanted(&self.view.get_untracked(), kind);
        self.switch(kind, !on);
    }

    /// Uses another device.
    pub fn choose(self, kind: DeviceKind, id: String) {
        self.send(Command::Choose { kind, id });
    }

    /// Shows the own picture.
    pub fn attach_local(self, element: &HtmlVideoElement) {
        self.with_driver(|driver| driver.attach_local(element));
    }

    /// Shows somebody's picture.
    pub fn attach_remote(self, peer: PeerId, element: &HtmlVideoElement) {
        self.with_driver(|driver| driver.attach_remote(peer, element));
    }

    /// Loudness at the microphone, while there is a driver.
    pub fn microphone_level(self) -> Option<f32> {
        self.with_driver(CallDriver::microphone_level)
    }

    /// Stops measuring the loudness.
    pub fn stop_metering(self) {
        self.with_driver(CallDriver::stop_metering);
    }

    /// The room.
    pub fn room(self) -> RoomName {
        self.room.get_value()
    }

    /// The name last given, read once.
    pub fn name_untracked(self) -> Option<DisplayName> {
        self.name.get_untracked()
    }

    /// The name last given.
    pub fn name(self) -> Option<DisplayName> {
        self.name.get()
    }
}

/// Whether a device is on or on its way.
pub fn is_wanted(view: &CallView, kind: DeviceKind) -> bool {
    let state = view.device(kind).state;
    matches!(state, DeviceState::On | DeviceState::Starting | DeviceState::Problem(MediaProblem::Paused))
}
