//! The clocks of the TURN server.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::{sansio::Millis, turn::Now};

/// A monotonic clock, and a wall clock that is read once and then advanced by the monotonic one: a step of
/// the system's wall clock neither ends the logins told before nor prolongs them.
#[derive(Debug)]
pub(super) struct Clock {
    started: Instant,
    /// Since 1970.
    unix: Duration,
}

impl Clock {
    pub(super) fn start() -> Self {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { started: Instant::now(), unix }
    }

    pub(super) fn now(&self) -> Now {
        let elapsed = self.started.elapsed();
        let steady = Millis(u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX));
        Now { steady, unix: (self.unix + elapsed).as_secs() }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    /// With the time of the test paused, the wall clock is what steps.
    #[tokio::test(start_paused = true)]
    async fn logins_do_not_depend_on_what_the_wall_clock_does_later() {
        let clock = Clock::start();
        let first = clock.now();
        advance(Duration::from_secs(600)).await;
        let later = clock.now();
        assert_eq!(later.unix - first.unix, 600);
        assert_eq!(later.steady.since(first.steady), 600_000);
    }
}
