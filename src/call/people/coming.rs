//! Notices who comes and goes, for the sounds of the page. The page samples it; it is no part of
//! [`crate::call::Call`], since a page without sounds needs none of it.

use crate::{protocol::PeerId, sansio::Millis};

/// Shortest time between two reports. Unit: millisecond.
const QUIET_MS: u64 = 1_000;

/// What has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Somebody is there who was not.
    Joined,
    /// Somebody is no longer there, and nobody has come.
    Left,
}

/// Compares who is there with who was there.
#[derive(Debug, Default)]
pub struct Attendance {
    known: Option<Vec<PeerId>>,
    last_report: Option<Millis>,
}

impl Attendance {
    /// Takes in who is there besides this person; `None` while this person is not in the room. Returns what
    /// has changed since the last call, at most once a second: what changes within that second is not
    /// reported later.
    pub fn observe(&mut self, now: Millis, present: Option<Vec<PeerId>>) -> Option<Change> {
        let known = std::mem::replace(&mut self.known, present);
        // Whoever was there first has not just come.
        let (known, present) = known.as_ref().zip(self.known.as_ref())?;
        let change = if present.iter().any(|peer| !known.contains(peer)) {
            Change::Joined
        } else if known.iter().any(|peer| !present.contains(peer)) {
            Change::Left
        } else {
            return None;
        };
        if self.last_report.is_some_and(|last| now.since(last) < QUIET_MS) {
            return None;
        }
        self.last_report = Some(now);
        Some(change)
    }
}

#[cfg(test)]
mod tests {
    use super::{Change::*, *};

    fn ids(numbers: &[u64]) -> Option<Vec<PeerId>> {
        Some(numbers.iter().map(|number| PeerId::new(*number)).collect())
    }

    fn changes(observations: &[(u64, Option<Vec<PeerId>>)]) -> Vec<Option<Change>> {
        let mut attendance = Attendance::default();
        observations.iter().map(|(at, present)| attendance.observe(Millis(*at), present.clone())).collect()
    }

    #[test]
    fn who_was_there_first_makes_no_sound() {
        assert_eq!(changes(&[(0, None), (5, ids(&[1, 2])), (9_000, ids(&[1, 2]))]), [None, None, None]);
    }

    #[test]
    fn coming_and_going_is_reported() {
        let observed =
            changes(&[(0, ids(&[])), (2_000, ids(&[1])), (4_000, ids(&[1, 2])), (6_000, ids(&[2]))]);
        assert_eq!(observed, [None, Some(Joined), Some(Joined), Some(Left)]);
    }

    #[test]
    fn who_takes_the_place_of_somebody_has_come() {
        assert_eq!(changes(&[(0, ids(&[1])), (2_000, ids(&[2]))]), [None, Some(Joined)]);
    }

    #[test]
    fn no_more_than_one_report_a_second() {
        let observed = changes(&[(0, ids(&[])), (500, ids(&[1])), (1_499, ids(&[])), (1_500, ids(&[7]))]);
        assert_eq!(observed, [None, Some(Joined), None, Some(Joined)]);
    }

    #[test]
    fn who_leaves_the_room_oneself_hears_nothing_of_it() {
        assert_eq!(changes(&[(0, ids(&[1])), (2_000, None), (4_000, ids(&[]))]), [None, None, None]);
    }
}
