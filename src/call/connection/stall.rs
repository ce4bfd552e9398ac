//! Notices within a second that no media arrives any more, and when it arrives again.
//!
//! ICE waits some seconds before it reports `disconnected`. A person whose phone has just left the Wi-Fi
//! would look at a frozen picture for as long.

/// How often the shell samples each connection. Unit: millisecond.
pub const SAMPLE_INTERVAL_MS: u32 = 400;
/// Samples in a row without new media that make a stall.
const STALL_SAMPLES: u32 = 2;
/// The same without a picture, or without sound. Silence takes a packet every 400 ms, and one of them may be
/// lost; a camera that is exchanged for another one gives nothing for a while.
const STALL_SAMPLES_ONE: u32 = 4;

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
    /// Samples in a row without new media.
    silent_samples: u32,
}

impl StallDetector {
    /// Takes in when the newest media was played, 0 if there is none, and whether both sound and a picture
    /// are expected.
    pub(crate) fn sample(&mut self, newest_ms: u64, both: bool) -> MediaFlow {
        let limit = if both { STALL_SAMPLES } else { STALL_SAMPLES_ONE };
        if newest_ms > self.newest_ms {
            self.newest_ms = newest_ms;
            let had_stalled = std::mem::take(&mut self.silent_samples) >= limit;
            return if had_stalled { MediaFlow::Resumed } else { MediaFlow::Flowing };
        }
        if self.newest_ms == 0 {
            return MediaFlow::Silent;
        }
        self.silent_samples = self.silent_samples.saturating_add(1);
        if self.silent_samples == limit { MediaFlow::Stalled } else { MediaFlow::Silent }
    }
}

#[cfg(test)]
mod tests {
    use super::{MediaFlow::*, *};

    fn flow(samples: &[u64]) -> Vec<MediaFlow> {
        let mut detector = StallDetector::default();
        samples.iter().map(|newest| detector.sample(*newest, true)).collect()
    }

    #[test]
    fn media_that_stops_is_a_stall_once_and_its_return_is_noticed() {
        assert_eq!(
            flow(&[100, 500, 500, 500, 500, 0, 1_300, 1_700]),
            [Flowing, Flowing, Silent, Stalled, Silent, Silent, Resumed, Flowing]
        );
    }

    #[test]
    fn one_sample_without_news_is_no_stall() {
        assert_eq!(flow(&[100, 100, 500, 500, 900]), [Flowing, Silent, Flowing, Silent, Flowing]);
    }

    #[test]
    fn silence_without_a_picture_is_no_stall_when_a_packet_is_lost() {
        let mut detector = StallDetector::default();
        let mut flow = |samples: &[u64]| -> Vec<_> {
            samples.iter().map(|newest| detector.sample(*newest, false)).collect()
        };
        assert_eq!(flow(&[400, 400, 400, 1_200]), [Flowing, Silent, Silent, Flowing]);
        assert_eq!(flow(&[1_200, 1_200, 1_200, 1_200, 3_000]), [Silent, Silent, Silent, Stalled, Resumed]);
    }

    #[test]
    fn a_connection_that_never_brought_media_does_not_stall() {
        assert_eq!(flow(&[0, 0, 0, 0]), [Silent; 4]);
    }
}
