//! What is one row: a file from somebody, or an own file with everybody who gets it.

use crate::{
    call::data::files::{FileEntry, FilesView},
    protocol::{FileId, PeerId},
};

/// The transfers of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Group {
    /// The file.
    pub id: FileId,
    /// From whom; `None` for an own one.
    pub from: Option<PeerId>,
}

impl Group {
    /// Whether a transfer is in it.
    pub fn has(self, entry: &FileEntry) -> bool {
        self == Self::of(entry)
    }

    fn of(entry: &FileEntry) -> Self {
        Self { id: entry.key.id, from: (!entry.is_own()).then_some(entry.key.peer) }
    }
}

/// The rows of a list, in the order of their first transfers.
pub fn groups(view: &FilesView) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for group in view.entries.iter().map(Group::of) {
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::{super::words::tests::entry, *};
    use crate::call::data::files::{Direction, State};

    #[test]
    fn an_own_file_is_one_row_however_many_get_it() {
        let of = |peer, id, direction| {
            let mut entry = entry(State::Offered);
            (entry.key.peer, entry.key.id, entry.key.direction) =
                (PeerId::new(peer), FileId::new(id), direction);
            entry
        };
        let entries = vec![
            of(1, 9, Direction::Out),
            of(1, 9, Direction::In),
            of(2, 9, Direction::Out),
            of(2, 9, Direction::In),
        ];
        let group = |from: Option<u64>| Group { id: FileId::new(9), from: from.map(PeerId::new) };
        let view = FilesView { entries, unread: 0 };
        assert_eq!(groups(&view), [group(None), group(Some(1)), group(Some(2))]);
    }
}
