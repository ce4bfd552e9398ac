//! [`CallHandle`]: the running call, for components.

use std::future::Future;

use leptos::prelude::*;
use web_sys::{HtmlMediaElement, HtmlVideoElement};

use crate::{
    browser::{self, CallDriver, ChannelEvent, Channels, ConnectionReading, NewChannel, SpeakerWatch},
    call::{
        CallView, Command, DataSaver, DeviceKind, DeviceState, Failure, Heard, MediaProblem, SoundProcessing,
        Status,
    },
    protocol::{DisplayName, PeerId, Reaction, RoomName, TrackSource, Viewing},
    ui::{
        dom,
        reactive::{Derived, State},
    },
};

/// Storage key: the name of this person.
pub const NAME_KEY: &str = "halloo.name";

/// The running call: what to draw, and where commands go. Exists in a browser only.
#[derive(Clone, Copy)]
pub struct CallHandle {
    /// What to draw.
    pub view: State<CallView>,
    /// Notifies when [`Self::player`] has another element.
    pub players: State<()>,
    /// The browser blocks sound until there is a user gesture.
    pub sound_blocked: State<bool>,
    /// The connection check is open.
    pub checking: State<bool>,
    /// `None` in a browser that cannot make calls.
    driver: StoredValue<Option<CallDriver>, LocalStorage>,
    room: StoredValue<RoomName>,
    name: State<Option<DisplayName>>,
}

impl CallHandle {
    /// Starts the call of this page: after a reload back into the call, else in the lobby or, with
    /// `join_now`, in the room. After a link of another site no device is asked for.
    pub fn begin(room: RoomName, join_now: bool, by_other_site: bool) -> Self {
        let call = Self::start(room.clone());
        let (link, remembered) = (dom::query("name"), browser::remembered(NAME_KEY));
        let name = call.with_driver(|driver| driver.arrive(room, join_now, by_other_site, link, remembered));
        call.name.set(name.flatten());
        call
    }

    fn start(room: RoomName) -> Self {
        let (view, players) = (State::new(CallView::default()), State::new(()));
        let driver = CallDriver::start(move |now| view.set(now), move || players.set(()));
        if driver.is_none() {
            view.set(CallView {
                status: Status::Error,
                failure: Some(Failure::Unsupported),
                ..CallView::default()
            });
        }
        Self {
            view,
            players,
            sound_blocked: State::new(false),
            checking: State::new(false),
            driver: StoredValue::new_local(driver),
            room: StoredValue::new(room),
            name: State::new(None),
        }
    }

    /// A part of the view. Notifies only when it changes.
    pub fn slice<T: PartialEq + Clone + Send + Sync + 'static>(
        self,
        pick: impl Fn(&CallView) -> T + Send + Sync + 'static,
    ) -> Derived<T> {
        Derived::new(move || self.view.with(&pick))
    }

    /// `None` in a browser that cannot make calls, and while the page is unloaded.
    fn with_driver<T>(self, f: impl FnOnce(&CallDriver) -> T) -> Option<T> {
        self.driver.try_with_value(|driver| driver.as_ref().map(f)).flatten()
    }

    fn send(self, command: Command) {
        self.with_driver(|driver| driver.command(command));
    }

    /// Joins the room under the name last given.
    pub fn join(self) {
        let room = self.room.get_value();
        self.send(Command::Join { room, name: self.name.get_untracked() });
    }

    /// Joins the room under this name, and remembers it.
    pub fn join_as(self, name: Option<DisplayName>) {
        browser::remember(NAME_KEY, name.as_ref().map_or("", DisplayName::as_str));
        self.name.set(name);
        self.join();
    }

    /// Hangs up.
    pub fn leave(self) {
        self.send(Command::Leave);
    }

    /// Switches both devices on.
    pub fn switch_on_both(self) {
        self.send(Command::SwitchOnBoth);
    }

    /// Switches a device.
    pub fn switch(self, kind: DeviceKind, on: bool) {
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

    /// Asks the person what to share. To be called in the handler of a click.
    pub fn share_screen(self) {
        self.send(Command::ShareScreen);
    }

    /// Sends the screen so that it moves smoothly, or so that text is sharp.
    pub fn smooth_screen(self, smooth: bool) {
        self.send(Command::SmoothScreen(smooth));
    }

    /// Shares no screen any longer.
    pub fn stop_sharing(self) {
        self.send(Command::StopSharing);
    }

    /// Takes the notice about the screen away.
    pub fn dismiss_screen_notice(self) {
        self.send(Command::DismissScreenNotice);
    }

    /// Locks or unlocks the room.
    pub fn lock(self, locked: bool) {
        self.send(Command::Lock(locked));
    }

    /// Raises or lowers the own hand.
    pub fn raise_hand(self, raised: bool) {
        self.send(Command::RaiseHand(raised));
    }

    /// Shows a reaction.
    pub fn react(self, reaction: Reaction) {
        self.send(Command::React(reaction));
    }

    /// Shows the pictures of these participants like this from now on.
    pub fn show(self, shown: Vec<(PeerId, Viewing)>) {
        self.send(Command::Show(shown));
    }

    /// Processes the sound of the microphone like this.
    pub fn process_sound(self, sound: SoundProcessing) {
        self.send(Command::ProcessSound(sound));
    }

    /// Sends less.
    pub fn save_data(self, saver: DataSaver) {
        self.send(Command::SaveData(saver));
    }

    /// Sends what the processor can encode: how far it is behind, from 0 to [`crate::call::MAX_OVERUSE`].
    pub fn limit_encoding(self, overuse: u8) {
        self.send(Command::LimitEncoding(overuse));
    }

    /// Shows the own picture, which is `small` if it is one of several.
    pub fn attach_local(self, element: &HtmlVideoElement, small: bool) {
        self.with_driver(|driver| driver.attach_local(element, small));
    }

    /// The element that plays what is received from somebody, once something is.
    pub fn player(self, peer: PeerId, source: TrackSource) -> Option<HtmlMediaElement> {
        self.with_driver(|driver| driver.player(peer, source)).flatten()
    }

    /// Reads the statistics of all connections.
    pub fn read_connections(self) -> Option<impl Future<Output = Vec<ConnectionReading>> + use<>> {
        self.with_driver(CallDriver::read_connections)
    }

    /// Reports who of the others is heard, until what is returned is dropped.
    pub fn watch_speakers(self, report: impl Fn(Heard) + 'static) -> Option<SpeakerWatch> {
        let people = move || {
            let view = self.view.get_untracked();
            view.participants.iter().map(|peer| (peer.id, peer.media.microphone)).collect()
        };
        self.with_driver(|driver| SpeakerWatch::start(driver.clone(), people, report))
    }

    /// Opens data channels to everybody: see [`Channels::start`].
    pub fn open_channels(
        self,
        report: impl Fn(PeerId, ChannelEvent) + 'static,
        accept: impl Fn(PeerId, NewChannel) + 'static,
    ) -> Option<Channels> {
        self.with_driver(|driver| Channels::start(driver.clone(), report, accept))
    }

    /// Loudness at the microphone, 0.0 to 1.0, if it can be measured.
    pub fn microphone_level(self) -> Option<f32> {
        self.with_driver(CallDriver::microphone_level).flatten()
    }

    /// Stops measuring the loudness.
    pub fn stop_metering(self) {
        self.with_driver(CallDriver::stop_metering);
    }

    /// The room.
    pub fn room(self) -> RoomName {
        self.room.get_value()
    }

    /// Returns whether there is a call that a reload would interrupt.
    pub fn is_going_on(self) -> bool {
        Screen::of(self.view.get_untracked().status) == Screen::Call
    }

    /// The name last given. Not tracked.
    pub fn name_untracked(self) -> Option<DisplayName> {
        self.name.get_untracked()
    }

    /// The name last given. Tracked.
    pub fn name(self) -> Option<DisplayName> {
        self.name.get()
    }
}

/// The screens of a room's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// Before joining.
    Lobby,
    /// During a call, and while joining.
    Call,
    /// After a call, or in place of one.
    Ended,
}

impl Screen {
    /// The screen for this status.
    pub const fn of(status: Status) -> Self {
        match status {
            Status::Lobby => Self::Lobby,
            Status::Connecting | Status::Waiting | Status::Connected | Status::Reconnecting => Self::Call,
            Status::Full | Status::Locked | Status::Left | Status::Error => Self::Ended,
        }
    }
}

/// Returns whether a device is on or starting.
pub fn is_wanted(view: &CallView, kind: DeviceKind) -> bool {
    let state = view.device(kind).state;
    matches!(state, DeviceState::On | DeviceState::Starting | DeviceState::Problem(MediaProblem::Paused))
}
