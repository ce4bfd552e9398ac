//! Decides how much less to encode when the processor does not keep up. Browsers lower the size of a picture
//! themselves (Firefox does not), one connection at a time; this takes from all of them.

use crate::call::MAX_OVERUSE;

/// Readings in a row that say so before less is encoded.
const READINGS_BEHIND: u32 = 3;
/// Readings in a row without it before more is encoded again: one minute.
const READINGS_WELL: u32 = 30;
/// The longest wait before more is tried again, in readings: sixteen minutes.
const MOST_READINGS_WELL: u32 = 480;

/// How far the processor is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overuse {
    level: u8,
    behind: u32,
    well: u32,
    /// Readings in a row without trouble before more is tried. Doubled when that was too much.
    readings_needed: u32,
    /// More has been tried, and not yet for long.
    tries_more: bool,
}

impl Default for Overuse {
    fn default() -> Self {
        Self { level: 0, behind: 0, well: 0, readings_needed: READINGS_WELL, tries_more: false }
    }
}

impl Overuse {
    /// Takes in whether the processor is behind, once for each reading of the connections. Returns the level
    /// if it is another one now, from 0 to [`MAX_OVERUSE`].
    pub fn observe(&mut self, is_behind: bool) -> Option<u8> {
        let before = self.level;
        if is_behind {
            self.well = 0;
            self.behind += 1;
            if self.behind == READINGS_BEHIND {
                self.behind = 0;
                self.level = MAX_OVERUSE.min(self.level + 1);
                if std::mem::take(&mut self.tries_more) {
                    self.readings_needed = MOST_READINGS_WELL.min(self.readings_needed * 2);
                }
            }
        } else {
            self.behind = 0;
            self.well += 1;
            if self.well == self.readings_needed {
                self.well = 0;
                self.tries_more = self.level > 0;
                self.level = self.level.saturating_sub(1);
            }
        }
        (self.level != before).then_some(self.level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observe(overuse: &mut Overuse, is_behind: bool, readings: u32) -> Vec<u8> {
        (0..readings).filter_map(|_| overuse.observe(is_behind)).collect()
    }

    #[test]
    fn a_moment_changes_nothing() {
        let mut overuse = Overuse::default();
        for _ in 0..10 {
            assert!(observe(&mut overuse, true, 2).is_empty());
            assert!(observe(&mut overuse, false, 1).is_empty());
        }
    }

    #[test]
    fn less_and_less_is_encoded_and_more_again_step_by_step() {
        let mut overuse = Overuse::default();
        assert_eq!(observe(&mut overuse, true, 100), [1, 2, 3]);
        assert_eq!(observe(&mut overuse, false, 200), [2, 1, 0]);
        assert!(observe(&mut overuse, false, 1_000).is_empty());
    }

    #[test]
    fn what_was_too_much_is_tried_less_and_less_often() {
        let mut overuse = Overuse::default();
        observe(&mut overuse, true, 3);
        let mut waits = Vec::new();
        for _ in 0..7 {
            let wait = (1..).find(|_| overuse.observe(false).is_some());
            waits.extend(wait);
            assert_eq!(observe(&mut overuse, true, 3), [1]);
        }
        assert_eq!(waits, [30, 60, 120, 240, 480, 480, 480]);
    }
}
