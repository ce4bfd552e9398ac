//! Everybody else in the room, and the connection to each.
//!
//! The server keeps the seat of a lost socket for the resume window only. But a peer whom this client still sees and
//! hears is there, however long they may be without signaling: so it asks for their seat again and again.

use crate::{
    call::{
        connection::negotiation::Connection,
        context::Context,
        view::{ParticipantView, PathState},
    },
    protocol::{ClientMsg, PeerId, PeerInfo},
    sansio::Millis,
};

/// How often in a resume window it is asked to keep a seat: so often that one that was asked for by somebody whose socket
/// then dies is still kept when the server misses that one, two heartbeats later.
const KEEPS_PER_WINDOW: u64 = 5;

/// The others, in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    members: Vec<Member>,
    left_by: Option<ParticipantView>,
    /// How long the server keeps the seat of a lost socket. Unit: millisecond.
    pub(crate) resume_window_ms: u64,
}

#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) info: PeerInfo,
    pub(crate) connection: Connection,
    /// Not in the snapshot of a server that has just started: may still return until then.
    missing_until: Option<Millis>,
    /// When to ask next that the seat be kept, while they are without a socket.
    keep_due: Option<Millis>,
}

impl Roster {
    pub(crate) fn get_mut(&mut self, peer: PeerId) -> Option<&mut Member> {
        self.members.iter_mut().find(|member| member.info.id == peer)
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Member> {
        self.members.iter_mut()
    }

    /// A first snapshot: everybody was here before, so everybody will offer.
    pub(crate) fn meet_all(&mut self, ctx: &mut Context<'_>, me: PeerId, peers: Vec<PeerInfo>) {
        self.clear(ctx);
        for info in peers {
            self.add(ctx, me, info, false);
        }
    }

    /// A snapshot after a gap in signaling, on the same seat. Who is unknown came after us, so we offer; who is not
    /// in it is gone, or, if the server has just started, may still return within the resume window.
    pub(crate) fn reconcile(
        &mut self,
        ctx: &mut Context<'_>,
        me: PeerId,
        peers: Vec<PeerInfo>,
        complete: bool,
    ) {
        let (window_ms, keep_due) = (self.resume_window_ms, self.next_keep(ctx.now));
        let gone = |member: &Member| !peers.iter().any(|info| info.id == member.info.id);
        if complete {
            for member in self.members.extract_if(.., |member| gone(member)) {
                member.connection.close(ctx);
            }
        } else {
            for member in self.members.iter_mut().filter(|member| gone(member)) {
                member.missing_until = Some(ctx.now + window_ms);
                member.keep_due.get_or_insert(keep_due);
                member.connection.recovery.peer_is_away();
            }
        }
        for info in peers {
            self.arrived(ctx, me, info, None);
        }
    }

    /// Somebody took a seat, or was on it all the time.
    pub(crate) fn arrived(
        &mut self,
        ctx: &mut Context<'_>,
        me: PeerId,
        info: PeerInfo,
        replaces: Option<PeerId>,
    ) {
        if let Some(old) = replaces {
            self.left(ctx, old);
        }
        let Some(member) = self.get_mut(info.id) else {
            return self.add(ctx, me, info, true);
        };
        let peer = info.id;
        let away = info.reconnecting;
        member.missing_until = None;
        member.info = info;
        self.reconnecting(ctx, peer, away);
    }

    /// Somebody's socket is lost, or found again.
    pub(crate) fn reconnecting(&mut self, ctx: &mut Context<'_>, peer: PeerId, reconnecting: bool) {
        let keep_due = self.next_keep(ctx.now);
        let Some(member) = self.get_mut(peer) else { return };
        member.info.reconnecting = reconnecting;
        if reconnecting {
            member.keep_due.get_or_insert(keep_due);
            member.connection.recovery.peer_is_away();
        } else {
            member.missing_until = None;
            member.keep_due = None;
            member.connection.repair(ctx);
        }
    }

    pub(crate) fn left(&mut self, ctx: &mut Context<'_>, peer: PeerId) {
        for member in self.members.extract_if(.., |member| member.info.id == peer) {
            self.left_by = Some(member.view());
            member.connection.close(ctx);
        }
    }

    pub(crate) fn clear(&mut self, ctx: &mut Context<'_>) {
        self.left_by = None;
        for member in self.members.drain(..) {
            member.connection.close(ctx);
        }
    }

    /// Who has not come back to a restarted server in time is gone: as far as the server has just been heard, for a socket
    /// that is dead in silence may have kept their return to itself.
    pub(crate) fn give_up_missing(&mut self, ctx: &mut Context<'_>) {
        let now = ctx.now;
        let given_up = |member: &mut Member| member.missing_until.is_some_and(|at| at <= now);
        for member in self.members.extract_if(.., given_up) {
            member.connection.close(ctx);
        }
    }

    pub(crate) fn on_tick(&mut self, ctx: &mut Context<'_>) {
        let (window_ms, keep_due) = (self.resume_window_ms, self.next_keep(ctx.now));
        for member in &mut self.members {
            member.connection.on_tick(ctx);
            if ctx.seated && member.keep_due.is_some_and(|at| at <= ctx.now) {
                member.keep_due = Some(keep_due);
                member.keep_seat(ctx, window_ms);
            }
        }
    }

    /// Pairs can be helped, and seats kept, only while there is signaling.
    pub(crate) fn next_deadline(&self, seated: bool) -> Option<Millis> {
        let of_member = |member: &Member| [member.keep_due, member.connection.recovery.next_deadline()];
        self.members.iter().flat_map(of_member).flatten().filter(|_| seated).min()
    }

    fn next_keep(&self, now: Millis) -> Millis {
        now + (self.resume_window_ms / KEEPS_PER_WINDOW).max(1)
    }

    pub(crate) fn view(&self) -> Vec<ParticipantView> {
        self.members.iter().map(Member::view).collect()
    }

    /// Who left last, while nobody else is there.
    pub(crate) fn left_by(&self) -> Option<ParticipantView> {
        self.left_by.clone().filter(|_| self.members.is_empty())
    }

    fn add(&mut self, ctx: &mut Context<'_>, me: PeerId, info: PeerInfo, offering: bool) {
        if info.id == me {
            return;
        }
        let mut connection = Connection::open(ctx, me, info.id, offering);
        if info.reconnecting {
            connection.recovery.peer_is_away();
        }
        let keep_due = info.reconnecting.then(|| self.next_keep(ctx.now));
        self.members.push(Member { info, connection, missing_until: None, keep_due });
    }
}

impl Member {
    fn view(&self) -> ParticipantView {
        ParticipantView {
            id: self.info.id,
            name: self.info.name.clone(),
            media: self.info.media,
            reconnecting: self.info.reconnecting || self.missing_until.is_some(),
            path: self.connection.path(),
        }
    }

    /// They are there as long as media flows.
    fn keep_seat(&mut self, ctx: &mut Context<'_>, window_ms: u64) {
        if self.connection.path() == PathState::Connected {
            ctx.send(ClientMsg::KeepSeat { peer: self.info.id });
            if let Some(until) = &mut self.missing_until {
                *until = ctx.now + window_ms;
            }
        }
    }
}
