//! Messages of the server, each handed to the part of the call that it concerns.

use super::{
    Call,
    effect::Effect,
    signaling::{OwnSeat, Refusal},
};
use crate::{
    protocol::{ClientMsg, ErrorCode, ServerMsg},
    sansio::Millis,
};

impl Call {
    pub(super) fn on_message(&mut self, now: Millis, message: ServerMsg) {
        let me = self.signaling.seat().map(|seat| seat.me);
        let mut ctx = self.shared.context(now, self.signaling.is_seated());
        let (roster, connections) = (&mut self.roster, &mut self.connections);
        match (message, me) {
            (ServerMsg::Welcome { heartbeat_ms, resume_window_ms, features, .. }, _) => {
                self.together.welcomed(&features);
                self.signaling.socket.welcomed(heartbeat_ms);
                self.shared.resume_window_ms = resume_window_ms;
            }
            (ServerMsg::ServerRestarting { retry_after_ms }, _) => {
                self.signaling.socket.on_restarting(&mut ctx, retry_after_ms);
            }
            (ServerMsg::Heartbeat, _) => ctx.emit(Effect::Send(ClientMsg::Heartbeat)),
            (
                ServerMsg::Joined {
                    room,
                    you,
                    peers,
                    ice_servers,
                    resume_token,
                    capacity,
                    complete,
                    locked,
                    hand,
                },
                _,
            ) => {
                let seat = OwnSeat { me: you, capacity };
                let same_seat = self.signaling.on_joined(&mut ctx, room, seat, resume_token);
                ctx.seated = true;
                self.together.joined(&mut ctx, locked, hand);
                self.ice_servers_refused = false;
                ctx.emit(Effect::UseIceServers(ice_servers));
                self.devices.wake(&mut ctx);
                if same_seat {
                    roster.reconcile(&mut ctx, connections, you, peers, complete);
                } else {
                    roster.meet_all(&mut ctx, connections, you, peers);
                }
            }
            (ServerMsg::Full { capacity, .. }, _) => self.on_refused(now, Refusal::Full { capacity }),
            (ServerMsg::Error { code: ErrorCode::RoomLocked, .. }, _) => {
                self.on_refused(now, Refusal::Locked);
            }
            (ServerMsg::Error { code: ErrorCode::RateLimited, .. }, None) => {
                self.signaling.socket.come_later(&mut ctx);
            }
            (ServerMsg::Error { code: ErrorCode::RateLimited, .. }, Some(_)) if ctx.seated => {
                self.together.refused();
            }
            (ServerMsg::Error { code, .. }, _) => {
                if let Some(end) = self.signaling.on_error(code) {
                    self.leave(now, end);
                }
            }
            (ServerMsg::IceServers { ice_servers }, Some(_)) => {
                self.ice_servers_refused = false;
                ctx.emit(Effect::UseIceServers(ice_servers));
            }
            (ServerMsg::PeerJoined { peer, replaces }, Some(me)) => {
                roster.joined(&mut ctx, connections, me, peer, replaces);
            }
            (ServerMsg::PeerLeft { peer, .. }, Some(_)) => roster.left(&mut ctx, connections, peer),
            (ServerMsg::PeerReconnecting { peer }, Some(_)) => {
                roster.set_reconnecting(&mut ctx, connections, peer, true);
            }
            (ServerMsg::PeerBack { peer }, Some(_)) => {
                roster.set_reconnecting(&mut ctx, connections, peer, false);
            }
            (ServerMsg::MediaChanged { peer, media }, Some(_)) => roster.set_media(peer, media),
            (ServerMsg::Locked { locked, by, resume_token }, Some(_)) => {
                self.signaling.on_token(&mut ctx, resume_token);
                self.together.locked(locked, by);
            }
            (ServerMsg::HandRaised { peer, hand }, Some(me)) if peer == me => self.together.hand_raised(hand),
            (ServerMsg::HandRaised { peer, hand }, Some(_)) => roster.set_hand(peer, hand),
            (ServerMsg::Reaction { peer, reaction }, Some(_)) => {
                self.together.reacted(&mut ctx, peer, reaction);
            }
            (ServerMsg::Signal { from, signal }, Some(_)) => connections.on_signal(&mut ctx, from, signal),
            // About a room in which this client has no seat.
            (
                ServerMsg::IceServers { .. }
                | ServerMsg::PeerJoined { .. }
                | ServerMsg::PeerLeft { .. }
                | ServerMsg::PeerReconnecting { .. }
                | ServerMsg::PeerBack { .. }
                | ServerMsg::MediaChanged { .. }
                | ServerMsg::Locked { .. }
                | ServerMsg::HandRaised { .. }
                | ServerMsg::Reaction { .. }
                | ServerMsg::Signal { .. },
                None,
            ) => {}
        }
    }
}
