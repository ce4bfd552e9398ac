//! Everybody else in the room.
//!
//! The server keeps the seat of a lost socket for the resume window only. But a participant with whom media
//! still flows is there, however long they may be without signaling: so this client asks for their seat again
//! and again.

use crate::{
    call::{
        connection::Connections,
        context::{Context, Timer},
        view::{ParticipantView, PathState},
    },
    protocol::{ClientMsg, MediaState, PeerId, PeerInfo},
    sansio::Millis,
};

/// How often a seat is asked for in one resume window. Often enough that a seat asked for by a client whose
/// socket then dies is still kept when the server notices that, two heartbeats later.
const KEEPS_PER_WINDOW: u64 = 5;

/// The others, in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    participants: Vec<Participant>,
    left_by: Option<ParticipantView>,
}

/// Somebody with a seat. Their connection is apart: see [`Connections`].
#[derive(Debug)]
struct Participant {
    info: PeerInfo,
    /// Not in the snapshot of a server that has just started: may still return until then.
    missing_until: Option<Millis>,
}

impl Roster {
    /// A first snapshot: everybody was here before, so everybody will offer.
    pub(crate) fn meet_all(
        &mut self,
        ctx: &mut Context<'_>,
        connections: &mut Connections,
        me: PeerId,
        peers: Vec<PeerInfo>,
    ) {
        self.clear(ctx, connections);
        for info in peers {
            self.add(ctx, connections, me, info, false);
        }
    }

    /// A snapshot after a gap in signaling, on the same seat. Unknown participants came later, so this client
    /// offers. Participants missing in it are gone, or, if the server has just started, may return within the
    /// resume window.
    pub(crate) fn reconcile(
        &mut self,
        ctx: &mut Context<'_>,
        connections: &mut Connections,
        me: PeerId,
        peers: Vec<PeerInfo>,
        complete: bool,
    ) {
        // What fell due while there was no signaling is asked for at once.
        for participant in &self.participants {
            let timer = Timer::KeepSeat(participant.info.id);
            if ctx.timers().is_set(&timer) {
                ctx.set_timer(timer, 0);
            }
        }
        let missing = |participant: &Participant| !peers.iter().any(|info| info.id == participant.info.id);
        if complete {
            for participant in self.participants.extract_if(.., |participant| missing(participant)) {
                participant.remove(ctx, connections);
            }
        } else {
            for participant in self.participants.iter_mut().filter(|participant| missing(participant)) {
                participant.missing_until = Some(ctx.now + ctx.resume_window_ms());
                participant.set_away(ctx, connections);
            }
        }
        for info in peers {
            let replaces = info.replaces;
            self.joined(ctx, connections, me, info, replaces);
        }
    }

    /// Somebody took a seat, or was on it all the time.
    pub(crate) fn joined(
        &mut self,
        ctx: &mut Context<'_>,
        connections: &mut Connections,
        me: PeerId,
        info: PeerInfo,
        replaces: Option<PeerId>,
    ) {
        if let Some(old) = replaces {
            self.left(ctx, connections, old);
        }
        let Some(participant) = self.get(info.id) else {
            return self.add(ctx, connections, me, info, true);
        };
        let (peer, away) = (info.id, info.reconnecting);
        participant.missing_until = None;
        participant.info = info;
        self.set_reconnecting(ctx, connections, peer, away);
    }

    /// Somebody's socket is lost, or found again.
    pub(crate) fn set_reconnecting(
        &mut self,
        ctx: &mut Context<'_>,
        connections: &mut Connections,
        peer: PeerId,
        reconnecting: bool,
    ) {
        let Some(participant) = self.get(peer) else { return };
        participant.info.reconnecting = reconnecting;
        if reconnecting {
            participant.set_away(ctx, connections);
        } else {
            participant.missing_until = None;
            ctx.timers().clear(&Timer::KeepSeat(peer));
            connections.peer_back(ctx, peer);
        }
    }

    pub(crate) fn set_media(&mut self, peer: PeerId, media: MediaState) {
        if let Some(participant) = self.get(peer) {
            participant.info.media = media;
        }
    }

    pub(crate) fn set_hand(&mut self, peer: PeerId, hand: Option<u32>) {
        if let Some(participant) = self.get(peer) {
            participant.info.hand = hand;
        }
    }

    pub(crate) fn left(&mut self, ctx: &mut Context<'_>, connections: &mut Connections, peer: PeerId) {
        for participant in self.participants.extract_if(.., |participant| participant.info.id == peer) {
            self.left_by = Some(participant.view(connections));
            participant.remove(ctx, connections);
        }
    }

    pub(crate) fn clear(&mut self, ctx: &mut Context<'_>, connections: &mut Connections) {
        self.left_by = None;
        for participant in self.participants.drain(..) {
            participant.remove(ctx, connections);
        }
    }

    /// Removes participants who have not come back to a restarted server in time. Called when a message has
    /// arrived: a socket that is dead without saying so may have lost the news of their return.
    pub(crate) fn remove_missing(&mut self, ctx: &mut Context<'_>, connections: &mut Connections) {
        let now = ctx.now;
        let overdue = |participant: &mut Participant| participant.missing_until.is_some_and(|at| at <= now);
        for participant in self.participants.extract_if(.., overdue) {
            participant.remove(ctx, connections);
        }
    }

    /// A seat is to be asked for: if media flows, and there is signaling.
    pub(crate) fn keep_seat(&mut self, ctx: &mut Context<'_>, connections: &Connections, peer: PeerId) {
        let Some(participant) = self.get(peer) else { return };
        ctx.set_timer(Timer::KeepSeat(peer), keep_interval_ms(ctx));
        if ctx.seated && connections.path(peer) == PathState::Connected {
            ctx.send(ClientMsg::KeepSeat { peer });
            if let Some(until) = &mut participant.missing_until {
                *until = ctx.now + ctx.resume_window_ms();
            }
        }
    }

    /// What a participant publishes.
    pub(crate) fn media(&self, peer: PeerId) -> MediaState {
        let participant = self.participants.iter().find(|participant| participant.info.id == peer);
        participant.map(|participant| participant.info.media).unwrap_or_default()
    }

    pub(crate) fn view(&self, connections: &Connections) -> Vec<ParticipantView> {
        self.participants.iter().map(|participant| participant.view(connections)).collect()
    }

    /// Who left last, while nobody else is there.
    pub(crate) fn left_by(&self) -> Option<ParticipantView> {
        self.left_by.clone().filter(|_| self.participants.is_empty())
    }

    fn get(&mut self, peer: PeerId) -> Option<&mut Participant> {
        self.participants.iter_mut().find(|participant| participant.info.id == peer)
    }

    fn add(
        &mut self,
        ctx: &mut Context<'_>,
        connections: &mut Connections,
        me: PeerId,
        info: PeerInfo,
        offering: bool,
    ) {
        if info.id == me {
            return;
        }
        connections.open(ctx, me, info.id, offering);
        let participant = Participant { info, missing_until: None };
        if participant.info.reconnecting {
            participant.set_away(ctx, connections);
        }
        self.participants.push(participant);
    }
}

impl Participant {
    fn set_away(&self, ctx: &mut Context<'_>, connections: &mut Connections) {
        let timer = Timer::KeepSeat(self.info.id);
        if !ctx.timers().is_set(&timer) {
            ctx.set_timer(timer, keep_interval_ms(ctx));
        }
        connections.peer_away(self.info.id);
    }

    fn remove(self, ctx: &mut Context<'_>, connections: &mut Connections) {
        ctx.timers().clear(&Timer::KeepSeat(self.info.id));
        connections.close(ctx, self.info.id);
    }

    fn view(&self, connections: &Connections) -> ParticipantView {
        ParticipantView {
            id: self.info.id,
            name: self.info.name.clone(),
            media: self.info.media,
            reconnecting: self.info.reconnecting || self.missing_until.is_some(),
            path: connections.path(self.info.id),
            hand: self.info.hand,
            camera_unwanted: false,
        }
    }
}

fn keep_interval_ms(ctx: &Context<'_>) -> u64 {
    (ctx.resume_window_ms() / KEEPS_PER_WINDOW).max(1)
}
