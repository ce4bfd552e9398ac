//! Which tiles the small window shows. A pure function.

use crate::{protocol::PeerId, ui::call::stage::place::Place};

/// More would be too small.
const MAX_TILES: usize = 5;

/// The tiles of the small window.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Choice {
    /// Screens, then people, in the order in which they are given: a tile keeps its place.
    pub(super) tiles: Vec<Place>,
    /// The large one.
    pub(super) main: Option<Place>,
    /// The people for whom there is no room.
    pub(super) hidden: usize,
}

impl Choice {
    /// Chooses screens before pinned people, these before who speaks or spoke last, and that one before all
    /// others.
    pub(super) fn of(
        screens: &[PeerId],
        people: &[PeerId],
        is_pinned: impl Fn(PeerId) -> bool,
        active: Option<PeerId>,
    ) -> Self {
        let screens = screens.iter().copied().map(Place::Screen);
        let people = || people.iter().copied();
        let rank = |peer: PeerId| (!is_pinned(peer), active != Some(peer));
        let mut ranked: Vec<PeerId> = people().collect();
        // Stable: equals stay in order.
        ranked.sort_by_key(|peer| rank(*peer));
        let mut chosen: Vec<Place> = screens.clone().chain(ranked.into_iter().map(Place::Person)).collect();
        chosen.truncate(MAX_TILES);
        let in_order = screens.chain(people().map(Place::Person));
        let tiles: Vec<Place> = in_order.filter(|place| chosen.contains(place)).collect();
        let shown = tiles.iter().filter(|place| matches!(place, Place::Person(_))).count();
        Self { tiles, main: chosen.first().copied(), hidden: people().count() - shown }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(count: u64) -> Vec<PeerId> {
        (1..=count).map(PeerId::new).collect()
    }

    fn numbers(choice: &Choice) -> Vec<u64> {
        let number = |place: &Place| match place {
            Place::Person(peer) => peer.number(),
            Place::Screen(peer) => 100 + peer.number(),
            Place::Own => 0,
        };
        choice.tiles.iter().map(number).collect()
    }

    fn nobody(_: PeerId) -> bool {
        false
    }

    #[test]
    fn the_first_of_all_is_large_before_anybody_speaks() {
        let choice = Choice::of(&[], &people(3), nobody, None);
        assert_eq!(numbers(&choice), [1, 2, 3]);
        assert_eq!((choice.main, choice.hidden), (Some(Place::Person(PeerId::new(1))), 0));
    }

    #[test]
    fn the_speaker_is_large_and_every_tile_keeps_its_place() {
        let choice = Choice::of(&[], &people(3), nobody, Some(PeerId::new(2)));
        assert_eq!(numbers(&choice), [1, 2, 3]);
        assert_eq!(choice.main, Some(Place::Person(PeerId::new(2))));
    }

    #[test]
    fn of_many_five_are_shown_the_speaker_among_them() {
        let choice = Choice::of(&[], &people(9), nobody, Some(PeerId::new(8)));
        assert_eq!(numbers(&choice), [1, 2, 3, 4, 8]);
        assert_eq!(choice.hidden, 4);
    }

    #[test]
    fn a_screen_is_larger_than_pinned_people_and_these_than_the_speaker() {
        let pinned = |peer: PeerId| peer.number() == 7;
        let choice = Choice::of(&[PeerId::new(3)], &people(9), pinned, Some(PeerId::new(8)));
        assert_eq!(numbers(&choice), [103, 1, 2, 7, 8]);
        assert_eq!(choice.main, Some(Place::Screen(PeerId::new(3))));
        let without = Choice::of(&[], &people(9), pinned, Some(PeerId::new(8)));
        assert_eq!(without.main, Some(Place::Person(PeerId::new(7))));
    }

    #[test]
    fn alone_there_is_nothing_to_show() {
        assert_eq!(Choice::of(&[], &[], nobody, None), Choice::default());
    }
}
