//! What the page shows of transfers: plain data.

use super::{
    Direction, Files, Key, Place, State,
    names::FileName,
    pictures::{Content, Picture},
    speed::Speed,
    transfer::Incoming,
};
use crate::{protocol::DisplayName, sansio::Millis};

/// Larger pictures are not shown in place, only saved. Unit: byte.
const MAX_SHOWN_BYTES: u64 = 20 * 1024 * 1024;

/// Everything that a page needs to draw the transfers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilesView {
    /// The transfers, in the order in which they began.
    pub entries: Vec<FileEntry>,
    /// Files of others that were not on the screen yet, without those of which nothing comes.
    pub unread: u32,
}

/// A transfer, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEntry {
    /// Which.
    pub key: Key,
    /// The other person.
    pub who: Option<DisplayName>,
    /// What the file is called.
    pub name: FileName,
    /// Its size in bytes.
    pub size: u64,
    /// It is for one person alone, as far as this page knows.
    pub private: bool,
    /// How far the transfer is.
    pub state: State,
    /// How many bytes are there.
    pub bytes: u64,
    /// Bytes per second, while it goes and once that is known.
    pub speed: Option<u64>,
    /// Seconds until it is complete, likewise.
    pub left_s: Option<u64>,
    /// A received picture that is shown in place.
    pub picture: Option<Picture>,
    /// The file is where the person chose: there is nothing to save.
    pub saved: bool,
}

impl Files {
    /// What the page shows.
    pub fn view(&self, now: Millis) -> FilesView {
        let mut entries: Vec<_> = self.outgoing_entries(now).chain(self.incoming_entries(now)).collect();
        entries.sort_unstable_by_key(|(seq, _)| *seq);
        let is_unread = |file: &&Incoming| !file.seen && !matches!(file.state, State::Ended(_));
        FilesView {
            entries: entries.into_iter().map(|(_, entry)| entry).collect(),
            unread: self.incoming.values().filter(is_unread).map(|_| 1).sum(),
        }
    }

    fn outgoing_entries(&self, now: Millis) -> impl Iterator<Item = (u64, FileEntry)> {
        self.outgoing.iter().map(move |(key, out)| {
            let entry = FileEntry {
                key: *key,
                who: out.who.clone(),
                name: out.name.clone(),
                size: out.size,
                private: out.private,
                state: if out.drains() { State::Running } else { out.state },
                bytes: out.arrived,
                speed: None,
                left_s: None,
                picture: None,
                saved: false,
            };
            (out.seq, entry.at_speed(now, &out.speed))
        })
    }

    fn incoming_entries(&self, now: Millis) -> impl Iterator<Item = (u64, FileEntry)> {
        self.incoming.iter().map(move |(key, file)| {
            let picture = match file.content {
                Content::Picture { kind, shown: true } if file.size <= MAX_SHOWN_BYTES => Some(kind),
                Content::Unknown | Content::Picture { .. } | Content::Other => None,
            };
            let is_there = file.state == State::Done;
            let entry = FileEntry {
                key: *key,
                who: file.who.clone(),
                name: file.name.clone(),
                size: file.size,
                private: file.private,
                state: file.state,
                bytes: file.received,
                speed: None,
                left_s: None,
                picture: picture.filter(|_| is_there && file.place != Place::Chosen),
                saved: is_there && file.place == Place::Chosen,
            };
            (file.seq, entry.at_speed(now, &file.speed))
        })
    }
}

impl FileEntry {
    fn at_speed(mut self, now: Millis, speed: &Speed) -> Self {
        if self.state == State::Running {
            self.speed = speed.get(now, self.bytes);
            let left = self.size - self.bytes;
            self.left_s = self.speed.filter(|speed| *speed > 0).map(|speed| left.div_ceil(speed));
        }
        self
    }

    /// This person sends it.
    pub fn is_own(&self) -> bool {
        self.key.direction == Direction::Out
    }
}
