//! Stopping: every client is told when to come back to the next server process.

use rand_chacha::rand_core::RngCore as _;

use super::{Effect, Hub};
use crate::{
    protocol::{CloseCode, ServerMsg},
    sansio::Deadlines,
};

/// The earliest return, about the start-up time of a server. Unit: millisecond.
const EARLIEST_RETURN_MS: u64 = 300;
/// Returns are spread over this time, and over a longer one if there are many. Unit: millisecond.
const SPREAD_MS: u64 = 700;
/// Added to the spread for each socket, so that a thousand come back in a second. Unit: millisecond.
const SPREAD_PER_SOCKET_MS: u64 = 1;
/// Upper limit of the spread. Half of the resume window is another one: the last must come back within the
/// grace period. Unit: millisecond.
const MAX_SPREAD_MS: u64 = 10_000;

impl Hub {
    pub(super) fn stop(&mut self) {
        let sockets = std::mem::take(&mut self.sockets);
        let added = u64::try_from(sockets.len()).unwrap_or(u64::MAX).saturating_mul(SPREAD_PER_SOCKET_MS);
        let spread = SPREAD_MS.saturating_add(added).min(MAX_SPREAD_MS).min(self.config.resume_window_ms / 2);
        for conn in sockets.into_keys() {
            let retry_after_ms = EARLIEST_RETURN_MS + self.rng.next_u64() % spread;
            self.send(conn, ServerMsg::ServerRestarting { retry_after_ms });
            self.effects.push_back(Effect::Close { conn, code: CloseCode::GoingAway });
        }
        self.rooms.clear();
        self.deadlines = Deadlines::default();
    }
}
