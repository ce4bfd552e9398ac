//! How many bytes of one file are under way to a peer.
//!
//! SCTP in browsers doubles what is under way until something is lost. Between fast browsers that is hundreds
//! of packets at once, and the association stands still for seconds: this file, the others, and the chat. So
//! no more is sent than the path takes with as much again in queues, as delay-based congestion control does
//! (Brakmo and Peterson, TCP Vegas, 1995).

use std::collections::VecDeque;

use crate::{protocol::WINDOW_BYTES, sansio::Millis};

/// The least that may be under way: see `docs/PERFORMANCE.md`. Unit: byte.
const MIN_BYTES: u64 = 1024 * 1024;

/// A part of the file that is under way.
#[derive(Debug)]
struct Part {
    /// Its end in the file.
    end: u64,
    sent_at: Millis,
    /// What was stored when it was sent.
    stored: u64,
}

/// What is under way over one channel.
#[derive(Debug)]
pub(super) struct Flight {
    window: u64,
    least: u64,
    parts: VecDeque<Part>,
    /// The shortest time from sending a part to hearing that it is stored. Unit: millisecond.
    shortest: u64,
}

impl Flight {
    /// Nothing is under way. The peer says what is stored after so many bytes.
    pub(super) fn new(step: u64) -> Self {
        // The peer may have stored almost a step without a word, so that less would stand still.
        let least = (2 * step).clamp(MIN_BYTES, WINDOW_BYTES);
        Self { window: least, least, parts: VecDeque::new(), shortest: u64::MAX }
    }

    /// How many bytes may be under way.
    pub(super) const fn window(&self) -> u64 {
        self.window
    }

    /// The file was sent up to this byte, while it is stored up to another.
    pub(super) fn on_sent(&mut self, now: Millis, end: u64, stored: u64) {
        self.parts.push_back(Part { end, sent_at: now, stored });
    }

    /// The file is stored up to this byte.
    pub(super) fn on_stored(&mut self, now: Millis, stored: u64) {
        let mut last = None;
        while let Some(part) = self.parts.pop_front_if(|part| part.end <= stored) {
            last = Some(part);
        }
        let Some(part) = last else { return };
        let took = now.since(part.sent_at).max(1);
        self.shortest = self.shortest.min(took);
        // What went meanwhile is what was under way. Twice as much as without queues may be.
        let went = stored - part.stored;
        let wanted = 2 * went * self.shortest / took;
        self.window =
            wanted.clamp(self.window - self.window / 8, 2 * self.window).clamp(self.least, WINDOW_BYTES);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;
    const PART: u64 = 64 * 1024;

    /// Sends over a path with this speed in bytes per millisecond and this delay, for so long. Returns the
    /// bytes that were stored, and the longest time that one had to wait for others.
    fn send_over(flight: &mut Flight, speed: u64, delay_ms: u64, ms: u64) -> (u64, u64) {
        let (mut sent, mut stored, mut free_at, mut longest) = (0, 0, 0, 0);
        let mut under_way = VecDeque::new();
        for now in 0..ms {
            while let Some((_, end)) = under_way.pop_front_if(|(at, _)| *at <= now) {
                stored = end;
                flight.on_stored(Millis(now), stored);
            }
            while sent + PART <= stored + flight.window() {
                sent += PART;
                free_at = now.max(free_at) + PART / speed;
                longest = longest.max(free_at - now);
                under_way.push_back((free_at + delay_ms, sent));
                flight.on_sent(Millis(now), sent, stored);
            }
        }
        (stored, longest)
    }

    #[test]
    fn a_short_path_needs_no_more_than_the_least() {
        let mut flight = Flight::new(PART);
        let (stored, _) = send_over(&mut flight, 40_000, 2, 5_000);
        assert!(stored > 190 * MIB, "{stored}");
        assert_eq!(flight.window(), MIN_BYTES);
    }

    #[test]
    fn a_long_path_is_filled_and_its_queue_is_short() {
        // 20 MB/s with 100 ms there and back: 2 MB.
        let mut flight = Flight::new(PART);
        let (stored, waited) = send_over(&mut flight, 20_000, 100, 10_000);
        assert!(stored > 180 * MIB, "{stored}");
        assert!(waited <= 130, "{waited} ms in the queue");
        assert!((2 * MIB..5 * MIB).contains(&flight.window()), "{}", flight.window());
    }

    #[test]
    fn no_more_goes_than_the_protocol_allows() {
        let mut flight = Flight::new(PART);
        send_over(&mut flight, 100_000, 300, 10_000);
        assert_eq!(flight.window(), WINDOW_BYTES);
    }

    #[test]
    fn a_peer_that_speaks_seldom_gets_more_before_it_does() {
        assert_eq!(Flight::new(MIB).window(), 2 * MIB);
        assert_eq!(Flight::new(0).window(), MIN_BYTES);
        assert_eq!(Flight::new(1 << 40).window(), WINDOW_BYTES);
    }

    #[test]
    fn a_path_that_becomes_slow_gets_less() {
        let mut flight = Flight::new(PART);
        send_over(&mut flight, 20_000, 100, 3_000);
        flight.parts.clear();
        send_over(&mut flight, 1_000, 100, 20_000);
        assert_eq!(flight.window(), MIN_BYTES);
    }
}
