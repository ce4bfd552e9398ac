//! How many bytes of a file are under way to a peer.
//!
//! The congestion control of SCTP (RFC 9260, section 7.2) doubles what is under way until packets are lost.
//! Between fast pages of Chromium the association then stands still for seconds: the files, and the chat. So
//! a sender allows no more than the path takes with as much again in queues. Its delay shows that, as in
//! TCP Vegas (Brakmo and Peterson, 1995).

use std::collections::VecDeque;

use crate::{protocol::WINDOW_BYTES, sansio::Millis};

/// The least that may be under way to a peer, by all files together, once something has arrived: see
/// `docs/PERFORMANCE.md`. Unit: byte.
const MIN_BYTES: u64 = 512 * 1024;

/// What is known of the path to a peer, by all files that go there.
#[derive(Debug)]
pub(super) struct Path {
    /// How much may be under way, of all files. None is known before something has arrived.
    window: u64,
    /// The shortest time from sending a part to hearing that it has arrived. Unit: millisecond.
    shortest: u64,
    /// How many bytes of all files have arrived.
    arrived: u64,
}

/// What is under way over one channel.
#[derive(Debug, Default)]
pub(super) struct Flight(VecDeque<Part>);

/// A part of the file that is under way.
#[derive(Debug)]
struct Part {
    /// Its end in the file.
    end: u64,
    sent_at: Millis,
    /// How many bytes of all files had arrived when it was sent.
    arrived: u64,
}

impl Default for Path {
    fn default() -> Self {
        Self { window: 0, shortest: u64::MAX, arrived: 0 }
    }
}

impl Path {
    /// How much may be under way of one of so many files, in messages of `chunk` bytes, to a peer who says
    /// after `step` bytes what has arrived.
    pub(super) fn share(&self, step: u64, chunk: u64, files: u64) -> u64 {
        let window = if self.window == 0 { 0 } else { self.window.max(MIN_BYTES) };
        // As long as less than a step has arrived the peer says nothing: one more message must be allowed. At
        // first there is no more than that, so that it shows what the path takes without queues.
        (window / files).max(step + chunk)
    }
}

impl Flight {
    /// The file was sent up to this byte.
    pub(super) fn on_sent(&mut self, now: Millis, end: u64, path: &Path) {
        self.0.push_back(Part { end, sent_at: now, arrived: path.arrived });
    }

    /// So many more bytes of the file have arrived, up to this one.
    pub(super) fn on_arrived(&mut self, now: Millis, bytes: u64, end: u64, path: &mut Path) {
        path.arrived += bytes;
        let mut last = None;
        while let Some(part) = self.0.pop_front_if(|part| part.end <= end) {
            last = Some(part);
        }
        let Some(part) = last else { return };
        let took = now.since(part.sent_at).max(1);
        path.shortest = path.shortest.min(took);
        // So much was under way meanwhile. Without queues it would have taken the shortest time.
        let went = path.arrived.saturating_sub(part.arrived);
        let wanted = 2 * went * path.shortest / took;
        // It shrinks slowly: one delay is not yet a queue.
        path.window = wanted.max(path.window - path.window / 8).min(WINDOW_BYTES);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;
    const PART: u64 = 64 * 1024;
    const STEP: u64 = 4 * PART;

    /// One file, from a moment on.
    #[derive(Default)]
    struct File {
        from_ms: u64,
        sent: u64,
        arrived: u64,
        flight: Flight,
    }

    impl File {
        fn from(ms: u64) -> Self {
            Self { from_ms: ms, ..Self::default() }
        }
    }

    /// Sends files over one path with this speed in bytes per millisecond and this delay, for so long, to a
    /// peer who says after a step what has arrived. Returns what is known of the path, and how long a part
    /// has waited for others, at most, from a second after the first file on.
    fn send_over(files: &mut [File], speed: u64, delay_ms: u64, ms: u64) -> (Path, u64) {
        let (mut path, mut free_at, mut longest) = (Path::default(), 0, 0);
        let mut under_way = VecDeque::<(u64, usize, u64)>::new();
        for now in 0..ms {
            let count = files.iter().filter(|file| file.from_ms <= now).count() as u64;
            while let Some((_, file, end)) = under_way.pop_front_if(|(at, ..)| *at <= now) {
                let file = &mut files[file];
                if end >= file.arrived + STEP {
                    let new = end - file.arrived;
                    file.arrived = end;
                    file.flight.on_arrived(Millis(now), new, end, &mut path);
                }
            }
            for (number, file) in files.iter_mut().enumerate().filter(|(_, file)| file.from_ms <= now) {
                while file.sent + PART <= file.arrived + path.share(STEP, PART, count) {
                    file.sent += PART;
                    free_at = now.max(free_at) + PART / speed;
                    if now > 1_000 {
                        longest = longest.max(free_at - now);
                    }
                    under_way.push_back((free_at + delay_ms, number, file.sent));
                    file.flight.on_sent(Millis(now), file.sent, &path);
                }
            }
        }
        (path, longest)
    }

    #[test]
    fn a_short_path_needs_no_more_than_the_least() {
        let mut files = [File::default()];
        let (path, _) = send_over(&mut files, 40_000, 2, 5_000);
        assert!(files[0].arrived > 180 * MIB, "{}", files[0].arrived);
        let share = path.share(STEP, PART, 1);
        assert!(share <= MIN_BYTES + STEP, "{share}");
    }

    #[test]
    fn a_long_path_is_filled_and_its_queue_is_short() {
        // 20 MB/s with 100 ms there and back: 2 MB.
        let mut files = [File::default()];
        let (_, waited) = send_over(&mut files, 20_000, 100, 10_000);
        assert!(files[0].arrived > 180 * MIB, "{}", files[0].arrived);
        assert!(waited <= 130, "{waited} ms in the queue");
    }

    #[test]
    fn several_files_share_a_path_whenever_they_begin() {
        // A long path: whoever begins gets a share at once, while that of the others drains. And a short one,
        // where each may have a step and a message under way.
        for (speed, delay_ms, most_ms) in [(20_000, 100, 200), (40_000, 2, 40)] {
            let mut files = [0, 1_000, 2_000, 3_000].map(File::from);
            let (_, waited) = send_over(&mut files, speed, delay_ms, 10_000);
            assert!(waited <= most_ms, "{waited} ms in the queue");
            let (first, last) = (files[0].arrived, files[3].arrived);
            assert!(last > first / 4, "{first} and {last}");
        }
    }

    #[test]
    fn no_more_goes_than_the_protocol_allows() {
        let (path, _) = send_over(&mut [File::default()], 100_000, 300, 10_000);
        assert_eq!(path.share(STEP, PART, 1), WINDOW_BYTES);
    }

    #[test]
    fn a_path_that_becomes_slow_gets_less() {
        let (mut flight, mut path) =
            (Flight::default(), Path { window: WINDOW_BYTES, shortest: 100, arrived: 0 });
        for second in 1..100 {
            flight.on_sent(Millis(second * 1_000), second * PART, &path);
            flight.on_arrived(Millis(second * 1_000 + 900), PART, second * PART, &mut path);
        }
        assert_eq!(path.share(STEP, PART, 1), MIN_BYTES);
    }

    #[test]
    fn who_says_nothing_before_a_step_gets_a_step_and_one_message() {
        for path in [Path::default(), Path { window: PART, shortest: 1, arrived: 0 }] {
            for (step, chunk, files) in
                [(MIB, PART, 1), (MIB, 4 * PART, 1), (4 * PART, PART, 4), (0, PART, 4)]
            {
                let share = path.share(step, chunk, files);
                assert!(share >= step + chunk, "{step} {chunk} {files}: {share}");
            }
        }
    }
}
