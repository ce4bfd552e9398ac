//! Who speaks, by the loudness of everybody's sound. [`crate::ui`] feeds it several times a second and draws
//! what it says; nothing is sent to anybody.

use litemap::LiteMap;

use crate::{protocol::PeerId, sansio::Millis};

/// Somebody speaks from this loudness on. The scale is that of `RTCRtpContributingSource.audioLevel`, where
/// 1.0 is the loudest sound that there is (W3C webrtc, section 5.3); speech reaches 0.05 to 0.3.
const SPEAKING: f32 = 0.03;
/// Somebody who speaks has stopped below this loudness.
const SILENT: f32 = 0.012;
/// What is left of a sound a quarter of a second later, so that pauses between words do not count.
const DECAY: f32 = 0.6;
/// How many readings in a row a sound must last: a click is no speech.
const MIN_READINGS: u8 = 2;
/// Whoever takes over from somebody who speaks, too, must be so much louder.
const LOUDER: f32 = 1.5;
/// The active speaker stays for so long. Unit: millisecond.
const DWELL_MS: u64 = 2_000;
/// How often loudness is to be read. Unit: millisecond.
pub const READ_EVERY_MS: u32 = 250;

/// Who speaks.
#[derive(Debug, Default)]
pub struct Speakers {
    voices: LiteMap<PeerId, Voice>,
    /// With the time since when.
    active: Option<(PeerId, Millis)>,
}

/// Who is heard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// Who speaks, or spoke last. `None` if nobody who is there has spoken.
    pub active: Option<PeerId>,
    /// Everybody who speaks now.
    pub speaking: Vec<PeerId>,
}

/// What was heard of somebody.
#[derive(Debug, Clone, Copy, Default)]
struct Voice {
    loudness: f32,
    /// Readings in a row in which there was something to hear.
    readings: u8,
    speaks: bool,
}

impl Speakers {
    /// Takes a reading of the loudness of everybody who is there, `None` of somebody whose microphone is off.
    /// Who is not in it has left.
    pub fn read(&mut self, now: Millis, levels: impl IntoIterator<Item = (PeerId, Option<f32>)>) {
        let before = std::mem::take(&mut self.voices);
        for (peer, level) in levels {
            let mut voice = Voice::default();
            if let Some(level) = level {
                voice = before.get(&peer).copied().unwrap_or_default();
                voice.hear(level);
            }
            self.voices.insert(peer, voice);
        }
        self.choose(now);
    }

    /// Who is heard now.
    pub fn heard(&self) -> Heard {
        let speaking = self.voices.iter().filter(|(_, voice)| voice.speaks);
        Heard {
            active: self.active.map(|(peer, _)| peer),
            speaking: speaking.map(|(peer, _)| *peer).collect(),
        }
    }

    fn choose(&mut self, now: Millis) {
        let current = self.active.and_then(|(peer, since)| Some((peer, since, self.voices.get(&peer)?)));
        let needed = match current {
            Some((_, since, _)) if now.since(since) < DWELL_MS => return,
            Some((_, _, voice)) if voice.speaks => voice.loudness * LOUDER,
            Some(_) | None => 0.0,
        };
        let staying = current.map(|(peer, since, _)| (peer, since));
        let others = self.voices.iter().filter(|(peer, voice)| {
            voice.speaks && voice.loudness > needed && staying.is_none_or(|(current, _)| **peer != current)
        });
        let loudest = others.max_by(|(_, one), (_, other)| one.loudness.total_cmp(&other.loudness));
        self.active = loudest.map(|(peer, _)| (*peer, now)).or(staying);
    }
}

impl Voice {
    fn hear(&mut self, level: f32) {
        // Also for what is not a number.
        let level = if level > 0.0 { level.min(1.0) } else { 0.0 };
        self.loudness = level.max(self.loudness * DECAY);
        let threshold = if self.speaks { SILENT } else { SPEAKING };
        self.readings = if self.loudness > threshold { self.readings.saturating_add(1) } else { 0 };
        self.speaks = self.readings >= MIN_READINGS;
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, option, prelude::*};

    use super::*;

    const ADA: PeerId = PeerId::new(1);
    const BEN: PeerId = PeerId::new(2);

    /// Readings of this many milliseconds with these levels of Ada and Ben.
    struct Room(Speakers, Millis);

    impl Room {
        fn new() -> Self {
            Self(Speakers::default(), Millis(0))
        }

        fn hear(&mut self, ms: u64, ada: f32, ben: f32) -> &mut Self {
            for _ in 0..ms / u64::from(READ_EVERY_MS) {
                self.0.read(self.1, [(ADA, Some(ada)), (BEN, Some(ben))]);
                self.1 = self.1 + u64::from(READ_EVERY_MS);
            }
            self
        }

        fn active(&self) -> Option<PeerId> {
            self.0.heard().active
        }

        fn speaking(&self) -> Vec<PeerId> {
            self.0.heard().speaking
        }
    }

    #[test]
    fn nobody_speaks_in_silence() {
        let mut room = Room::new();
        room.hear(5_000, 0.0, 0.008);
        assert_eq!((room.active(), room.speaking()), (None, vec![]));
    }

    #[test]
    fn whose_microphone_is_off_does_not_speak() {
        let mut room = Room::new();
        room.hear(1_000, 0.3, 0.0);
        assert_eq!(room.speaking(), [ADA]);
        room.0.read(room.1, [(ADA, None), (BEN, Some(0.0))]);
        assert_eq!((room.active(), room.speaking()), (Some(ADA), vec![]));
    }

    #[test]
    fn who_speaks_first_is_the_active_speaker() {
        let mut room = Room::new();
        room.hear(500, 0.1, 0.0);
        assert_eq!((room.active(), room.speaking()), (Some(ADA), vec![ADA]));
    }

    #[test]
    fn a_click_is_no_speech() {
        let mut room = Room::new();
        room.hear(1_000, 0.0, 0.0).hear(250, 0.04, 0.0).hear(1_000, 0.0, 0.0);
        assert_eq!(room.active(), None);
    }

    #[test]
    fn pauses_between_words_do_not_count() {
        let mut room = Room::new();
        room.hear(500, 0.2, 0.0).hear(500, 0.0, 0.0);
        assert_eq!(room.speaking(), [ADA]);
        room.hear(2_000, 0.0, 0.0);
        assert_eq!(room.speaking(), []);
    }

    #[test]
    fn around_the_threshold_speech_neither_starts_nor_stops() {
        let mut room = Room::new();
        room.hear(2_000, 0.02, 0.0);
        assert_eq!(room.speaking(), []);
        room.hear(500, 0.04, 0.0).hear(5_000, 0.02, 0.0);
        assert_eq!(room.speaking(), [ADA]);
    }

    #[test]
    fn the_active_speaker_stays_when_all_are_silent() {
        let mut room = Room::new();
        room.hear(1_000, 0.1, 0.0).hear(60_000, 0.0, 0.0);
        assert_eq!((room.active(), room.speaking()), (Some(ADA), vec![]));
    }

    #[test]
    fn another_takes_over_after_two_seconds_at_the_earliest() {
        let mut room = Room::new();
        room.hear(500, 0.1, 0.0);
        room.hear(DWELL_MS - 250, 0.0, 0.3);
        assert_eq!(room.active(), Some(ADA));
        room.hear(250, 0.0, 0.3);
        assert_eq!(room.active(), Some(BEN));
    }

    #[test]
    fn who_speaks_is_replaced_only_by_somebody_clearly_louder() {
        let mut room = Room::new();
        room.hear(5_000, 0.1, 0.0).hear(5_000, 0.1, 0.14);
        assert_eq!(room.active(), Some(ADA));
        room.hear(250, 0.1, 0.2);
        assert_eq!(room.active(), Some(BEN));
    }

    #[test]
    fn who_leaves_is_the_active_speaker_no_longer() {
        let mut room = Room::new();
        room.hear(500, 0.1, 0.1);
        assert_eq!(room.active(), Some(BEN));
        room.0.read(room.1, [(ADA, Some(0.1))]);
        assert_eq!(room.active(), Some(ADA));
        room.0.read(room.1, []);
        assert_eq!((room.active(), room.speaking()), (None, vec![]));
    }

    #[test]
    fn levels_that_make_no_sense_are_tolerated() {
        let mut room = Room::new();
        for level in [f32::NAN, -1.0, f32::NEG_INFINITY] {
            room.hear(1_000, level, 0.0);
        }
        assert_eq!(room.active(), None);
        room.hear(1_000, f32::INFINITY, 0.0);
        assert_eq!(room.active(), Some(ADA));
    }

    proptest! {
        #[test]
        fn the_active_speaker_is_there_and_stays_for_the_dwell(
            readings in vec(vec((0..5_u64, option::of(0.0..0.5_f32)), 0..5), 1..60),
        ) {
            let (mut speakers, mut since) = (Speakers::default(), None);
            for (index, levels) in readings.into_iter().enumerate() {
                let now = Millis(index as u64 * u64::from(READ_EVERY_MS));
                let levels: LiteMap<_, _> =
                    levels.into_iter().map(|(peer, level)| (PeerId::new(peer), level)).collect();
                speakers.read(now, levels.clone());
                let Heard { active, speaking } = speakers.heard();
                prop_assert!(active.iter().chain(&speaking).all(|peer| levels.contains_key(peer)));
                match (since, active) {
                    (Some((before, at)), Some(active)) if before != active => {
                        prop_assert!(now.since(at) >= DWELL_MS || !levels.contains_key(&before));
                        since = Some((active, now));
                    }
                    (None, Some(active)) => since = Some((active, now)),
                    (_, None) => since = None,
                    (Some(_), Some(_)) => {}
                }
            }
        }
    }
}
