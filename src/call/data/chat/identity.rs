//! Who sits on which seat, and sat on which before.
//!
//! A reload gives somebody another seat. So that messages which were on their way are neither lost nor
//! doubled, and private ones go on, both sides of a channel tell each other a key at first, another for every
//! pair. Whoever names a former seat and shows the key that was told from there has proved to have sat there.
//! Somebody who never met that seat cannot check this: then the first who names it counts as the author of
//! its messages, and gets no private ones.

use super::MAX_PEOPLE;
use crate::protocol::{ChatHello, MAX_FORMER_SEATS, PeerId, ProofKey};

/// The seats of this client, and the keys.
#[derive(Debug, Default)]
pub(super) struct Identity {
    me: Option<PeerId>,
    /// Seats of this client before, the newest last.
    former: Vec<PeerId>,
    /// Those on which the pages before this one sat, whose messages this one does not know.
    forgotten: Vec<PeerId>,
    /// The key of this client for each peer.
    own: Vec<(PeerId, ProofKey)>,
    /// The key that was told from each seat.
    told: Vec<(PeerId, ProofKey)>,
}

impl Identity {
    /// Goes on after a reload.
    pub(super) fn restored(seats: Vec<PeerId>, own: Vec<(PeerId, ProofKey)>) -> Self {
        let former = seats[seats.len().saturating_sub(MAX_FORMER_SEATS)..].to_vec();
        Self { forgotten: former.clone(), former, own, ..Self::default() }
    }

    pub(super) fn me(&self) -> Option<PeerId> {
        self.me
    }

    pub(super) fn former(&self) -> &[PeerId] {
        &self.former
    }

    /// All seats of this client, the one of now last.
    pub(super) fn seats(&self) -> Vec<PeerId> {
        self.former.iter().copied().chain(self.me).collect()
    }

    pub(super) fn own_keys(&self) -> &[(PeerId, ProofKey)] {
        &self.own
    }

    /// Whether this client sits there, or did.
    pub(super) fn is_mine(&self, seat: PeerId) -> bool {
        self.me == Some(seat) || self.former.contains(&seat)
    }

    /// Whether an own message from this seat may be unknown here.
    pub(super) fn has_forgotten(&self, seat: PeerId) -> bool {
        self.forgotten.contains(&seat)
    }

    /// Sits here from now on.
    pub(super) fn sit(&mut self, seat: PeerId) {
        if let Some(before) = self.me.replace(seat).filter(|before| *before != seat) {
            self.former.push(before);
            if self.former.len() > MAX_FORMER_SEATS {
                self.former.remove(0);
            }
        }
        self.former.retain(|former| *former != seat);
    }

    /// Somebody else sits there: this tab is a copy of theirs.
    pub(super) fn disown(&mut self) {
        self.former.clear();
        self.forgotten.clear();
        self.own.clear();
    }

    /// The key to tell a peer; a fresh one is used if they were told none.
    pub(super) fn key_for(&mut self, peer: PeerId, fresh: ProofKey) -> ProofKey {
        if let Some(key) = get(&self.own, peer) {
            return key;
        }
        put(&mut self.own, peer, fresh);
        fresh
    }

    /// Takes in who a peer is, and returns on which seats they sat before, each with whether that is proved.
    /// `is_taken` says that somebody else sits on a seat or sat there.
    pub(super) fn meet(
        &mut self,
        peer: PeerId,
        hello: &ChatHello,
        is_taken: impl Fn(PeerId) -> bool,
    ) -> Vec<(PeerId, bool)> {
        let check = |seat: PeerId| match get(&self.told, seat) {
            Some(told) => (told == hello.key).then_some((seat, true)),
            None => (!is_taken(seat)).then_some((seat, false)),
        };
        let may_be_theirs = |seat: &PeerId| !self.is_mine(*seat) && *seat != peer;
        let named = hello.former.iter().rev().take(MAX_FORMER_SEATS).copied();
        let former = named.filter(may_be_theirs).filter_map(check).collect();
        // What was told first counts: nobody changes it later.
        if get(&self.told, peer).is_none() {
            put(&mut self.told, peer, hello.key);
        }
        former
    }
}

fn get(keys: &[(PeerId, ProofKey)], peer: PeerId) -> Option<ProofKey> {
    keys.iter().find(|(of, _)| *of == peer).map(|(_, key)| *key)
}

fn put(keys: &mut Vec<(PeerId, ProofKey)>, peer: PeerId, key: ProofKey) {
    if keys.len() >= MAX_PEOPLE {
        keys.remove(0);
    }
    keys.push((peer, key));
}
