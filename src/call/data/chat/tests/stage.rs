//! People with pages that chat. What a page shows becomes lines of text like `ada: hello`; what is known of a
//! message besides stands behind it: `(earlier)`, `(to bob)`, `(edited)`, `(not yet: bob)`.
//!
//! Channels are as browsers have them: ordered, and what was under way is lost with them. The two ends do not
//! open at the same time, and what is sent to an end that is not open yet is lost.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::super::{
    log::{MAX_LOG_BYTES, MAX_MESSAGES},
    *,
};
use crate::protocol::{ChatMessage, ChatMsg, MAX_CHANNEL_BYTES};

pub(super) struct Stage {
    now: Millis,
    next: u128,
    pages: BTreeMap<String, Page>,
    /// Pairs of people between whom nothing goes through.
    cut: BTreeSet<(String, String)>,
    under_way: VecDeque<(PeerId, PeerId, String)>,
}

pub(super) struct Page {
    pub(super) chat: Chat,
    pub(super) seat: PeerId,
    kept: Option<String>,
    /// Whose ends are open.
    open: BTreeSet<PeerId>,
}

fn pair(one: &str, other: &str) -> (String, String) {
    let mut pair = [one.to_owned(), other.to_owned()];
    pair.sort();
    let [first, second] = pair;
    (first, second)
}

impl Stage {
    pub(super) fn empty() -> Self {
        Self {
            now: Millis(1_000),
            next: 0,
            pages: BTreeMap::new(),
            cut: BTreeSet::new(),
            under_way: VecDeque::new(),
        }
    }

    /// A room with these people, all connected.
    pub(super) fn of<const N: usize>(names: [&str; N]) -> Self {
        let mut stage = Self::empty();
        for name in names {
            stage.joins(name);
        }
        stage
    }

    fn number(&mut self) -> u128 {
        self.next += 1;
        // Any order of ids is possible.
        self.next.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
    }

    /// The sums over different sets of such numbers differ, as with random ones.
    fn message_number(&mut self) -> u64 {
        fastrand::Rng::with_seed(self.number() as u64).u64(..)
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.pages.keys().cloned().collect()
    }

    pub(super) fn page(&self, who: &str) -> &Page {
        &self.pages[who]
    }

    pub(super) fn chat_of(&mut self, who: &str) -> &mut Chat {
        &mut self.pages.get_mut(who).unwrap().chat
    }

    pub(super) fn joins(&mut self, who: &str) {
        self.opens_page(who, None);
    }

    /// The page goes, and another comes in the same tab, on a new seat.
    pub(super) fn reloads(&mut self, who: &str) {
        let kept = self.page(who).kept.clone();
        self.goes(who);
        self.opens_page(who, kept);
    }

    /// The page goes; returns what the tab keeps.
    pub(super) fn goes_and_keeps(&mut self, who: &str) -> Option<String> {
        let kept = self.page(who).kept.clone();
        self.goes(who);
        kept
    }

    pub(super) fn opens_page(&mut self, who: &str, kept: Option<String>) {
        let seat = PeerId::new(self.number() as u64);
        let kept = kept.map(|kept| KeptChat::decode(&kept).unwrap());
        let chat = Chat::new(self.now, 1_800_000_000_000 + self.now.0, kept);
        let page = Page { chat, seat, kept: None, open: BTreeSet::new() };
        assert!(self.pages.insert(who.to_owned(), page).is_none(), "{who} has no page yet");
        self.tell_people();
        for other in self.names() {
            self.links(who, &other);
        }
        self.settles();
    }

    pub(super) fn goes(&mut self, who: &str) {
        let gone = self.pages.remove(who).unwrap();
        for other in self.names() {
            self.closes(&other, gone.seat);
        }
        self.under_way.retain(|(from, to, _)| *from != gone.seat && *to != gone.seat);
        self.tell_people();
        self.settles();
    }

    /// Nothing goes through between these two from now on, and what was under way is lost.
    pub(super) fn cuts(&mut self, one: &str, other: &str) {
        self.cut.insert(pair(one, other));
        self.unlinks(one, other);
    }

    pub(super) fn mends(&mut self, one: &str, other: &str) {
        if self.cut.remove(&pair(one, other)) {
            self.links(one, other);
            self.settles();
        }
    }

    /// Every channel breaks, and is there again.
    pub(super) fn reconnects_all(&mut self) {
        self.cut.clear();
        let names = self.names();
        for (at, one) in names.iter().enumerate() {
            for other in &names[at + 1..] {
                self.unlinks(one, other);
                self.links(one, other);
            }
        }
        self.settles();
    }

    fn unlinks(&mut self, one: &str, other: &str) {
        let (Some(first), Some(second)) = (self.pages.get(one), self.pages.get(other)) else { return };
        let (first, second) = (first.seat, second.seat);
        self.under_way
            .retain(|(from, to, _)| (*from, *to) != (first, second) && (*from, *to) != (second, first));
        self.closes(one, second);
        self.closes(other, first);
    }

    fn closes(&mut self, who: &str, peer: PeerId) {
        if self.pages.get_mut(who).unwrap().open.remove(&peer) {
            self.input(who, Input::Closed { peer });
        }
    }

    fn links(&mut self, one: &str, other: &str) {
        if one == other || self.cut.contains(&pair(one, other)) {
            return;
        }
        for (who, of) in [(one, other), (other, one)] {
            let peer = self.page(of).seat;
            self.pages.get_mut(who).unwrap().open.insert(peer);
            let key = ProofKey::new(self.number());
            self.input(who, Input::Opened { peer, key });
            // The other end is not open yet: what was sent is lost.
            self.settles();
        }
    }

    fn tell_people(&mut self) {
        for who in self.names() {
            let name = |name: &str| name.parse().ok();
            let others = self.pages.iter().filter(|(other, _)| **other != who);
            let others = others.map(|(other, page)| Person { id: page.seat, name: name(other) }).collect();
            let me = self.page(&who).seat;
            self.input(&who, Input::People { me, name: name(&who), others });
        }
    }

    pub(super) fn input(&mut self, who: &str, input: Input) {
        let page = self.pages.get_mut(who).unwrap();
        page.chat.handle_input(self.now, input);
        while let Some(effect) = page.chat.poll_effect() {
            match effect {
                Effect::Send { peer, text } => {
                    assert!(text.len() <= MAX_CHANNEL_BYTES, "{who} sends too much at once");
                    if page.open.contains(&peer) {
                        self.under_way.push_back((page.seat, peer, text));
                    }
                }
                Effect::Keep(kept) => page.kept = Some(kept),
            }
        }
        check_bounds(&page.chat);
    }

    /// Delivers what is under way, until nothing is.
    pub(super) fn settles(&mut self) {
        for _ in 0..20_000 {
            let Some((from, to, text)) = self.under_way.pop_front() else { return };
            let receiver = self.pages.iter().find(|(_, page)| page.seat == to && page.open.contains(&from));
            if let Some(who) = receiver.map(|(who, _)| who.clone()) {
                self.input(&who, Input::Received { peer: from, text });
            }
        }
        panic!("never quiet");
    }

    /// Delivers the next few messages only.
    pub(super) fn delivers(&mut self, count: usize) {
        for _ in 0..count {
            let Some((from, to, text)) = self.under_way.pop_front() else { return };
            let receiver = self.pages.iter().find(|(_, page)| page.seat == to && page.open.contains(&from));
            if let Some(who) = receiver.map(|(who, _)| who.clone()) {
                self.input(&who, Input::Received { peer: from, text });
            }
        }
    }

    pub(super) fn time_passes(&mut self, ms: u64) {
        let end = self.now + ms;
        loop {
            let due = |page: &Page| page.chat.poll_timeout();
            let next = self.pages.values().filter_map(due).min().filter(|at| *at <= end);
            let Some(at) = next else { break };
            self.now = self.now.max(at);
            for who in self.names() {
                if due(self.page(&who)).is_some_and(|at| at <= self.now) {
                    self.input(&who, Input::Tick);
                }
            }
            self.settles();
        }
        self.now = end;
    }

    pub(super) fn writes(&mut self, who: &str, text: &str) -> MessageId {
        let id = self.writes_unsent(who, text, None);
        self.settles();
        id
    }

    pub(super) fn writes_to(&mut self, who: &str, to: &str, text: &str) -> MessageId {
        let to = self.page(to).seat;
        let id = self.writes_unsent(who, text, Some(to));
        self.settles();
        id
    }

    pub(super) fn writes_unsent(&mut self, who: &str, text: &str, to: Option<PeerId>) -> MessageId {
        let number = self.message_number();
        let draft = Draft { number, text: text.to_owned(), to, reply_to: None };
        self.input(who, Input::Write(draft));
        MessageId::of(self.page(who).seat, number)
    }

    pub(super) fn replies(&mut self, who: &str, to: MessageId, text: &str) {
        let number = self.message_number();
        let draft = Draft { number, text: text.to_owned(), to: None, reply_to: Some(to) };
        self.input(who, Input::Write(draft));
        self.settles();
    }

    pub(super) fn edits(&mut self, who: &str, id: MessageId, text: &str) {
        self.input(who, Input::Change { id, text: Some(text.to_owned()) });
        self.settles();
    }

    pub(super) fn deletes(&mut self, who: &str, id: MessageId) {
        self.input(who, Input::Change { id, text: None });
        self.settles();
    }

    /// Somebody's program sends this to another one, whatever it is.
    pub(super) fn says(&mut self, who: &str, to: &str, message: &ChatMsg) {
        let (from, to) = (self.page(who).seat, self.page(to).seat);
        self.under_way.push_back((from, to, message.encode()));
        self.settles();
    }

    /// A message that a program may send, whatever it says.
    pub(super) fn forged(&mut self, author: PeerId, text: &str) -> ChatMessage {
        ChatMessage {
            id: MessageId::of(author, self.message_number()),
            clock: 1,
            author,
            name: "forged".parse().ok(),
            at_ms: 1,
            to: None,
            reply_to: None,
            revision: 0,
            text: Some(text.to_owned()),
        }
    }

    pub(super) fn view(&self, who: &str) -> ChatView {
        self.page(who).chat.view(self.now)
    }

    pub(super) fn unread(&self, who: &str) -> u32 {
        self.view(who).unread
    }

    pub(super) fn may_write(&self, who: &str) -> bool {
        self.page(who).chat.may_write(self.now)
    }

    /// What a page shows.
    pub(super) fn sees(&self, who: &str) -> Vec<String> {
        self.view(who).entries.iter().map(|entry| self.line(entry)).collect()
    }

    fn line(&self, entry: &ChatEntry) -> String {
        let called = |name: &Option<DisplayName>| name.as_ref().map_or("?", |name| name.as_str()).to_owned();
        let mut line = if entry.own { "me".to_owned() } else { called(&entry.name) };
        line.push_str(": ");
        line.push_str(entry.text.as_deref().unwrap_or("(deleted)"));
        if entry.revision > 0 && entry.text.is_some() {
            line.push_str(" (edited)");
        }
        if let Some(quote) = &entry.reply_to {
            line.push_str(&format!(" (re {})", quote.text.as_deref().unwrap_or("?")));
        }
        if let Some(to) = &entry.to {
            let me = self.pages.iter().find(|(_, page)| page.seat == to.id).map_or("?", |(name, _)| name);
            line.push_str(&format!(" (to {me})"));
        }
        if entry.earlier {
            line.push_str(" (earlier)");
        }
        if !entry.waiting.is_empty() {
            let names: Vec<_> = entry.waiting.iter().map(|one| called(&one.name)).collect();
            line.push_str(&format!(" (not yet: {})", names.join(", ")));
        }
        line
    }
}

fn check_bounds(chat: &Chat) {
    let bytes: usize = chat.log.iter().filter_map(|entry| entry.text.as_ref()).map(|text| text.len()).sum();
    assert!(chat.log.iter().count() <= MAX_MESSAGES && bytes <= MAX_LOG_BYTES);
    let keys: Vec<_> = chat.log.iter().map(Entry::key).collect();
    assert!(keys.is_sorted_by(|one, next| one < next), "in order, and none twice");
}
