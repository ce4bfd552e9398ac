//! What stands in the panel: messages, and files among them where they came. A pure function of both.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::rows::Row;
use crate::{protocol::MessageId, ui::call::files::Group};

/// One thing in the panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A message.
    Message(Row),
    /// A file.
    File(Placed),
}

/// What an item is drawn anew for when it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ItemKey {
    /// Which message, and a hash of everything of it that is drawn, but for what changes in place.
    Message(MessageId, u64),
    /// Which file.
    File(Group),
}

impl ItemKey {
    /// The same as long as it is the same thing.
    pub const fn which(self) -> Self {
        match self {
            Self::Message(id, _) => Self::Message(id, 0),
            Self::File(_) => self,
        }
    }
}

/// A file, when it came, and after which message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// The file.
    pub group: Group,
    /// The message; `None` if it was the first thing.
    pub after: Option<MessageId>,
    /// In milliseconds since 1970.
    pub at_ms: u64,
}

impl Item {
    /// See [`ItemKey`].
    pub fn key(&self) -> ItemKey {
        match self {
            Self::Message(row) => ItemKey::Message(row.entry.id, hash_of_drawn(row)),
            Self::File(file) => ItemKey::File(file.group),
        }
    }

    /// This person wrote it, or sends it.
    pub fn is_own(&self) -> bool {
        match self {
            Self::Message(row) => row.entry.own,
            Self::File(file) => file.group.from.is_none(),
        }
    }
}

fn hash_of_drawn(row: &Row) -> u64 {
    let Row { entry, head, mark } = row;
    let mut drawn = DefaultHasher::new();
    (head, mark, &entry.name, &entry.to, &entry.reply_to, &entry.text).hash(&mut drawn);
    (entry.revision, entry.earlier).hash(&mut drawn);
    drawn.finish()
}

/// Messages with files among them. A file whose message is gone stands first.
pub fn items(rows: Vec<Row>, files: &[Placed]) -> Vec<Item> {
    let has = |id: MessageId| rows.iter().any(|row| row.entry.id == id);
    let first = files.iter().filter(|file| !file.after.is_some_and(has));
    let mut items: Vec<_> = first.copied().map(Item::File).collect();
    for mut row in rows {
        let id = row.entry.id;
        // After a file a group of messages begins anew.
        row.head |= matches!(items.last(), Some(Item::File(_)));
        items.push(Item::Message(row));
        items.extend(files.iter().filter(|file| file.after == Some(id)).copied().map(Item::File));
    }
    items
}

/// Where files stand, once there are these: those that are new come last, at this time.
pub fn placed(before: &[Placed], files: &[Group], last: Option<MessageId>, at_ms: u64) -> Vec<Placed> {
    let place = |group: &Group| {
        let known = before.iter().find(|placed| placed.group == *group);
        known.copied().unwrap_or(Placed { group: *group, after: last, at_ms })
    };
    files.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        call::data::chat::ChatEntry,
        protocol::{FileId, PeerId},
    };

    fn row(number: u128) -> Row {
        let entry = ChatEntry {
            id: MessageId::new(number),
            author: PeerId::new(1),
            name: None,
            own: false,
            at_ms: 0,
            to: None,
            reply_to: None,
            text: None,
            revision: 0,
            earlier: false,
            waiting: Vec::new(),
            changeable: false,
        };
        Row { entry, head: false, mark: None }
    }

    fn group(number: u128) -> Group {
        Group { id: FileId::new(number), from: None }
    }

    #[test]
    fn a_file_stays_where_it_came() {
        let mut files = placed(&[], &[group(7)], None, 70);
        files = placed(&files, &[group(7), group(8)], Some(MessageId::new(2)), 80);
        let shown = items(vec![row(1), row(2), row(3)], &files);
        let what = |item: &Item| match item {
            Item::Message(row) => (Some(row.entry.id), row.head),
            Item::File(_) => (None, false),
        };
        let message = |number, head| (Some(MessageId::new(number)), head);
        let file = (None, false);
        let expected = [file, message(1, true), message(2, false), file, message(3, true)];
        assert_eq!(shown.iter().map(what).collect::<Vec<_>>(), expected);
        assert_eq!(shown[3].key(), ItemKey::File(group(8)));
        let without = items(vec![row(3)], &files);
        assert_eq!(without.len(), 3, "its message is gone");
        assert_eq!(placed(&files, &[group(8)], None, 90), files[1..]);
        assert_eq!(files[1].at_ms, 80);
    }
}
