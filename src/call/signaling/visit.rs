//! A stay in a room: joining it, keeping the seat, and how it ends.
//!
//! The part of [`Call`] that [`crate::call`] calls for what concerns the room as a whole; who else is in it is the roster's.

use super::socket::JoinRequest;
use crate::{
    call::{Call, effect::Effect, view::Failure},
    protocol::{
        ClientMsg, DisplayName, ErrorCode, MediaState, PeerId, ResumeMode, ResumeToken, RoomName, ServerMsg,
        VisitId,
    },
    sansio::Millis,
};

/// A stay in a room, from pressing *join* to leaving.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) room: RoomName,
    pub(crate) name: Option<DisplayName>,
    /// The shell has looked whether this tab had a seat before it was loaded.
    pub(crate) claimed: bool,
    /// By it the server knows a join again whose answer was lost.
    pub(crate) id: Option<VisitId>,
    pub(crate) token: Option<(ResumeToken, ResumeMode)>,
    pub(crate) seat: Option<Seat>,
    pub(crate) told: MediaState,
}

#[derive(Debug)]
pub(crate) struct Seat {
    pub(crate) me: PeerId,
    pub(crate) capacity: u32,
}

/// How a visit ended.
#[derive(Debug, Clone, Copy)]
pub(crate) enum VisitEnd {
    Left,
    Full { capacity: u32 },
    Failed(Failure),
}

impl Call {
    pub(crate) fn join(&mut self, now: Millis, room: RoomName, name: Option<DisplayName>) {
        if self.visit.is_some() {
            return;
        }
        self.end = None;
        let mut ctx = self.shared.context(now, false);
        self.devices.wake(&mut ctx);
        ctx.emit(Effect::ClaimSeat { room: room.clone() });
        self.socket.open(&mut ctx);
        let own_seat = self.unreleased.take().filter(|(left, _)| *left == room);
        self.visit = Some(Visit {
            room,
            name,
            claimed: false,
            id: None,
            token: own_seat.map(|(_, token)| (token, ResumeMode::Takeover)),
            seat: None,
            told: MediaState::default(),
        });
    }

    /// Ends the visit, and gives the devices back until the next.
    pub(crate) fn leave(&mut self, now: Millis, end: VisitEnd) {
        let Some(visit) = self.visit.take() else { return };
        let mut ctx = self.shared.context(now, false);
        if self.socket.has_asked() {
            ctx.emit(Effect::Send(ClientMsg::Leave));
        } else if let (Some(_), Some((token, _))) = (visit.seat, visit.token) {
            self.unreleased = Some((visit.room.clone(), token));
        }
        self.roster.clear(&mut ctx);
        self.socket.stop(&mut ctx);
        ctx.emit(Effect::ForgetSeat { room: visit.room });
        self.devices.rest(&mut ctx);
        self.end = Some(end);
    }

    pub(crate) fn on_seat_claimed(&mut self, now: Millis, token: Option<ResumeToken>, id: Option<VisitId>) {
        let Some(visit) = &mut self.visit else { return };
        visit.claimed = true;
        visit.id = visit.id.or(id);
        if visit.token.is_none() {
            visit.token = token.map(|token| (token, ResumeMode::Takeover));
        }
        if self.socket.is_open() {
            self.ask_for_seat(now);
        }
    }

    pub(crate) fn ask_for_seat(&mut self, now: Millis) {
        let media = self.devices.media();
        let request = self.visit.as_mut().filter(|visit| visit.claimed).map(|visit| {
            visit.told = media;
            JoinRequest {
                room: visit.room.clone(),
                name: visit.name.clone(),
                resume: visit.token.clone(),
                media,
                visit: visit.id,
            }
        });
        self.socket.join(&mut self.shared.context(now, false), request);
    }

    pub(crate) fn on_joined(&mut self, now: Millis, joined: ServerMsg) {
        let ServerMsg::Joined { room, you, peers, ice_servers, resume_token, capacity, complete } = joined
        else {
            return;
        };
        let Some(visit) = &mut self.visit else { return };
        let same_seat = visit.seat.as_ref().is_some_and(|seat| seat.me == you);
        visit.token = Some((resume_token.clone(), ResumeMode::Reconnect));
        visit.seat = Some(Seat { me: you, capacity });
        self.socket.seated(now);
        let (mut ctx, roster) = self.parts(now);
        ctx.emit(Effect::StoreSeat { room, token: resume_token });
        ctx.emit(Effect::UseIceServers(ice_servers));
        if same_seat {
            roster.reconcile(&mut ctx, you, peers, complete);
        } else {
            roster.meet_all(&mut ctx, you, peers);
        }
    }

    pub(crate) fn on_full(&mut self, now: Millis, capacity: u32) {
        let seat_kept_ms = self.roster.resume_window_ms;
        let has_token = self.visit.as_ref().is_some_and(|visit| visit.token.is_some());
        if self.socket.full(&mut self.shared.context(now, false), seat_kept_ms, has_token) {
            self.leave(now, VisitEnd::Full { capacity });
        }
    }

    pub(crate) fn on_error(&mut self, now: Millis, code: ErrorCode) {
        let joining = self.visit.as_ref().is_some_and(|visit| visit.seat.is_none());
        let failure = match code {
            ErrorCode::BadRoom => Failure::BadRoom,
            ErrorCode::BadName => Failure::BadName,
            ErrorCode::UnsupportedVersion => Failure::UnsupportedVersion,
            ErrorCode::BadMessage | ErrorCode::UnknownType | ErrorCode::HelloFirst | ErrorCode::Unknown
                if joining =>
            {
                Failure::Refused
            }
            // In a call these concern one message that came too late to matter; a socket that is closed for it
            // comes back by itself.
            ErrorCode::BadMessage
            | ErrorCode::UnknownType
            | ErrorCode::HelloFirst
            | ErrorCode::AlreadyJoined
            | ErrorCode::NotJoined
            | ErrorCode::NoSuchPeer
            | ErrorCode::RateLimited
            | ErrorCode::Unknown => return,
        };
        self.leave(now, VisitEnd::Failed(failure));
    }

    /// Tells the room when microphone or camera went on or off.
    pub(crate) fn tell_media(&mut self) {
        let media = self.devices.media();
        let seated = self.socket.is_seated();
        if let Some(visit) = self.visit.as_mut().filter(|visit| seated && visit.told != media) {
            visit.told = media;
            self.shared.effects.push_back(Effect::Send(ClientMsg::SetMedia { media }));
        }
    }
}
