//! Notices within a second that no media arrives any more, and when it arrives again.
//!
//! ICE waits some seconds before it reports `disconnected`. A person whose phone has just left the Wi-Fi
//! would look at a frozen picture for as long.

/// How often the shell samples each connection. Unit: millisecond.
pub const SAMPLE_INTERVAL_MS: u32 = 400;
/// Samples in a row without new media that make a stall.
const STALL_SAMPLES: u32 = 2;

/// What a sample shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MediaFlow {
    /// Media has stopped arriving.
    Stalled,
    /// Media arrives again after a stall.
    Resumed,
}

/// Watches the samples of one connection.
#[derive(Debug, Default)]
pub(crate) struct StallDetector {
    newest_ms: u64,
    /// Samples in a row without new media.
    silent_samples: u32,
}

impl StallDetector {
    /// Takes in when the newest media was played; 0 if there is none. Returns a change.
    pub(crate) fn sample(&mut self, newest_ms: u64) -> Option<MediaFlow> {
        if newest_ms > self.newest_ms {
            self.newest_ms = newest_ms;
            let stalled = std::mem::take(&mut self.silent_samples) >= STALL_SAMPLES;
            return stalled.then_some(MediaFlow::Resumed);
        }
        if self.newest_ms == 0 {
            return None;
        }
        self.silent_samples = self.silent_samples.saturating_add(1);
        (self.silent_samples == STALL_SAMPLES).then_some(MediaFlow::Stalled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(samples: &[u64]) -> Vec<Option<MediaFlow>> {
        let mut detector = StallDetector::default();
        samples.iter().map(|newest| detector.sample(*newest)).collect()
    }

    #[test]
    fn media_that_stops_is_a_stall_once_and_its_return_is_noticed() {
        let (stalled, resumed) = (Some(MediaFlow::Stalled), Some(MediaFlow::Resumed));
        assert_eq!(
            changes(&[100, 500, 500, 500, 500, 0, 1_300, 1_700]),
            [None, None, None, stalled, None, None, resumed, None]
        );
    }

    #[test]
    fn one_sample_without_news_is_no_stall() {
        assert_eq!(changes(&[100, 100, 500, 500, 900]), [None; 5]);
    }

    #[test]
    fn a_connection_that_never_brought_media_does_not_stall() {
        assert_eq!(changes(&[0, 0, 0, 0]), [None; 4]);
    }
}
