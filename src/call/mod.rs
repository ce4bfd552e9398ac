//! The client core: one call, from the lobby to hanging up, without a browser.
//!
//! [`crate::browser`] owns a [`Call`], feeds it what the person, the socket, the peer connections and the devices
//! say, and does what it asks. Parts, each with its own rules:
//! - `signaling`: the socket, and the stay in a room from joining to its end;
//! - `people`: who is in the room;
//! - `connection`: negotiation with each of them, and recovery;
//! - `devices`: microphone and camera.
//!
//! Media does not depend on the socket: while signaling is away, connections to peers stay as they are.

mod connection;
mod context;
mod devices;
mod effect;
mod input;
mod people;
mod signaling;
mod view;

use context::{Context, Shared};
use devices::Devices;
pub use effect::{ConnectionId, DeviceRequest, Effect, OpId, Operation};
pub use input::{
    Command, ConnectionEvent, ConnectionState, DeviceGrant, Input, JsError, Network, Outcome, SocketEvent,
};
use people::roster::Roster;
use signaling::{
    socket::Socket,
    visit::{Visit, VisitEnd},
};
pub use view::{
    CallView, DeviceKind, DeviceState, DeviceView, Failure, InputDevice, MediaProblem, ParticipantView,
    PathState, Status, Trouble,
};

use crate::{
    protocol::{ClientMsg, MediaState, PeerId, ResumeToken, RoomName, ServerMsg},
    sansio::Millis,
};

/// One person's side of a call.
#[derive(Debug)]
pub struct Call {
    shared: Shared,
    socket: Socket,
    roster: Roster,
    devices: Devices,
    /// The room the person is in or on the way to.
    visit: Option<Visit>,
    /// A seat that was left while the server could not be told: whoever comes back to the room finds it taken by themselves.
    unreleased: Option<(RoomName, ResumeToken)>,
    end: Option<VisitEnd>,
}

impl Call {
    /// A call in the lobby. `seed` is for jitter only, and need not be secret.
    pub fn new(seed: u64) -> Self {
        Self {
            shared: Shared::new(seed),
            socket: Socket::default(),
            roster: Roster::default(),
            devices: Devices::default(),
            visit: None,
            unreleased: None,
            end: None,
        }
    }

    /// Takes in what happened.
    pub fn handle_input(&mut self, now: Millis, input: Input) {
        match input {
            Input::Command(command) => self.on_command(now, command),
            Input::SeatClaimed { token, visit } => self.on_seat_claimed(now, token, visit),
            Input::Socket(event) => self.on_socket(now, event),
            Input::Connection { peer, connection, event: ConnectionEvent::Stalled } => {
                self.on_stalled(now, peer, connection);
            }
            Input::Connection { peer, connection, event } => {
                let (mut ctx, roster) = self.parts(now);
                if let Some(member) = roster.get_mut(peer) {
                    member.connection.on_event(&mut ctx, connection, event);
                }
            }
            Input::OpDone { op, result } => {
                let (mut ctx, roster) = self.parts(now);
                let _ = roster.iter_mut().any(|member| member.connection.on_done(&mut ctx, op, &result));
            }
            Input::DevicesAnswered { op, result } => {
                let mut ctx = self.shared.context(now, false);
                self.devices.on_answer(&mut ctx, op, result);
            }
            Input::DeviceEnded { kind } => {
                self.devices.on_ended(&mut self.shared.context(now, false), kind);
            }
            Input::DevicePaused { kind, paused } => self.devices.on_paused(kind, paused),
            Input::InputsListed(inputs) => {
                self.devices.on_inputs(&mut self.shared.context(now, false), inputs);
            }
            Input::Network(network) => self.on_network(now, network),
            Input::Tick => {
                self.socket.on_tick(&mut self.shared.context(now, false));
                let (mut ctx, roster) = self.parts(now);
                roster.on_tick(&mut ctx);
            }
        }
        self.tell_media();
    }

    /// What to do next; ask until `None` after every input.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.shared.effects.pop_front()
    }

    /// When to come back with [`Input::Tick`].
    pub fn poll_timeout(&self) -> Option<Millis> {
        let pairs = self.roster.next_deadline(self.socket.is_seated());
        [self.socket.next_deadline(), pairs].into_iter().flatten().min()
    }

    /// What the page shows.
    pub fn view(&self) -> CallView {
        let seat = self.visit.as_ref().and_then(|visit| visit.seat.as_ref());
        let mut view = CallView {
            status: self.status(),
            trouble: self.socket.trouble(),
            room: self.visit.as_ref().map(|visit| visit.room.clone()),
            me: seat.map(|seat| seat.me),
            capacity: seat.map(|seat| seat.capacity),
            participants: self.roster.view(),
            left_by: self.roster.left_by(),
            ..CallView::default()
        };
        match self.end {
            Some(VisitEnd::Failed(failure)) => view.failure = Some(failure),
            Some(VisitEnd::Full { capacity }) => view.capacity = Some(capacity),
            Some(VisitEnd::Left) | None => {}
        }
        self.devices.show(&mut view);
        view
    }

    fn status(&self) -> Status {
        match (&self.end, &self.visit) {
            (Some(VisitEnd::Left), _) => return Status::Left,
            (Some(VisitEnd::Full { .. }), _) => return Status::Full,
            (Some(VisitEnd::Failed(_)), _) => return Status::Error,
            (None, None) => return Status::Lobby,
            (None, Some(visit)) if visit.seat.is_none() => return Status::Connecting,
            (None, Some(_)) if !self.socket.is_seated() => return Status::Reconnecting,
            (None, Some(_)) => {}
        }
        let participants = self.roster.view();
        let any = |path| participants.iter().any(|one| one.path == path);
        if participants.is_empty() {
            Status::Waiting
        } else if any(PathState::Connected) {
            Status::Connected
        } else if any(PathState::Interrupted) || participants.iter().all(|one| one.reconnecting) {
            Status::Reconnecting
        } else {
            Status::Connecting
        }
    }

    fn on_command(&mut self, now: Millis, command: Command) {
        let mut ctx = self.shared.context(now, false);
        match command {
            Command::Join { room, name } => self.join(now, room, name),
            Command::Leave => self.leave(now, VisitEnd::Left),
            Command::SwitchOnBoth => self.devices.switch_on_both(&mut ctx),
            Command::Switch { kind, on } => self.devices.switch(&mut ctx, kind, on),
            Command::Choose { kind, id } => self.devices.choose(&mut ctx, kind, id),
        }
    }

    fn on_socket(&mut self, now: Millis, event: SocketEvent) {
        if self.visit.is_none() {
            return;
        }
        match event {
            SocketEvent::Opened => self.ask_for_seat(now),
            SocketEvent::Message(message) => {
                self.socket.heard(now);
                self.on_message(now, message);
                let (mut ctx, roster) = self.parts(now);
                if ctx.seated {
                    roster.give_up_missing(&mut ctx);
                }
            }
            SocketEvent::Closed(code) => {
                let failure = self.socket.closed(&mut self.shared.context(now, false), code);
                if let Some(failure) = failure {
                    self.leave(now, VisitEnd::Failed(failure));
                }
            }
        }
    }

    fn on_message(&mut self, now: Millis, message: ServerMsg) {
        let me = self.visit.as_ref().and_then(|visit| visit.seat.as_ref()).map(|seat| seat.me);
        let (mut ctx, roster) = self.parts(now);
        match (message, me) {
            (ServerMsg::Welcome { heartbeat_ms, resume_window_ms, .. }, _) => {
                self.socket.welcomed(heartbeat_ms);
                self.roster.resume_window_ms = resume_window_ms;
            }
            (ServerMsg::ServerRestarting { retry_after_ms }, _) => {
                self.socket.sit_out_restart(&mut self.shared.context(now, false), retry_after_ms);
            }
            (ServerMsg::Heartbeat, _) => ctx.emit(Effect::Send(ClientMsg::Heartbeat)),
            (joined @ ServerMsg::Joined { .. }, _) => self.on_joined(now, joined),
            (ServerMsg::Full { capacity, .. }, _) => self.on_full(now, capacity),
            (ServerMsg::Error { code, .. }, _) => self.on_error(now, code),
            (ServerMsg::IceServers { ice_servers }, Some(_)) => ctx.emit(Effect::UseIceServers(ice_servers)),
            (ServerMsg::PeerJoined { peer, replaces }, Some(me)) => {
                roster.arrived(&mut ctx, me, peer, replaces);
            }
            (ServerMsg::PeerLeft { peer, .. }, Some(_)) => roster.left(&mut ctx, peer),
            (ServerMsg::PeerReconnecting { peer }, Some(_)) => roster.reconnecting(&mut ctx, peer, true),
            (ServerMsg::PeerBack { peer }, Some(_)) => roster.reconnecting(&mut ctx, peer, false),
            (ServerMsg::MediaChanged { peer, media }, Some(_)) => {
                if let Some(member) = roster.get_mut(peer) {
                    member.info.media = media;
                }
            }
            (ServerMsg::Signal { from, signal }, Some(_)) => {
                if let Some(member) = roster.get_mut(from) {
                    member.connection.on_signal(&mut ctx, signal);
                }
            }
            // Facts about a room this client has no seat in.
            (
                ServerMsg::IceServers { .. }
                | ServerMsg::PeerJoined { .. }
                | ServerMsg::PeerLeft { .. }
                | ServerMsg::PeerReconnecting { .. }
                | ServerMsg::PeerBack { .. }
                | ServerMsg::MediaChanged { .. }
                | ServerMsg::Signal { .. },
                None,
            ) => {}
        }
    }

    /// Whose network has changed, if one has? If this device's, then its socket is as dead as the connection.
    fn on_stalled(&mut self, now: Millis, peer: PeerId, connection: ConnectionId) {
        let alarming = self.roster.get_mut(peer).is_some_and(|member| {
            let sends = member.info.media != MediaState::default();
            sends && member.connection.on_stalled(now, connection)
        });
        if alarming {
            self.socket.doubt(&mut self.shared.context(now, false));
        }
    }

    fn on_network(&mut self, now: Millis, network: Network) {
        match network {
            Network::Offline => self.socket.went_offline(),
            Network::Visible => self.socket.hurry(&mut self.shared.context(now, false)),
            Network::Online | Network::Changed => {
                self.socket.renew(&mut self.shared.context(now, false));
                for member in self.roster.iter_mut() {
                    member.connection.recovery.network_changed(now);
                }
            }
        }
    }

    fn parts(&mut self, now: Millis) -> (Context<'_>, &mut Roster) {
        (self.shared.context(now, self.socket.is_seated()), &mut self.roster)
    }
}

#[cfg(test)]
mod tests;
