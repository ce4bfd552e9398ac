//! What a tab keeps of its chat across a reload. Of use to nobody but the next page of the same tab.

use super::{
    ChatMessage, PeerId, ProofKey,
    chat::write_messages,
    json::{FromJson, Json},
    object_writer::{ObjectWriter, write_list},
};

/// What a tab keeps of its chat across a reload.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeptChat {
    /// The seats on which it sat, the newest last.
    pub seats: Vec<PeerId>,
    /// The clock.
    pub clock: u64,
    /// The key for each peer.
    pub keys: Vec<(PeerId, ProofKey)>,
    /// Own messages that are not acknowledged by everybody.
    pub outbox: Vec<ChatMessage>,
}

impl KeptChat {
    /// As JSON.
    pub fn encode(&self) -> String {
        let seats: Vec<_> = self.seats.iter().map(ToString::to_string).collect();
        let key = |(peer, key): &(PeerId, ProofKey)| {
            ObjectWriter::new().text("peer", &peer.to_string()).text("key", &key.to_string()).end()
        };
        ObjectWriter::new()
            .texts("seats", &seats)
            .number("clock", self.clock)
            .json("keys", &write_list(self.keys.iter().map(key)))
            .json("outbox", &write_messages(&self.outbox))
            .end()
    }

    /// Reads what was kept; `None` if it is damaged.
    pub fn decode(text: &str) -> Option<Self> {
        let json = Json::parse(text)?;
        let members = json.as_object()?;
        let keys: Vec<Key> = members.read("keys")?;
        Some(Self {
            seats: members.read("seats")?,
            clock: members.read("clock")?,
            keys: keys.into_iter().map(|Key(peer, key)| (peer, key)).collect(),
            outbox: members.read("outbox")?,
        })
    }
}

struct Key(PeerId, ProofKey);

impl FromJson for Key {
    fn from_json(json: &Json) -> Option<Self> {
        let members = json.as_object()?;
        Some(Self(members.read("peer")?, members.read("key")?))
    }
}
