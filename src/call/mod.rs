//! The client core: one call, from the lobby to hanging up, without a browser.
//!
//! [`crate::browser`] owns a [`Call`], feeds it what the person, the socket, the peer connections and the
//! devices say, and does what it asks. Parts, each with its own rules:
//! - `signaling`: the socket, and the stay in a room from joining to its end;
//! - `people`: who is in the room; its lock, hands and reactions;
//! - `connection`: negotiation with each of them, and recovery;
//! - `devices`: microphone and camera;
//! - `screen`: the screen that is shared;
//! - `speaker`, `quality`, `signals`: who speaks, how good the connections are, and what was said to set them
//!   up. Apart from the rest;
//! - `data`: what is sent over data channels. Apart from the rest;
//! - `diagnosis`: why a call does not come about. Apart from the rest.
//!
//! Media does not depend on the socket: while signaling is away, connections to peers stay as they are.

mod connection;
mod context;
pub mod data;
mod devices;
pub mod diagnosis;
mod effect;
mod input;
mod level;
mod messages;
mod people;
pub mod quality;
mod screen;
mod signaling;
pub mod signals;
mod speaker;
mod view;

use connection::Connections;
pub use connection::{Encoding, MAX_OVERUSE, SAMPLE_INTERVAL_MS, for_two_channels, rounded};
use context::{Shared, Timer};
use devices::Devices;
pub use effect::{ConnectionId, DeviceRequest, Effect, OpId, Operation};
pub use input::{
    Command, ConnectionEvent, ConnectionState, DeviceGrant, Input, JsError, MediaKind, MediaSection, Network,
    Outcome, ScreenGrant, SocketEvent,
};
pub use level::{LEVEL_INTERVAL_MS, MicrophoneHint, MicrophoneWatch};
pub use people::{Attendance, Change};
use people::{roster::Roster, together::Together};
use screen::Screen;
pub use signaling::{Arrival, ArrivalPlan, follows_page};
use signaling::{Refusal, Signaling, VisitEnd};
pub use signaling::{first_join, hello};
pub use speaker::{Heard, READ_EVERY_MS, Speakers};
pub use view::{
    CallView, DataSaver, DeviceKind, DeviceState, DeviceView, Failure, InputDevice, MediaProblem,
    ParticipantView, PathState, ReactionView, ScreenProblem, ScreenState, ScreenView, SoundProcessing,
    Status, TogetherView, Trouble,
};

use crate::{
    protocol::{ClientMsg, MediaState},
    sansio::{Core, Millis},
};

/// One person's side of a call.
#[derive(Debug)]
pub struct Call {
    shared: Shared,
    signaling: Signaling,
    roster: Roster,
    together: Together,
    connections: Connections,
    devices: Devices,
    screen: Screen,
    /// The browser has refused some of the ICE servers last received.
    ice_servers_refused: bool,
    /// The shell was told to keep the screen on.
    keeps_screen_on: bool,
}

impl Call {
    /// A call in the lobby. `seed` is for jitter only, and need not be secret.
    pub fn new(seed: u64) -> Self {
        Self {
            shared: Shared::new(seed),
            signaling: Signaling::default(),
            roster: Roster::default(),
            together: Together::default(),
            connections: Connections::default(),
            devices: Devices::default(),
            screen: Screen::default(),
            ice_servers_refused: false,
            keeps_screen_on: false,
        }
    }
}

impl Core for Call {
    type Input = Input;
    type Effect = Effect;
    const TICK: Input = Input::Tick;

    fn handle_input(&mut self, now: Millis, input: Input) {
        let mut ctx = self.shared.context(now, self.signaling.is_seated());
        match input {
            Input::Command(command) => self.on_command(now, command),
            Input::SeatClaimed { token, visit } => {
                self.signaling.on_seat_claimed(
                    &mut ctx,
                    token,
                    visit,
                    published(&self.devices, &self.screen),
                );
            }
            Input::Socket(event) => self.on_socket(now, event),
            Input::Connection { peer, connection, event } => {
                let expected = self.connections.expected(peer, self.roster.media(peer));
                // If the network of this device has changed, its socket is as dead as the connection.
                if self.connections.on_event(&mut ctx, peer, connection, event, expected) {
                    self.signaling.socket.probe(&mut ctx);
                }
            }
            Input::IceServersRefused => self.ice_servers_refused = true,
            Input::OpDone { op, result } => self.connections.on_done(&mut ctx, op, &result),
            Input::DevicesAnswered { op, result } => {
                self.devices.on_answer(&mut ctx, op, result);
                self.connections.set_camera_height(&mut ctx, self.devices.camera_height());
            }
            Input::DeviceEnded { kind } => self.devices.on_ended(&mut ctx, kind),
            Input::DevicePaused { kind, paused } => self.devices.on_paused(kind, paused),
            Input::ScreenAnswered { op, result } => {
                if self.screen.on_answer(&mut ctx, op, result) {
                    self.connections.share_screen(&mut ctx, true);
                }
            }
            Input::ScreenEnded => self.stop_sharing(now),
            Input::InputsListed(inputs) => self.devices.on_inputs(&mut ctx, inputs),
            Input::Network(network) => self.on_network(now, network),
            Input::Tick => {
                while let Some(timer) = self.shared.timers.pop_due(now) {
                    self.on_timer(now, timer);
                }
            }
        }
        let mut ctx = self.shared.context(now, self.signaling.is_seated());
        self.signaling.send_media(&mut ctx, published(&self.devices, &self.screen));
        // Somebody in a call looks at the screen without touching it.
        let on = self.signaling.is_visiting() && self.signaling.refusal().is_none();
        if on != self.keeps_screen_on {
            self.keeps_screen_on = on;
            ctx.emit(Effect::KeepScreenOn { on });
        }
    }

    fn poll_effect(&mut self) -> Option<Effect> {
        self.shared.effects.pop_front()
    }

    fn poll_timeout(&self) -> Option<Millis> {
        self.shared.timers.next()
    }
}

impl Call {
    /// What the page shows.
    pub fn view(&self) -> CallView {
        let seat = self.signaling.seat();
        let saver = self.connections.saver();
        let mut participants = self.roster.view(&self.connections);
        for participant in &mut participants {
            participant.camera_unwanted = saver == DataSaver::NoCameras;
        }
        let mut view = CallView {
            status: self.status(&participants),
            trouble: self.signaling.socket.trouble(),
            room: self.signaling.room().cloned(),
            me: seat.map(|seat| seat.me),
            capacity: seat.map(|seat| seat.capacity).or_else(|| self.signaling.refusal()?.capacity()),
            awaits_seat: self.signaling.refusal().is_some(),
            participants,
            together: self.together.view(),
            left_by: self.roster.left_by(),
            ice_servers_refused: self.ice_servers_refused,
            screen: self.screen.view(),
            saver,
            ..CallView::default()
        };
        match self.signaling.end() {
            Some(VisitEnd::Failed(failure)) => view.failure = Some(failure),
            Some(VisitEnd::Refused(refusal)) => view.capacity = refusal.capacity(),
            Some(VisitEnd::Left) | None => {}
        }
        self.devices.show(&mut view);
        view
    }

    fn status(&self, participants: &[ParticipantView]) -> Status {
        match self.signaling.end() {
            Some(VisitEnd::Left) => return Status::Left,
            Some(VisitEnd::Refused(refusal)) => return refusal.status(),
            Some(VisitEnd::Failed(_)) => return Status::Error,
            None if !self.signaling.is_visiting() => return Status::Lobby,
            None => {}
        }
        if let Some(refusal) = self.signaling.refusal() {
            return refusal.status();
        }
        if self.signaling.seat().is_none() {
            return Status::Connecting;
        }
        if !self.signaling.is_seated() {
            return Status::Reconnecting;
        }
        let any = |path| participants.iter().any(|participant| participant.path == path);
        if participants.is_empty() {
            Status::Waiting
        } else if any(PathState::Connected) {
            Status::Connected
        } else if any(PathState::Interrupted)
            || participants.iter().all(|participant| participant.reconnecting)
        {
            Status::Reconnecting
        } else {
            Status::Connecting
        }
    }

    fn on_command(&mut self, now: Millis, command: Command) {
        let mut ctx = self.shared.context(now, self.signaling.is_seated());
        match command {
            Command::Join { room, name } => {
                if self.signaling.join(&mut ctx, room, name) {
                    self.devices.wake(&mut ctx);
                }
            }
            Command::AwaitConsent => self.devices.await_consent(),
            Command::Leave => self.leave(now, VisitEnd::Left),
            Command::SwitchOnBoth => self.devices.switch_on_both(&mut ctx),
            Command::Switch { kind, on } => self.devices.switch(&mut ctx, kind, on),
            Command::ShareScreen if self.signaling.is_visiting() => self.screen.share(&mut ctx),
            Command::ShareScreen => {}
            Command::StopSharing => self.stop_sharing(now),
            Command::SmoothScreen(smooth) => {
                if self.screen.set_smooth(&mut ctx, smooth) {
                    self.connections.smooth_screen(&mut ctx, smooth);
                }
            }
            Command::SharingInterrupted => self.screen.was_interrupted(&mut ctx),
            Command::DismissScreenNotice => self.screen.dismiss(),
            Command::Lock(locked) => ctx.send(ClientMsg::Lock { locked }),
            Command::RaiseHand(raised) => self.together.raise_hand(&mut ctx, raised),
            Command::React(reaction) => ctx.send(ClientMsg::React { reaction }),
            Command::Choose { kind, id } => self.devices.choose(&mut ctx, kind, id),
            Command::Show(shown) => self.connections.show(&mut ctx, shown),
            Command::ProcessSound(sound) => {
                self.devices.process_sound(&mut ctx, sound);
                self.connections.send_original_sound(&mut ctx, sound.original);
            }
            Command::SaveData(saver) => self.connections.save(&mut ctx, saver),
            Command::LimitEncoding(overuse) => self.connections.limit_encoding(&mut ctx, overuse),
        }
    }

    /// Ends the visit, and gives the devices back until the next.
    fn leave(&mut self, now: Millis, end: VisitEnd) {
        let mut ctx = self.shared.context(now, self.signaling.is_seated());
        if self.signaling.leave(&mut ctx, end) {
            self.clear_room(now);
            self.screen.dismiss();
        }
    }

    /// There is no seat any more.
    fn clear_room(&mut self, now: Millis) {
        let mut ctx = self.shared.context(now, self.signaling.is_seated());
        self.roster.clear(&mut ctx, &mut self.connections);
        self.together.clear(&mut ctx);
        self.devices.rest(&mut ctx);
        self.stop_sharing(now);
    }

    fn on_refused(&mut self, now: Millis, refusal: Refusal) {
        let mut ctx = self.shared.context(now, self.signaling.is_seated());
        if let Some(end) = self.signaling.on_refused(&mut ctx, refusal) {
            self.leave(now, end);
        } else if self.signaling.refusal().is_some() {
            self.clear_room(now);
        }
    }

    fn stop_sharing(&mut self, now: Millis) {
        let mut ctx = self.shared.context(now, self.signaling.is_seated());
        if self.screen.stop(&mut ctx) {
            self.connections.share_screen(&mut ctx, false);
        }
    }

    fn on_socket(&mut self, now: Millis, event: SocketEvent) {
        if !self.signaling.is_visiting() {
            return;
        }
        let mut ctx = self.shared.context(now, self.signaling.is_seated());
        match event {
            SocketEvent::Opened => {
                self.signaling.request_seat(&mut ctx, published(&self.devices, &self.screen));
            }
            SocketEvent::JoinedEarly => {
                self.signaling.joined_early(&mut ctx, published(&self.devices, &self.screen));
            }
            SocketEvent::Message(message) => {
                self.signaling.socket.received(&mut ctx);
                self.on_message(now, message);
                if self.signaling.is_seated() {
                    let mut ctx = self.shared.context(now, true);
                    self.roster.remove_missing(&mut ctx, &mut self.connections);
                }
            }
            SocketEvent::Closed(code) => {
                if let Some(end) = self.signaling.on_closed(&mut ctx, code) {
                    self.leave(now, end);
                }
            }
            SocketEvent::OriginRefused => self.leave(now, VisitEnd::Failed(Failure::Origin)),
        }
    }

    fn on_network(&mut self, now: Millis, network: Network) {
        let mut ctx = self.shared.context(now, self.signaling.is_seated());
        match network {
            Network::Offline => self.signaling.socket.went_offline(),
            Network::Visible => {
                self.signaling.socket.retry_now(&mut ctx);
                // The browser has given it up while the page was hidden.
                if self.keeps_screen_on {
                    ctx.emit(Effect::KeepScreenOn { on: true });
                }
            }
            Network::Online | Network::Changed => {
                self.signaling.socket.renew(&mut ctx);
                self.connections.network_changed(&mut ctx);
            }
        }
    }

    fn on_timer(&mut self, now: Millis, timer: Timer) {
        let mut ctx = self.shared.context(now, self.signaling.is_seated());
        match timer {
            Timer::Socket => self.signaling.socket.on_timer(&mut ctx),
            Timer::Reactions => self.together.on_timer(&mut ctx),
            Timer::KeepSeat(peer) => self.roster.keep_seat(&mut ctx, &self.connections, peer),
            Timer::Connection(peer, timer) => self.connections.on_timer(&mut ctx, peer, timer),
        }
    }
}

/// What the others are told.
fn published(devices: &Devices, screen: &Screen) -> MediaState {
    let shared = screen.shared();
    MediaState {
        screen: shared.is_some(),
        screen_audio: shared.is_some_and(|grant| grant.with_sound),
        ..devices.media()
    }
}

#[cfg(test)]
mod tests;
