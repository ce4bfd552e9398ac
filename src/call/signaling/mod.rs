//! Signaling: the socket, and the stay in a room from joining to its end. Who else is in the room is the
//! roster's.

mod arrival;
mod socket;
mod visit;

pub use arrival::{Arrival, ArrivalPlan, follows_page};
use socket::{JoinRequest, RefusedJoin, Socket};
pub use socket::{first_join, hello};
use visit::Visit;
pub(crate) use visit::{OwnSeat, Refusal, VisitEnd};

use super::{context::Context, effect::Effect};
use crate::protocol::{
    ClientMsg, CloseCode, DisplayName, ErrorCode, MediaState, ResumeMode, ResumeToken, RoomName, VisitId,
};

/// The way to the server, and what it is used for.
#[derive(Debug, Default)]
pub(crate) struct Signaling {
    pub(crate) socket: Socket,
    /// The room the person is in or on the way to.
    visit: Option<Visit>,
    /// A seat that was left while the server could not be told: a return to the room would find it taken.
    unreleased: Option<(RoomName, ResumeToken)>,
    end: Option<VisitEnd>,
}

impl Signaling {
    /// Begins a visit. Returns false if there is one already. One that waits for a seat asks for it at once.
    pub(crate) fn join(&mut self, ctx: &mut Context<'_>, room: RoomName, name: Option<DisplayName>) -> bool {
        if self.visit.is_some() {
            if self.refusal().is_some() {
                self.socket.retry_now(ctx);
            }
            return false;
        }
        self.end = None;
        ctx.emit(Effect::ClaimSeat { room: room.clone() });
        self.socket.open(ctx);
        let own_seat = self.unreleased.take().filter(|(left, _)| *left == room);
        self.visit = Some(Visit {
            room,
            name,
            claimed: false,
            id: None,
            token: own_seat.map(|(_, token)| (token, ResumeMode::Takeover)),
            seat: None,
            refusal: None,
            sent: MediaState::default(),
        });
        true
    }

    /// Ends the visit. Returns false if there is none.
    pub(crate) fn leave(&mut self, ctx: &mut Context<'_>, end: VisitEnd) -> bool {
        let Some(visit) = self.visit.take() else { return false };
        if self.socket.may_have_seat() {
            ctx.emit(Effect::Send(ClientMsg::Leave));
        } else if let (Some(_), Some((token, _))) = (visit.seat, visit.token) {
            self.unreleased = Some((visit.room.clone(), token));
        }
        self.socket.stop(ctx);
        ctx.emit(Effect::ForgetSeat { room: visit.room });
        self.end = Some(end);
        true
    }

    pub(crate) fn on_seat_claimed(
        &mut self,
        ctx: &mut Context<'_>,
        token: Option<ResumeToken>,
        id: Option<VisitId>,
        media: MediaState,
    ) {
        let Some(visit) = &mut self.visit else { return };
        visit.claimed = true;
        visit.id = visit.id.or(id);
        if visit.token.is_none() {
            visit.token = token.map(|token| (token, ResumeMode::Takeover));
        }
        if self.socket.is_open() {
            self.request_seat(ctx, media);
        }
    }

    /// The socket is open: asks for a seat as soon as it is known whether this tab has one.
    pub(crate) fn request_seat(&mut self, ctx: &mut Context<'_>, media: MediaState) {
        let request = self.visit.as_mut().filter(|visit| visit.claimed).map(|visit| {
            visit.sent = media;
            JoinRequest {
                room: visit.room.clone(),
                name: visit.name.clone(),
                resume: visit.token.clone(),
                media,
                visit: visit.id,
            }
        });
        self.socket.join(ctx, request);
    }

    /// The socket is open, and over it the page has joined before the client was there. If this tab turns out
    /// to have a seat the client says what it would have said.
    pub(crate) fn joined_early(&mut self, ctx: &mut Context<'_>, media: MediaState) {
        match &mut self.visit {
            Some(visit) if visit.claimed && visit.token.is_none() => {
                visit.sent = MediaState::default();
                self.socket.joined_early(ctx);
            }
            Some(_) | None => self.request_seat(ctx, media),
        }
    }

    /// There is a seat. Returns whether it is the same as before.
    pub(crate) fn on_joined(
        &mut self,
        ctx: &mut Context<'_>,
        room: RoomName,
        seat: OwnSeat,
        token: ResumeToken,
    ) -> bool {
        let Some(visit) = &mut self.visit else { return false };
        let same_seat = visit.seat.is_some_and(|known| known.me == seat.me);
        visit.token = Some((token.clone(), ResumeMode::Reconnect));
        visit.seat = Some(seat);
        visit.refusal = None;
        self.socket.seated(ctx);
        ctx.emit(Effect::StoreSeat { room, token });
        same_seat
    }

    /// The same seat has a new token.
    pub(crate) fn on_token(&mut self, ctx: &mut Context<'_>, token: ResumeToken) {
        if let Some(visit) = &mut self.visit {
            visit.token = Some((token.clone(), ResumeMode::Reconnect));
            ctx.emit(Effect::StoreSeat { room: visit.room.clone(), token });
        }
    }

    /// There was no seat. Returns how that ends the visit, if it does. Otherwise see [`Self::refusal`].
    pub(crate) fn on_refused(&mut self, ctx: &mut Context<'_>, refusal: Refusal) -> Option<VisitEnd> {
        let visit = self.visit.as_mut()?;
        match self.socket.refused(ctx, visit.token.is_some()) {
            RefusedJoin::OwnSeat => None,
            RefusedJoin::Awaited => {
                visit.seat = None;
                visit.refusal = Some(refusal);
                None
            }
            RefusedJoin::GivenUp => Some(VisitEnd::Refused(refusal)),
        }
    }

    pub(crate) fn on_error(&self, code: ErrorCode) -> Option<VisitEnd> {
        let joining = self.visit.as_ref().is_some_and(|visit| visit.seat.is_none());
        VisitEnd::from_error(code, joining)
    }

    pub(crate) fn on_closed(&mut self, ctx: &mut Context<'_>, code: CloseCode) -> Option<VisitEnd> {
        self.socket.closed(ctx, code).map(VisitEnd::Failed)
    }

    /// Tells the room when microphone or camera went on or off.
    pub(crate) fn send_media(&mut self, ctx: &mut Context<'_>, media: MediaState) {
        let seated = self.socket.is_seated();
        if let Some(visit) = self.visit.as_mut().filter(|visit| seated && visit.sent != media) {
            visit.sent = media;
            ctx.emit(Effect::Send(ClientMsg::SetMedia { media }));
        }
    }

    pub(crate) fn is_visiting(&self) -> bool {
        self.visit.is_some()
    }

    pub(crate) fn is_seated(&self) -> bool {
        self.socket.is_seated()
    }

    pub(crate) fn room(&self) -> Option<&RoomName> {
        self.visit.as_ref().map(|visit| &visit.room)
    }

    /// The seat held or last held in this visit.
    pub(crate) fn seat(&self) -> Option<OwnSeat> {
        self.visit.as_ref()?.seat
    }

    /// Why there is no seat yet, while one is awaited.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        self.visit.as_ref()?.refusal
    }

    pub(crate) fn end(&self) -> Option<VisitEnd> {
        self.end
    }
}
