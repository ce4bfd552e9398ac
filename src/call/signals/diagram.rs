//! The sequence diagram: who has a column, and from where to where each message goes.

use super::{
    entry::{Direction, Entry, Event},
    json::Json,
};
use crate::protocol::PeerId;

/// More people have no column of their own.
const MAX_PEERS: usize = 24;

/// Somebody with a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Who.
    pub peer: PeerId,
    /// What they are called, if that was said.
    pub name: Option<String>,
}

/// The columns: first this client, then the server, then the others in the order of their appearance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagram {
    /// The others.
    pub peers: Vec<Column>,
}

/// An arrow, between columns. Column 0 is this client, 1 the server, 2 the first of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrow {
    /// A message: what this client has seen of its way.
    Message {
        /// From this client to the server, or back.
        direction: Direction,
        /// The column of the other whom the server passes it on to, or who has sent it.
        beyond: Option<usize>,
    },
    /// A state of this client, or of its connection to the other of a column.
    State {
        /// That column.
        with: Option<usize>,
    },
}

impl Diagram {
    /// The columns of these entries.
    pub fn of(entries: &[Entry]) -> Self {
        let mut diagram = Self::default();
        for entry in entries {
            diagram.add(entry.peer(), None);
            let Some(message) = entry.message() else { continue };
            // Names are in these only.
            if !matches!(message.kind.as_str(), "joined" | "peer_joined") {
                continue;
            }
            let Some(json) = message.json() else { continue };
            for peer in json.get("peers").and_then(Json::items).unwrap_or_default() {
                diagram.introduce(peer);
            }
            if let Some(peer) = json.get("peer") {
                diagram.introduce(peer);
            }
        }
        diagram
    }

    fn introduce(&mut self, peer: &Json) {
        let id = peer.text_of("id").and_then(|id| id.parse().ok());
        self.add(id, peer.text_of("name"));
    }

    fn add(&mut self, peer: Option<PeerId>, name: Option<&str>) {
        let Some(peer) = peer else { return };
        let name = name.map(|name| name.chars().take(crate::protocol::DisplayName::MAX_CHARS).collect());
        if let Some(column) = self.peers.iter_mut().find(|column| column.peer == peer) {
            column.name = name.or_else(|| column.name.take());
        } else if self.peers.len() < MAX_PEERS {
            self.peers.push(Column { peer, name });
        }
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        2 + self.peers.len()
    }

    /// The column of somebody.
    pub fn column(&self, peer: PeerId) -> Option<usize> {
        self.peers.iter().position(|column| column.peer == peer).map(|at| at + 2)
    }

    /// What is drawn for an entry.
    pub fn arrow(&self, entry: &Entry) -> Arrow {
        let column = entry.peer().and_then(|peer| self.column(peer));
        match &entry.event {
            Event::Message(message) => Arrow::Message { direction: message.direction, beyond: column },
            Event::State(_) => Arrow::State { with: column },
        }
    }
}
