//! What this person writes and changes.

use super::{
    Chat, Draft, Timer,
    log::{Entry, Origin},
    text::{clean, fitting},
};
use crate::{
    protocol::{ChatMessage, MAX_CLOCK, MessageId, PeerId},
    sansio::Millis,
};

/// How long an own message can be changed. Unit: millisecond.
pub const CHANGE_MS: u64 = 60_000;
/// Most changes of one message.
pub(super) const MAX_REVISION: u32 = 20;

impl Chat {
    /// Returns whether a message may be written now: not many have just been.
    pub fn may_write(&self, now: Millis) -> bool {
        self.identity.me().is_some() && self.writing.has(now)
    }

    pub(super) fn write(&mut self, now: Millis, draft: Draft) {
        let Some(author) = self.identity.me() else { return };
        let Some(text) = clean(fitting(&draft.text)) else { return };
        let id = MessageId::of(author, draft.number);
        let is_there = |to: PeerId| self.others.iter().any(|person| person.id == to);
        if draft.to.is_some_and(|to| !is_there(to)) || self.log.get(id).is_some() {
            return;
        }
        if !self.writing.take(now) {
            return;
        }
        self.clock = (self.clock + 1).min(MAX_CLOCK);
        let message = ChatMessage {
            id,
            clock: self.clock,
            author,
            name: self.name.clone(),
            at_ms: self.wall_clock(now),
            to: draft.to,
            reply_to: draft.reply_to,
            revision: 0,
            text: Some(text),
        };
        let mut entry = Entry::new(message, Origin::Own, false, now);
        entry.waiting = self.recipients(draft.to);
        self.log.insert(entry);
        self.send_due_to_all(now);
    }

    fn recipients(&self, to: Option<PeerId>) -> Vec<PeerId> {
        let everybody = || self.others.iter().map(|person| person.id).collect();
        to.map_or_else(everybody, |to| vec![self.proved_seat(to)])
    }

    pub(super) fn change(&mut self, now: Millis, id: MessageId, text: Option<String>) {
        let Some(entry) = self.log.get(id).filter(|entry| self.may_change(now, entry)) else { return };
        let (revision, to) = (entry.revision + 1, entry.to);
        let text = match text {
            None => None,
            Some(text) => match clean(fitting(&text)) {
                Some(text) if entry.text.as_deref() != Some(&text) => Some(text),
                Some(_) | None => return,
            },
        };
        if text.is_some() && !self.writing.take(now) {
            return;
        }
        self.log.change(id, revision, text);
        let recipients = self.recipients(to);
        if let Some(entry) = self.log.get_mut(id) {
            entry.waiting = recipients;
        }
        self.send_due_to_all(now);
    }

    pub(super) fn may_change(&self, now: Millis, entry: &Entry) -> bool {
        self.identity.is_mine(entry.author)
            && entry.text.is_some()
            && entry.revision < MAX_REVISION
            && now < self.fixed_at(entry)
    }

    /// When an own message can no longer be changed.
    fn fixed_at(&self, entry: &Entry) -> Millis {
        Millis(entry.at_ms.saturating_add(CHANGE_MS).saturating_sub(self.wall_offset_ms))
    }

    pub(super) fn arm_change_timer(&mut self, now: Millis) {
        let open = self.log.iter().filter(|entry| self.may_change(now, entry));
        match open.map(|entry| self.fixed_at(entry)).min() {
            Some(at) => self.timers.set(Timer::ChangeEnds, at),
            None => self.timers.clear(&Timer::ChangeEnds),
        }
    }

    /// Milliseconds since 1970.
    fn wall_clock(&self, now: Millis) -> u64 {
        now.0.saturating_add(self.wall_offset_ms)
    }
}
