//! The last two minutes of one connection.

use super::{
    reading::Reading,
    sample::Sample,
    verdict::{Expected, Findings, JUDGED},
};

/// Samples of two minutes.
pub const KEPT: usize = 60;

/// A reading that comes later than this after the one before begins anew: the page has slept. Unit:
/// millisecond.
const LONGEST_MS: u64 = 10_000;

/// The last two minutes of a connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Connection {
    pub(super) last: Reading,
    expected: Expected,
    /// Samples since the camera has been sent by the plan of now. The encoder needs some to get there.
    by_plan: usize,
    pub(super) samples: Vec<Sample>,
}

impl Connection {
    pub(super) fn new(first: Reading, expected: Expected) -> Self {
        Self { last: first, expected, by_plan: 0, samples: Vec::new() }
    }

    /// Takes the next reading.
    pub(super) fn observe(&mut self, reading: Reading, expected: Expected) {
        if reading.at_ms.saturating_sub(self.last.at_ms) > LONGEST_MS {
            self.samples.clear();
        } else if let Some(sample) = Sample::between(&self.last, &reading) {
            if self.samples.len() >= KEPT {
                self.samples.remove(0);
            }
            self.samples.push(sample);
        }
        self.last = reading;
        self.by_plan = if expected.sent == self.expected.sent { self.by_plan + 1 } else { 0 };
        self.expected = expected;
    }

    pub(super) fn findings(&self) -> Option<Findings> {
        let sent = self.expected.sent.filter(|_| self.by_plan >= JUDGED);
        Findings::of(&self.samples, Expected { sent, ..self.expected })
    }
}
