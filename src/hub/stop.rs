//! The end of a hub: everybody is told when to come back to the server that comes next.

use rand_chacha::rand_core::RngCore as _;

use super::{Effect, Hub};
use crate::{
    protocol::{CloseCode, ServerMsg},
    sansio::Deadlines,
};

/// The earliest return: about the time a program needs to start. Unit: millisecond.
const PAUSE_MS: u64 = 300;
/// Returns are spread over this time, and longer if there are many. Unit: millisecond.
const SPREAD_MS: u64 = 700;
/// So much longer for each socket: a thousand a second may come. Unit: millisecond.
const SPREAD_PER_SOCKET_MS: u64 = 1;
/// But no longer than this, so that the last is back while a seat from before the restart is still believed in, even with
/// windows much shorter than the default. Unit: millisecond.
const LONGEST_SPREAD_MS: u64 = 10_000;

impl Hub {
    pub(super) fn stop(&mut self) {
        let sessions = std::mem::take(&mut self.sessions);
        let longer = u64::try_from(sessions.len()).unwrap_or(u64::MAX).saturating_mul(SPREAD_PER_SOCKET_MS);
        let spread =
            SPREAD_MS.saturating_add(longer).min(LONGEST_SPREAD_MS).min(self.config.resume_window_ms / 2);
        for conn in sessions.into_keys() {
            let retry_after_ms = PAUSE_MS + self.dice.next_u64() % spread;
            self.send(conn, ServerMsg::ServerRestarting { retry_after_ms });
            self.effects.push_back(Effect::Close { conn, code: CloseCode::GoingAway });
        }
        self.rooms.clear();
        self.deadlines = Deadlines::default();
    }
}
