//! Which entries are shown.

use super::entry::{Entry, Event, StateKind};
use crate::protocol::PeerId;

/// What entries are about: the choices of the filter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Messages of this kind.
    Message(String),
    /// States of this.
    State(StateKind),
}

impl Kind {
    /// What an entry is about.
    pub fn of(entry: &Entry) -> Self {
        match &entry.event {
            Event::Message(message) => Self::Message(message.kind.clone()),
            Event::State(state) => Self::State(state.of),
        }
    }

    /// What these entries are about: each kind once, in order.
    pub fn all(entries: &[Entry]) -> Vec<Self> {
        let mut kinds = Vec::new();
        for kind in entries.iter().map(Self::of) {
            if let Err(at) = kinds.binary_search(&kind) {
                kinds.insert(at, kind);
            }
        }
        kinds
    }
}

/// Which entries are shown. Everything that is set must be so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only what is about this.
    pub kind: Option<Kind>,
    /// Only what is with this one.
    pub peer: Option<PeerId>,
    /// Only what contains this text, in whatever case.
    pub search: String,
    /// Only what came after the entry with this number.
    pub after: u64,
}

impl Filter {
    /// Returns whether an entry is shown.
    pub fn shows(&self, entry: &Entry) -> bool {
        entry.number > self.after
            && self.kind.as_ref().is_none_or(|kind| Kind::of(entry) == *kind)
            && self.peer.is_none_or(|peer| entry.peer() == Some(peer))
            && self.finds(entry)
    }

    fn finds(&self, entry: &Entry) -> bool {
        let wanted = self.search.trim().to_lowercase();
        if wanted.is_empty() {
            return true;
        }
        let texts = match &entry.event {
            Event::Message(message) => [message.kind.as_str(), &message.text],
            Event::State(state) => [state.of.as_str(), &state.value],
        };
        texts.iter().any(|text| text.to_lowercase().contains(&wanted))
    }
}
