//! How many bytes of a file are under way to a peer.
//!
//! The congestion control of SCTP (RFC 9260, section 7.2) doubles what is under way until packets are lost.
//! Between fast pages of Chromium the association then stands still for seconds: the files, and the chat. So
//! a sender allows no more than the path takes with as much again in queues. Its delay shows that, as in
//! TCP Vegas (Brakmo and Peterson, 1995).

use std::collections::VecDeque;

use crate::{protocol::WINDOW_BYTES, sansio::Millis};

/// The least that may be under way to a peer, by all files together: see `docs/PERFORMANCE.md`. Unit: byte.
const MIN_BYTES: u64 = 1024 * 1024;

/// What is known of the path to a peer, by all files that go there.
#[derive(Debug)]
pub(super) struct Path {
    /// The shortest time from sending a part to hearing that it is stored. Unit: millisecond.
    shortest: u64,
}

impl Default for Path {
    fn default() -> Self {
        Self { shortest: u64::MAX }
    }
}

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
#[derive(Debug, Default)]
pub(super) struct Flight {
    window: u64,
    parts: VecDeque<Part>,
}

impl Flight {
    /// How many bytes may be under way, while so many files go to the peer, who says what is stored after
    /// `step` bytes.
    pub(super) fn window(&self, step: u64, chunk: u64, files: u64) -> u64 {
        // As long as the peer has stored less than a step it says nothing: one more message must be allowed.
        self.window.max(MIN_BYTES / files.max(1)).max(step + chunk)
    }

    /// The file was sent up to this byte, while it is stored up to another.
    pub(super) fn on_sent(&mut self, now: Millis, end: u64, stored: u64) {
        self.parts.push_back(Part { end, sent_at: now, stored });
    }

    /// The file is stored up to this byte.
    pub(super) fn on_stored(&mut self, now: Millis, stored: u64, path: &mut Path) {
        let mut last = None;
        while let Some(part) = self.parts.pop_front_if(|part| part.end <= stored) {
            last = Some(part);
        }
        let Some(part) = last else { return };
        let took = now.since(part.sent_at).max(1);
        path.shortest = path.shortest.min(took);
        // So much was under way meanwhile. Without queues it would have taken the shortest time.
        let went = stored - part.stored;
        let wanted = 2 * went * path.shortest / took;
        // It shrinks slowly: one delay is not yet a queue.
        self.window = wanted.max(self.window - self.window / 8).min(WINDOW_BYTES);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;
    const PART: u64 = 64 * 1024;

    /// One file, from a moment on.
    #[derive(Default)]
    struct File {
        from_ms: u64,
        sent: u64,
        stored: u64,
        flight: Flight,
    }

    impl File {
        fn from(ms: u64) -> Self {
            Self { from_ms: ms, ..Self::default() }
        }
    }

    /// Sends files over one path with this speed in bytes per millisecond and this delay, for so long, to a
    /// peer who says at once what is stored. Returns how long the last part has waited for others, at most,
    /// in the second half of the time.
    fn send_over(files: &mut [File], speed: u64, delay_ms: u64, ms: u64) -> u64 {
        let (mut path, mut free_at, mut longest) = (Path::default(), 0, 0);
        let mut under_way = VecDeque::<(u64, usize, u64)>::new();
        for now in 0..ms {
            while let Some((_, file, end)) = under_way.pop_front_if(|(at, ..)| *at <= now) {
                let file = &mut files[file];
                file.stored = end;
                file.flight.on_stored(Millis(now), end, &mut path);
            }
            let running = files.iter().filter(|file| file.from_ms <= now).count() as u64;
            for (number, file) in files.iter_mut().enumerate().filter(|(_, file)| file.from_ms <= now) {
                while file.sent + PART <= file.stored + file.flight.window(PART, PART, running) {
                    file.sent += PART;
                    free_at = now.max(free_at) + PART / speed;
                    if now > ms / 2 {
                        longest = longest.max(free_at - now);
                    }
                    under_way.push_back((free_at + delay_ms, number, file.sent));
                    file.flight.on_sent(Millis(now), file.sent, file.stored);
                }
            }
        }
        longest
    }

    #[test]
    fn a_short_path_needs_no_more_than_the_least() {
        let mut files = [File::default()];
        send_over(&mut files, 40_000, 2, 5_000);
        assert!(files[0].stored > 190 * MIB, "{}", files[0].stored);
        assert_eq!(files[0].flight.window(PART, PART, 1), MIN_BYTES);
    }

    #[test]
    fn a_long_path_is_filled_and_its_queue_is_short() {
        // 20 MB/s with 100 ms there and back: 2 MB.
        let mut files = [File::default()];
        let waited = send_over(&mut files, 20_000, 100, 10_000);
        assert!(files[0].stored > 180 * MIB, "{}", files[0].stored);
        assert!(waited <= 130, "{waited} ms in the queue");
    }

    #[test]
    fn files_that_begin_later_do_not_make_the_queue_longer() {
        let mut files = [0, 1_000, 2_000, 3_000].map(File::from);
        let waited = send_over(&mut files, 20_000, 100, 10_000);
        assert!(waited <= 200, "{waited} ms in the queue");
        // Who began first keeps most of the path. The others have a few MB after some seconds, and their share
        // when it is done.
        for file in files {
            assert!(file.stored > 5 * MIB, "{}", file.stored);
        }
    }

    #[test]
    fn several_files_over_a_short_path_have_the_least_together() {
        let mut files = [0, 100, 200, 300].map(File::from);
        let waited = send_over(&mut files, 40_000, 2, 5_000);
        assert!(waited <= 1 + MIN_BYTES / 40_000, "{waited} ms in the queue");
        for file in files {
            assert!(file.stored > 20 * MIB, "{}", file.stored);
        }
    }

    #[test]
    fn no_more_goes_than_the_protocol_allows() {
        let mut files = [File::default()];
        send_over(&mut files, 100_000, 300, 10_000);
        assert_eq!(files[0].flight.window(PART, PART, 1), WINDOW_BYTES);
    }

    #[test]
    fn a_path_that_becomes_slow_gets_less() {
        let mut flight = Flight { window: WINDOW_BYTES, ..Flight::default() };
        let mut path = Path { shortest: 100 };
        for second in 1..100 {
            flight.on_sent(Millis(second * 1_000), second * PART, (second - 1) * PART);
            flight.on_stored(Millis(second * 1_000 + 900), second * PART, &mut path);
        }
        assert_eq!(flight.window(PART, PART, 1), MIN_BYTES);
    }

    #[test]
    fn who_says_nothing_before_a_step_gets_a_step_and_one_message() {
        let flight = Flight::default();
        for (step, chunk, files) in [(MIB, PART, 1), (MIB, 4 * PART, 1), (4 * PART, PART, 4), (0, PART, 4)] {
            let window = flight.window(step, chunk, files);
            assert!(
                window >= step + chunk && window >= MIN_BYTES / files,
                "{step} {chunk} {files}: {window}"
            );
        }
    }
}
