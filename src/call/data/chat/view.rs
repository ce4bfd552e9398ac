//! What the page shows of the chat: plain data, made anew after every input.

use std::sync::Arc;

use super::{Chat, log::Entry};
use crate::{
    protocol::{DisplayName, MessageId, PeerId},
    sansio::Millis,
};

/// Longest quote of the message to which another one replies, in characters.
const QUOTE_CHARS: usize = 120;

/// Everything that a page needs to draw the chat.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChatView {
    /// The messages, in their order.
    pub entries: Vec<ChatEntry>,
    /// Messages of others that were not on the screen yet.
    pub unread: u32,
}

/// A message, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatEntry {
    /// Which.
    pub id: MessageId,
    /// The seat of the author.
    pub author: PeerId,
    /// What the author is called.
    pub name: Option<DisplayName>,
    /// This person wrote it.
    pub own: bool,
    /// When, in milliseconds since 1970, by the author's wall clock.
    pub at_ms: u64,
    /// To whom it is, if not to everybody; for messages to this person that is this person.
    pub to: Option<Waiting>,
    /// The message to which it replies.
    pub reply_to: Option<Quote>,
    /// The text; `None` if it was deleted.
    pub text: Option<Arc<str>>,
    /// How often the text was changed.
    pub revision: u32,
    /// From before this person was there. Not to be announced.
    pub earlier: bool,
    /// Who has not got it yet.
    pub waiting: Vec<Waiting>,
    /// This person may change it.
    pub changeable: bool,
}

/// Somebody for whom a message is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Waiting {
    /// Who.
    pub id: PeerId,
    /// What they are called.
    pub name: Option<DisplayName>,
    /// They are in the room.
    pub present: bool,
}

/// A message to which another one replies.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Quote {
    /// Which. It may not be here, if it is old.
    pub id: MessageId,
    /// What the author is called.
    pub name: Option<DisplayName>,
    /// This person wrote it.
    pub own: bool,
    /// The beginning of its text, if it is here.
    pub text: Option<Arc<str>>,
}

impl Chat {
    /// What the page shows.
    pub fn view(&self, now: Millis) -> ChatView {
        ChatView {
            entries: self.log.iter().map(|entry| self.show(now, entry)).collect(),
            unread: self.unread,
        }
    }

    fn show(&self, now: Millis, entry: &Entry) -> ChatEntry {
        ChatEntry {
            id: entry.id,
            author: self.current_seat(entry.author),
            name: self.name_of(entry),
            own: self.identity.is_mine(entry.author),
            at_ms: entry.at_ms,
            to: entry.to.map(|to| self.recipient(to)),
            reply_to: entry.reply_to.map(|id| self.quote(id)),
            text: entry.text.clone(),
            revision: entry.revision,
            earlier: entry.earlier,
            waiting: entry.waiting.iter().map(|peer| self.recipient(*peer)).collect(),
            changeable: self.may_change(now, entry),
        }
    }

    fn name_of(&self, entry: &Entry) -> Option<DisplayName> {
        let seat = self.current_seat(entry.author);
        let present = self.others.iter().find(|person| person.id == seat);
        present.map_or_else(|| entry.name.clone(), |person| person.name.clone())
    }

    fn recipient(&self, seat: PeerId) -> Waiting {
        let own = self.identity.me().filter(|_| self.identity.is_mine(seat));
        let id = own.unwrap_or_else(|| self.proved_seat(seat));
        let person = self.others.iter().find(|person| person.id == id);
        Waiting {
            id,
            name: person.and_then(|person| person.name.clone()),
            present: person.is_some() || own.is_some(),
        }
    }

    fn quote(&self, id: MessageId) -> Quote {
        let quoted = self.log.get(id);
        let text = quoted.and_then(|entry| entry.text.as_ref());
        Quote {
            id,
            name: quoted.and_then(|entry| self.name_of(entry)),
            own: quoted.is_some_and(|entry| self.identity.is_mine(entry.author)),
            text: text.map(|text| text.chars().take(QUOTE_CHARS).collect::<String>().into()),
        }
    }
}
