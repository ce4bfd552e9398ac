//! Who has given up a seat in a grace period: their tokens are refused, although this hub does not know their
//! seats.

use std::collections::{BTreeMap, VecDeque};

use crate::protocol::{PeerId, RoomName};

/// Departures remembered in a room. A longer list would help nobody but whoever fills it: of somebody who is
/// forgotten only the own token counts again.
const MAX_PER_ROOM: usize = 64;
/// Rooms with departures. In any others they are not remembered.
const MAX_ROOMS: usize = 20_000;

/// Who has given up a seat, by room.
#[derive(Debug, Default)]
pub(super) struct Departures(BTreeMap<RoomName, VecDeque<PeerId>>);

impl Departures {
    /// Remembers a departure. Returns whether it is remembered.
    pub(super) fn record(&mut self, room: &RoomName, peer: PeerId) -> bool {
        if !self.0.contains_key(room) && self.0.len() >= MAX_ROOMS {
            return false;
        }
        let gone = self.0.entry(room.clone()).or_default();
        if !gone.contains(&peer) {
            gone.push_back(peer);
        }
        if gone.len() > MAX_PER_ROOM {
            gone.pop_front();
        }
        true
    }

    /// Returns whether this peer has given up a seat in this room.
    pub(super) fn has(&self, room: &RoomName, peer: PeerId) -> bool {
        self.0.get(room).is_some_and(|gone| gone.contains(&peer))
    }

    /// Returns the number of departures that are remembered.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.values().map(VecDeque::len).sum()
    }

    /// Forgets the departures of a room.
    pub(super) fn forget(&mut self, room: &RoomName) {
        self.0.remove(room);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn the_latest_departures_of_a_room_are_remembered() {
        let mut departures = Departures::default();
        let room = "tea".parse().unwrap();
        for number in 0..=64 {
            assert!(departures.record(&room, PeerId::new(number)));
        }
        assert!(!departures.has(&room, PeerId::new(0)));
        assert!((1..=64).all(|number| departures.has(&room, PeerId::new(number))));
    }

    #[test]
    fn rooms_with_departures_are_limited() {
        let mut departures = Departures::default();
        let room = |number: usize| format!("room-{number}").parse::<RoomName>().unwrap();
        assert!((0..MAX_ROOMS).all(|number| departures.record(&room(number), PeerId::new(1))));
        assert!(!departures.record(&room(MAX_ROOMS), PeerId::new(1)));
        assert!(departures.record(&room(0), PeerId::new(2)));
        departures.forget(&room(0));
        assert!(!departures.has(&room(0), PeerId::new(2)));
        assert!(departures.record(&room(MAX_ROOMS), PeerId::new(1)));
    }
}
