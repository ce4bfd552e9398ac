//! What the level of the microphone tells: somebody speaks while it is off, or it gives nothing. The page
//! samples it; it is no part of [`crate::call::Call`], since a page that does not measure needs none of it.

use crate::sansio::Millis;

/// How often the level is sampled. Unit: millisecond.
pub const LEVEL_INTERVAL_MS: u32 = 400;
/// Speech has at least this level, on the scale of the page's meter, 0.0 to 1.0.
const SPEECH: f32 = 0.15;
/// The newest samples that are looked at, and how many of them make speech.
const SAMPLES: u32 = 5;
const LOUD_SAMPLES: u32 = 3;
/// A hint to somebody who speaks stays for so long after the last word. Unit: millisecond.
const HINT_MS: u64 = 4_000;
/// A microphone that gives nothing at all for so long is reported. Unit: millisecond.
const NOTHING_MS: u64 = 15_000;

/// What the person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MicrophoneHint {
    /// Speaks, while the microphone is off.
    SpeaksWhileOff,
    /// The microphone is on, and gives digital silence.
    GivesNothing,
}

/// Watches one microphone.
#[derive(Debug, Default)]
pub struct MicrophoneWatch {
    /// The newest samples as bits, the newest lowest: whether each was loud.
    loud: u32,
    spoke_at: Option<Millis>,
    /// Since when it has been on without giving anything.
    nothing_since: Option<Millis>,
    /// It has given something: it works.
    works: bool,
}

impl MicrophoneWatch {
    /// Takes in the level now, and returns what the person is to be told now. `is_on` says whether the others
    /// are to hear it.
    pub fn sample(&mut self, now: Millis, is_on: bool, level: f32) -> Option<MicrophoneHint> {
        self.works |= level > 0.0;
        if is_on {
            self.loud = 0;
            self.spoke_at = None;
            let since = *self.nothing_since.get_or_insert(now);
            return (!self.works && now.since(since) >= NOTHING_MS).then_some(MicrophoneHint::GivesNothing);
        }
        self.nothing_since = None;
        self.loud = (self.loud << 1 | u32::from(level >= SPEECH)) & ((1 << SAMPLES) - 1);
        if self.loud.count_ones() >= LOUD_SAMPLES {
            self.spoke_at = Some(now);
        }
        let speaks = self.spoke_at.is_some_and(|at| now.since(at) <= HINT_MS);
        speaks.then_some(MicrophoneHint::SpeaksWhileOff)
    }
}

#[cfg(test)]
mod tests {
    use super::{MicrophoneHint::*, *};

    const STEP_MS: u64 = LEVEL_INTERVAL_MS as u64;

    fn hints(samples: impl IntoIterator<Item = (bool, f32)>) -> Vec<Option<MicrophoneHint>> {
        let mut watch = MicrophoneWatch::default();
        let at = |i| Millis(i * STEP_MS);
        (0..).zip(samples).map(|(i, (is_on, level))| watch.sample(at(i), is_on, level)).collect()
    }

    #[test]
    fn speaking_while_off_is_told_until_some_seconds_after_the_last_word() {
        let speech = [0.3, 0.0, 0.4, 0.5].map(|level| (false, level));
        let quiet = [(false, 0.01); 14];
        let told = hints(speech.into_iter().chain(quiet));
        assert_eq!(told[..3], [None; 3]);
        // Three of the newest five are loud up to the fifth sample.
        assert_eq!(told[3..15], [Some(SpeaksWhileOff); 12]);
        assert_eq!(told[15..], [None; 3]);
    }

    #[test]
    fn a_cough_is_no_speech() {
        let cough = [0.0, 0.9, 0.9, 0.0, 0.0, 0.0, 0.0].map(|level| (false, level));
        assert_eq!(hints(cough), [None; 7]);
    }

    #[test]
    fn switching_the_microphone_on_ends_the_hint() {
        let told = hints([(false, 0.5), (false, 0.5), (false, 0.5), (true, 0.5), (false, 0.5)]);
        assert_eq!(told, [None, None, Some(SpeaksWhileOff), None, None]);
    }

    #[test]
    fn a_microphone_that_never_gave_anything_is_reported_after_a_while() {
        let told = hints([(true, 0.0); 40]);
        let first = told.iter().position(Option::is_some);
        assert_eq!(first, Some(NOTHING_MS.div_ceil(STEP_MS) as usize));
        assert_eq!(told.last(), Some(&Some(GivesNothing)));
    }

    #[test]
    fn silence_of_a_microphone_that_works_is_a_pause_in_speech() {
        assert!(hints([(true, 0.2)].into_iter().chain([(true, 0.0); 80])).iter().all(Option::is_none));
    }

    #[test]
    fn what_it_gives_while_off_shows_that_it_works() {
        assert!(hints([(false, 0.01)].into_iter().chain([(true, 0.0); 80])).iter().all(Option::is_none));
    }
}
