//! Everybody else in the room, and the connection to each.

use super::{Context, negotiation::Pair, view::PeerView};
use crate::{
    protocol::{PeerId, PeerInfo},
    sansio::Millis,
};

/// The others, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Roster {
    members: Vec<Member>,
}

#[derive(Debug)]
pub(super) struct Member {
    pub(super) info: PeerInfo,
    pub(super) pair: Pair,
    /// Not in the snapshot of a server that has just started: may still return until then.
    missing_until: Option<Millis>,
}

impl Roster {
    pub(super) fn get_mut(&mut self, peer: PeerId) -> Option<&mut Member> {
        self.members.iter_mut().find(|member| member.info.id == peer)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Member> {
        self.members.iter_mut()
    }

    /// A first snapshot: everybody was here before, so everybody will offer.
    pub(super) fn meet_all(&mut self, ctx: &mut Context<'_>, me: PeerId, peers: Vec<PeerInfo>) {
        self.clear(ctx);
        for info in peers {
            self.add(ctx, me, info, false);
        }
    }

    /// A snapshot after a gap in signaling, on the same seat. Who is unknown came after us, so we offer; who is not
    /// in it is gone, or, if the server has just started, may still return within `patience_ms`.
    pub(super) fn reconcile(
        &mut self,
        ctx: &mut Context<'_>,
        me: PeerId,
        peers: Vec<PeerInfo>,
        complete: bool,
        patience_ms: u64,
    ) {
        let gone = |member: &Member| !peers.iter().any(|info| info.id == member.info.id);
        if complete {
            for member in self.members.extract_if(.., |member| gone(member)) {
                member.pair.close(ctx);
            }
        } else {
            for member in self.members.iter_mut().filter(|member| gone(member)) {
                member.missing_until = Some(ctx.now + patience_ms);
                member.pair.recovery.peer_is_away();
            }
        }
        for info in peers {
            self.arrived(ctx, me, info, None);
        }
    }

    /// Somebody took a seat, or was on it all the time.
    pub(super) fn arrived(
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
        member.missing_until = None;
        let away = info.reconnecting;
        member.info = info;
        if away {
            member.pair.recovery.peer_is_away();
        } else {
            member.pair.repair(ctx);
        }
    }

    /// Somebody's socket is lost, or found again.
    pub(super) fn reconnecting(&mut self, ctx: &mut Context<'_>, peer: PeerId, reconnecting: bool) {
        let Some(member) = self.get_mut(peer) else { return };
        member.info.reconnecting = reconnecting;
        if reconnecting {
            member.pair.recovery.peer_is_away();
        } else {
            member.missing_until = None;
            member.pair.repair(ctx);
        }
    }

    pub(super) fn left(&mut self, ctx: &mut Context<'_>, peer: PeerId) {
        for member in self.members.extract_if(.., |member| member.info.id == peer) {
            member.pair.close(ctx);
        }
    }

    pub(super) fn clear(&mut self, ctx: &mut Context<'_>) {
        for member in self.members.drain(..) {
            member.pair.close(ctx);
        }
    }

    /// Who has not come back to a restarted server in time is gone: as far as the server has just been heard, for a socket
    /// that is dead in silence may have kept their return to itself.
    pub(super) fn give_up_missing(&mut self, ctx: &mut Context<'_>) {
        let now = ctx.now;
        let given_up = |member: &mut Member| member.missing_until.is_some_and(|at| at <= now);
        for member in self.members.extract_if(.., given_up) {
            member.pair.close(ctx);
        }
    }

    pub(super) fn on_tick(&mut self, ctx: &mut Context<'_>) {
        for member in &mut self.members {
            member.pair.on_tick(ctx);
        }
    }

    /// Pairs can be helped only while there is signaling.
    pub(super) fn next_deadline(&self, seated: bool) -> Option<Millis> {
        let pairs = self.members.iter().filter_map(|member| member.pair.recovery.next_deadline());
        pairs.filter(|_| seated).min()
    }

    pub(super) fn view(&self) -> Vec<PeerView> {
        self.members
            .iter()
            .map(|Member { info, pair, missing_until }| PeerView {
                id: info.id,
                name: info.name.clone(),
                media: info.media,
                reconnecting: info.reconnecting || missing_until.is_some(),
                link: pair.link(),
            })
            .collect()
    }

    fn add(&mut self, ctx: &mut Context<'_>, me: PeerId, info: PeerInfo, offering: bool) {
        if info.id == me {
            return;
        }
        let mut pair = Pair::open(ctx, me, info.id, offering);
        if info.reconnecting {
            pair.recovery.peer_is_away();
        }
        self.members.push(Member { info, pair, missing_until: None });
    }
}
