//! What must never be: looks at everything that a client is told.

use super::*;

impl World {
    /// Looks at what a client is told.
    pub(super) fn inspect(&mut self, who: usize, message: &ServerMsg) {
        let room = self.people[who].room;
        match message {
            ServerMsg::Full { .. } if who != self.stranger() => {
                // A server that has grown up gives seats away that nobody came back to.
                let person = &self.people[who];
                let taken = person.memory.is_none() || person.unproven || !self.is_hub_in_grace();
                let knocked = self.people[self.stranger()].sent > 0;
                self.seat_may_be_held |= taken && knocked;
                if !self.seat_may_be_held && self.view(who).status != Status::Connecting {
                    self.violate(format!("{who} lost its seat"));
                }
            }
            ServerMsg::Joined { peers, .. } => {
                // A stranger who got a free seat from a server that knew everybody has a right to it, also
                // after a restart.
                self.seat_may_be_held |= who == self.stranger() && !self.is_hub_in_grace();
                let unproven = self.people[who].memory.is_none() || self.people[who].unproven;
                self.people[who].unproven = unproven && self.is_hub_in_grace();
                self.people[who].forsook = false;
                for info in peers {
                    self.inspect_peer(room, info.id);
                }
            }
            ServerMsg::PeerJoined { peer, .. } => self.inspect_peer(room, peer.id),
            ServerMsg::Signal { from, signal } => {
                let owner = signal_instance(signal).and_then(|id| self.owner_of_instance.get(&id)).copied();
                if owner.is_some_and(|owner| self.owners.get(from) != Some(&owner)) {
                    self.violate("a signal with a wrong sender".to_owned());
                }
                self.inspect_peer(room, *from);
            }
            ServerMsg::PeerLeft { peer, .. }
            | ServerMsg::PeerReconnecting { peer }
            | ServerMsg::PeerBack { peer }
            | ServerMsg::Locked { by: peer, .. }
            | ServerMsg::HandRaised { peer, .. }
            | ServerMsg::Reaction { peer, .. }
            | ServerMsg::MediaChanged { peer, .. } => self.inspect_peer(room, *peer),
            ServerMsg::Welcome { .. }
            | ServerMsg::Full { .. }
            | ServerMsg::IceServers { .. }
            | ServerMsg::Heartbeat
            | ServerMsg::ServerRestarting { .. }
            | ServerMsg::Error { .. } => {}
        }
    }

    pub(super) fn inspect_peer(&mut self, room: usize, peer: PeerId) {
        let from = self.owners.get(&peer).map(|owner| self.people[*owner].room);
        if from != Some(room) {
            self.violate(format!("a message of room {from:?} reaches room {room}"));
        }
    }
}

/// The connection that a signal comes from.
fn signal_instance(signal: &Signal) -> Option<u64> {
    match signal {
        Signal::Offer { sdp, .. } | Signal::Answer { sdp, .. } => {
            let description = Description { kind: DescriptionKind::Offer, sdp: sdp.clone(), tracks: None };
            Sdp::read(&description).map(|sdp| sdp.instance)
        }
        Signal::Candidate { candidate, .. } => candidate.candidate.split(' ').next()?.parse().ok(),
        Signal::EndOfCandidates { .. } | Signal::Viewing(_) | Signal::Unknown => None,
    }
}
