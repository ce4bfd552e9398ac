//! How messages are grouped: a pure function of them.

use crate::call::data::chat::{ChatEntry, ChatView};

/// Messages of one author that are further apart than this have a head each. Unit: millisecond.
const GROUP_MS: u64 = 5 * 60_000;

/// A message, and what stands above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The message.
    pub entry: ChatEntry,
    /// Its author and time stand above it: it is the first of a group.
    pub head: bool,
    /// What separates it from the messages before.
    pub mark: Option<Mark>,
}

/// What separates messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// What was written before this person came begins here.
    Earlier,
    /// It ends here.
    Joined,
}

/// The rows of a list.
pub fn rows(view: &ChatView) -> Vec<Row> {
    let mut before: Option<&ChatEntry> = None;
    let mut rows = Vec::with_capacity(view.entries.len());
    for entry in &view.entries {
        let was_earlier = before.is_some_and(|before| before.earlier);
        let mark = match (was_earlier, entry.earlier) {
            (false, true) if before.is_none() => Some(Mark::Earlier),
            (true, false) => Some(Mark::Joined),
            _ => None,
        };
        let is_same = before.is_some_and(|before| belongs_to(entry, before));
        rows.push(Row { entry: entry.clone(), head: !is_same || mark.is_some(), mark });
        before = Some(entry);
    }
    rows
}

/// Whether a message is in a group with the one before it.
fn belongs_to(entry: &ChatEntry, before: &ChatEntry) -> bool {
    let to = |entry: &ChatEntry| entry.to.as_ref().map(|to| to.id);
    (entry.own, entry.author, to(entry)) == (before.own, before.author, to(before))
        && entry.at_ms.saturating_sub(before.at_ms) < GROUP_MS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{MessageId, PeerId};

    fn entry(number: u128, author: u64, at_minutes: u64, earlier: bool) -> ChatEntry {
        ChatEntry {
            id: MessageId::new(number),
            author: PeerId::new(author),
            name: None,
            own: false,
            at_ms: at_minutes * 60_000,
            to: None,
            reply_to: None,
            text: Some("x".into()),
            revision: 0,
            earlier,
            waiting: Vec::new(),
            changeable: false,
        }
    }

    fn shown(entries: Vec<ChatEntry>) -> Vec<(bool, Option<Mark>)> {
        let view = ChatView { entries, unread: 0 };
        rows(&view).iter().map(|row| (row.head, row.mark)).collect()
    }

    #[test]
    fn messages_of_one_author_in_a_few_minutes_are_a_group() {
        let entries =
            vec![entry(1, 1, 0, false), entry(2, 1, 4, false), entry(3, 1, 9, false), entry(4, 2, 9, false)];
        assert_eq!(shown(entries), [(true, None), (false, None), (true, None), (true, None)]);
    }

    #[test]
    fn what_is_from_before_is_separated() {
        let entries = vec![entry(1, 1, 0, true), entry(2, 1, 0, true), entry(3, 1, 0, false)];
        assert_eq!(shown(entries), [(true, Some(Mark::Earlier)), (false, None), (true, Some(Mark::Joined))]);
    }
}
