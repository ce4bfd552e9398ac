//! Notices within a second that no media arrives any more, and when it arrives again.
//!
//! ICE waits some seconds before it reports `disconnected`. A person whose phone has just left the Wi-Fi
//! would look at a frozen picture for as long.

use crate::protocol::MediaState;

/// How often the shell samples each connection. Unit: millisecond.
pub const SAMPLE_INTERVAL_MS: u32 = 400;
/// Samples in a row without new media that make a stall.
const STALL_SAMPLES: u32 = 2;
/// The same while only sound or only a picture is expected, and for what has just been switched on. Silence
/// takes a packet every 400 ms, and one of them may be lost.
const STALL_SAMPLES_SPARSE: u32 = 4;

/// What a sample shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MediaFlow {
    /// Media arrives.
    Flowing,
    /// Media arrives again after a stall.
    Resumed,
    /// Media has stopped arriving.
    Stalled,
    /// None has arrived since the last sample, or ever.
    Silent,
}

/// Watches the samples of one connection.
#[derive(Debug, Default)]
pub(crate) struct StallDetector {
    newest_ms: u64,
    /// Samples in a row without new media, while some was expected.
    silent_samples: u32,
    /// A stall was reported.
    has_stalled: bool,
    /// Nothing steady was expected, and no media has come since some is.
    was_idle: bool,
}

impl StallDetector {
    /// Takes in when the newest media was played, 0 if there is none, and what is expected.
    pub(crate) fn sample(&mut self, newest_ms: u64, expected: MediaState) -> MediaFlow {
        let is_new = newest_ms > self.newest_ms;
        self.newest_ms = self.newest_ms.max(newest_ms);
        if !is_steady(expected) {
            *self = Self { newest_ms: self.newest_ms, was_idle: true, ..Self::default() };
            return if is_new { MediaFlow::Flowing } else { MediaFlow::Silent };
        }
        if is_new {
            self.silent_samples = 0;
            self.was_idle = false;
            let had_stalled = std::mem::take(&mut self.has_stalled);
            return if had_stalled { MediaFlow::Resumed } else { MediaFlow::Flowing };
        }
        if self.newest_ms == 0 {
            return MediaFlow::Silent;
        }
        self.silent_samples = self.silent_samples.saturating_add(1);
        let is_dense = expected.microphone && expected.camera && !self.was_idle;
        let limit = if is_dense { STALL_SAMPLES } else { STALL_SAMPLES_SPARSE };
        if self.silent_samples < limit || std::mem::replace(&mut self.has_stalled, true) {
            return MediaFlow::Silent;
        }
        MediaFlow::Stalled
    }
}

/// Whether some of it comes all the time. A screen on which nothing moves needs no new pictures.
pub(crate) fn is_steady(expected: MediaState) -> bool {
    expected.microphone || expected.camera
}

#[cfg(test)]
mod tests {
    use super::{MediaFlow::*, *};

    const SOUND: MediaState =
        MediaState { microphone: true, camera: false, screen: false, screen_audio: false };
    const BOTH: MediaState = MediaState { camera: true, ..SOUND };
    const SCREEN: MediaState = MediaState { microphone: false, screen: true, ..SOUND };
    const NOTHING: MediaState = MediaState { microphone: false, ..SOUND };

    /// What samples show, each with what is expected.
    fn flows<const N: usize>(samples: [(u64, MediaState); N]) -> [MediaFlow; N] {
        let mut detector = StallDetector::default();
        samples.map(|(newest, expected)| detector.sample(newest, expected))
    }

    fn flow<const N: usize>(expected: MediaState, samples: [u64; N]) -> [MediaFlow; N] {
        flows(samples.map(|newest| (newest, expected)))
    }

    #[test]
    fn media_that_stops_is_a_stall_once_and_its_return_is_noticed() {
        assert_eq!(
            flow(BOTH, [100, 500, 500, 500, 500, 0, 1_300, 1_700]),
            [Flowing, Flowing, Silent, Stalled, Silent, Silent, Resumed, Flowing]
        );
    }

    #[test]
    fn one_sample_without_news_is_no_stall() {
        assert_eq!(flow(BOTH, [100, 100, 500, 500, 900]), [Flowing, Silent, Flowing, Silent, Flowing]);
    }

    #[test]
    fn silence_without_a_picture_is_no_stall_when_a_packet_is_lost() {
        for expected in [SOUND, MediaState { screen: true, ..SOUND }, MediaState { camera: true, ..NOTHING }]
        {
            assert_eq!(flow(expected, [400, 400, 400, 1_200]), [Flowing, Silent, Silent, Flowing]);
            assert_eq!(
                flow(expected, [400, 400, 400, 400, 400, 3_000]),
                [Flowing, Silent, Silent, Silent, Stalled, Resumed]
            );
        }
    }

    #[test]
    fn a_connection_that_never_brought_media_does_not_stall() {
        assert_eq!(flow(BOTH, [0, 0, 0, 0, 0, 0]), [Silent; 6]);
    }

    #[test]
    fn nothing_that_may_pause_stalls_or_resumes() {
        for expected in [NOTHING, SCREEN] {
            assert_eq!(
                flow(expected, [100, 100, 100, 100, 100, 100, 900]),
                [Flowing, Silent, Silent, Silent, Silent, Silent, Flowing]
            );
        }
    }

    #[test]
    fn what_is_switched_on_may_take_a_while_and_is_missed_then() {
        let idle = [(100, BOTH), (100, NOTHING), (100, NOTHING), (100, NOTHING)];
        let then = |later: [u64; 4]| {
            let [a, b, c, d] = later.map(|newest| (newest, BOTH));
            let [one, two, three, four] = idle;
            let [.., a, b, c, d] = flows([one, two, three, four, a, b, c, d]);
            [a, b, c, d]
        };
        assert_eq!(then([100, 100, 100, 1_700]), [Silent, Silent, Silent, Flowing]);
        assert_eq!(then([100, 100, 100, 100]), [Silent, Silent, Silent, Stalled]);
        assert_eq!(then([500, 500, 500, 500]), [Flowing, Silent, Stalled, Silent]);
    }
}
