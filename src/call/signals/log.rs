//! The entries that a view keeps.

use super::entry::{Entry, Recorded};

/// The most entries that are kept.
const MAX_ENTRIES: usize = 500;

/// The most bytes of messages that are kept.
const MAX_BYTES: usize = 1024 * 1024;

/// What was recorded, within limits. As in the record of the page, what is dropped is in the middle: the
/// beginning says how the call came about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Log {
    /// Oldest first.
    pub entries: Vec<Entry>,
    /// How many are missing.
    pub dropped: u64,
    /// The number of the newest that was added.
    pub newest: u64,
    bytes: usize,
}

impl Log {
    /// A log of these entries.
    pub fn of(entries: Vec<Entry>, dropped: u64) -> Self {
        let newest = entries.last().map_or(0, |entry| entry.number);
        Self { entries, dropped, newest, bytes: 0 }
    }

    /// Adds what is newer than the newest.
    pub fn add(&mut self, recorded: Vec<Recorded>) {
        for recorded in recorded {
            self.dropped += recorded.number.saturating_sub(self.newest + 1);
            self.newest = self.newest.max(recorded.number);
            let Some(entry) = Entry::from_recorded(recorded) else { continue };
            self.bytes += bytes(&entry);
            self.entries.push(entry);
            while self.entries.len() > MAX_ENTRIES || self.bytes > MAX_BYTES {
                let dropped = self.entries.remove(self.entries.len() / 2);
                self.bytes -= bytes(&dropped);
                self.dropped += 1;
            }
        }
    }

    /// Where the entry with this number is.
    pub fn position(&self, number: u64) -> Option<usize> {
        self.entries.binary_search_by_key(&number, |entry| entry.number).ok()
    }
}

fn bytes(entry: &Entry) -> usize {
    entry.message().map_or(0, |message| message.text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(number: u64, bytes: usize) -> Recorded {
        let kind = if bytes == 0 { "open" } else { "message" };
        Recorded { number, at_us: number, kind: kind.to_owned(), text: "x".repeat(bytes), peer: None }
    }

    #[test]
    fn the_beginning_and_the_newest_are_kept() {
        let mut log = Log::default();
        for number in 1..=2000 {
            log.add(vec![recorded(number, 0)]);
        }
        assert_eq!((log.entries.len(), log.dropped, log.newest), (MAX_ENTRIES, 1500, 2000));
        assert_eq!(log.entries.first().map(|entry| entry.number), Some(1));
        assert_eq!(log.entries.last().map(|entry| entry.number), Some(2000));
        assert_eq!(log.position(2000), Some(MAX_ENTRIES - 1));
        assert_eq!(log.position(1000), None);
    }

    #[test]
    fn large_messages_are_fewer() {
        let mut log = Log::default();
        log.add((1..=100).map(|number| recorded(number, 100_000)).collect());
        assert_eq!((log.entries.len(), log.dropped), (10, 90));
        log.add(vec![recorded(101, 2 * MAX_BYTES)]);
        assert_eq!((log.entries.len(), log.newest), (1, 101));
    }

    #[test]
    fn what_the_page_has_dropped_is_counted() {
        let mut log = Log::default();
        log.add(vec![recorded(1, 0), recorded(2, 0), recorded(10, 0)]);
        assert_eq!((log.entries.len(), log.dropped), (3, 7));
    }
}
