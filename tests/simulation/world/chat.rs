//! The chat of each page, over channels that are reliable and in order for as long as both ends are there
//! (RFC 8831, section 6.1). What is sent before the other end has opened its channel is lost, and what is
//! under way when one end goes.

use halloo::{
    call::{
        ConnectionState,
        data::{
            chat::{Chat, Draft, Effect, Input, Person as ChatPerson},
            files::Input as FilesInput,
        },
    },
    protocol::{KeptChat, MessageId, ProofKey},
};

use super::*;

/// How often a channel looks whether there is a path again. Unit: millisecond.
const BLOCKED_MS: u64 = 300;

/// The chat of a page.
pub(crate) struct PageChat {
    pub(crate) chat: Chat,
    /// What the tab keeps for its next page.
    kept: Option<String>,
    /// Who was there when the chat was last told.
    told: Option<Input>,
    armed: Option<u64>,
    /// Grows when what was written before is no longer promised to arrive: the person has left, or the tab is
    /// gone for good.
    pub(crate) stay: u64,
}

/// One end of a channel.
pub(super) struct Channel {
    /// The connection at the other end.
    other: u64,
    under_way: VecDeque<String>,
}

/// A message that somebody has written.
pub(crate) struct Written {
    pub(crate) id: MessageId,
    pub(crate) author: usize,
    pub(crate) stay: u64,
    /// To whom, and on which stay, if not to everybody.
    pub(crate) to: Option<(usize, u64)>,
    pub(crate) text: String,
}

impl PageChat {
    pub(super) fn new() -> Self {
        Self { chat: Chat::new(Millis(0), EPOCH_MS, None), kept: None, told: None, armed: None, stay: 0 }
    }
}

impl World {
    /// The page has been loaded anew, in the same tab.
    pub(super) fn reload_chat(&mut self, who: usize) {
        let (now, unix_ms) = (self.clock(who), EPOCH_MS + self.now);
        let page = &mut self.people[who].chat;
        let kept = page.kept.as_deref().map(|kept| KeptChat::decode(kept).expect("what a chat has kept"));
        page.chat = Chat::new(now, unix_ms, kept);
        page.told = None;
        page.armed = None;
        // What no page has any more is gone: nothing else stores it.
        let views: Vec<_> = (0..self.people.len()).map(|who| self.chat(who)).collect();
        let is_known = |id| views.iter().flat_map(|view| &view.entries).any(|entry| entry.id == id);
        self.written.retain(|written| is_known(written.id));
    }

    /// The call of this page has ended.
    pub(super) fn forget_chat(&mut self, who: usize) {
        self.people[who].chat.kept = None;
        self.people[who].chat.stay += 1;
        self.reload_chat(who);
    }

    pub(super) fn write(&mut self, who: usize, to: Option<usize>) {
        let now = self.clock(who);
        let number = self.rng.u64(..);
        if !self.people[who].chat.chat.may_write(now) {
            return;
        }
        let recipient = to.and_then(|other| Some((other, self.seat_of(who, other)?)));
        let text = format!("{who} writes {number}");
        let draft = Draft { number, text: text.clone(), to: recipient.map(|(_, seat)| seat), reply_to: None };
        self.feed_chat(who, Input::Write(draft));
        let view = self.people[who].chat.chat.view(now);
        let Some(entry) = view.entries.iter().find(|entry| entry.text.as_deref() == Some(&text)) else {
            return self.violate(format!("{who} cannot write"));
        };
        let id = entry.id;
        let to = recipient.map(|(other, _)| (other, self.people[other].chat.stay));
        let stay = self.people[who].chat.stay;
        self.written.push(Written { id, author: who, stay, to, text });
    }

    /// Changes the newest message that can be changed.
    pub(super) fn change_written(&mut self, who: usize) {
        let view = self.people[who].chat.chat.view(self.clock(who));
        let Some(entry) = view.entries.iter().rev().find(|entry| entry.changeable) else { return };
        let id = entry.id;
        let Some(written) = self.written.iter_mut().find(|written| written.id == id) else { return };
        written.text.push('!');
        let text = written.text.clone();
        self.feed_chat(who, Input::Change { id, text: Some(text) });
        let view = self.people[who].chat.chat.view(self.clock(who));
        let now = view.entries.iter().find(|entry| entry.id == id).and_then(|entry| entry.text.clone());
        // Too many were written in a short time, or it was changed too often.
        if let (Some(written), Some(text)) = (self.written.iter_mut().find(|written| written.id == id), now) {
            written.text = text.to_string();
        }
    }

    /// Tells the chat who is there, if that has changed.
    pub(super) fn tell_chat(&mut self, who: usize, view: &CallView) {
        let Some(me) = view.me else { return };
        let others = view
            .participants
            .iter()
            .map(|peer| ChatPerson { id: peer.id, name: peer.name.clone() })
            .collect();
        let people = Input::People { me, name: None, others };
        if self.people[who].chat.told.as_ref() != Some(&people) {
            self.people[who].chat.told = Some(people.clone());
            self.feed_chat(who, people);
        }
    }

    pub(super) fn feed_chat(&mut self, who: usize, input: Input) {
        let now = self.clock(who);
        self.people[who].chat.chat.handle_input(now, input);
        while let Some(effect) = self.people[who].chat.chat.poll_effect() {
            match effect {
                Effect::Send { peer, text } => self.send_chat(who, peer, text),
                Effect::Keep(kept) => self.people[who].chat.kept = Some(kept),
            }
        }
        self.arm_chat(who);
    }

    fn send_chat(&mut self, who: usize, peer: PeerId, text: String) {
        if !self.send_text(who, peer, text) {
            // That is told after what happens now.
            self.push(0, Event::ChatRefused { who, peer });
        }
    }

    /// Sends a text over the chat channel to a peer. Returns false if the browser does not take it.
    pub(super) fn send_text(&mut self, who: usize, peer: PeerId, text: String) -> bool {
        let instance = self.people[who].peers.get(&peer).copied();
        let open = instance.and_then(|instance| Some((instance, self.channels.get_mut(&instance)?)));
        let Some((instance, channel)) = open else { return false };
        channel.under_way.push_back(text);
        if channel.under_way.len() == 1 {
            let pause = self.delay();
            self.push(pause, Event::Chat { instance });
        }
        true
    }

    /// Opens this end of the channel, once the connection is up.
    pub(super) fn open_channel(&mut self, instance: u64) {
        let Some(connection) = self.connections.get(&instance) else { return };
        let (who, peer) = (connection.owner, connection.peer);
        let Some(other) = connection.remote_instance().filter(|other| self.connections.contains_key(other))
        else {
            return;
        };
        if connection.state != ConnectionState::Connected || self.channels.contains_key(&instance) {
            return;
        }
        self.channels.insert(instance, Channel { other, under_way: VecDeque::new() });
        let key = ProofKey::new(self.rng.u128(..));
        self.feed_chat(who, Input::Opened { peer, key });
        self.feed_files(who, FilesInput::Opened(peer));
    }

    /// A connection is closed at this end. The other end hears of it later, if at all.
    pub(super) fn close_channel(&mut self, connection: &PeerConnection) {
        let Some(channel) = self.channels.remove(&connection.instance) else { return };
        self.feed_chat(connection.owner, Input::Closed { peer: connection.peer });
        self.feed_files(connection.owner, FilesInput::Closed(connection.peer));
        self.drop_transfers(connection.instance);
        if self.rng.bool() {
            let pause = self.delay();
            self.push(pause, Event::ChannelClosed { instance: channel.other });
        }
    }

    pub(super) fn on_channel_closed(&mut self, instance: u64) {
        let Some(connection) = self.connections.get(&instance) else { return };
        let (who, peer) = (connection.owner, connection.peer);
        if self.channels.get(&instance).is_some_and(|channel| !self.connections.contains_key(&channel.other))
        {
            self.channels.remove(&instance);
            self.feed_chat(who, Input::Closed { peer });
            self.feed_files(who, FilesInput::Closed(peer));
        }
    }

    /// The next text of a channel arrives, if it can.
    pub(super) fn on_chat(&mut self, instance: u64) {
        let Some(channel) = self.channels.get(&instance) else { return };
        let other = channel.other;
        // Without its other end nothing arrives any more.
        let (Some(from), Some(to)) = (self.connections.get(&instance), self.connections.get(&other)) else {
            return;
        };
        if self.path(from, to).is_none() {
            return self.push(BLOCKED_MS, Event::Chat { instance });
        }
        let (who, peer) = (to.owner, to.peer);
        let Some(channel) = self.channels.get_mut(&instance) else { return };
        let text = channel.under_way.pop_front();
        if !channel.under_way.is_empty() {
            let pause = self.delay();
            self.push(pause, Event::Chat { instance });
        }
        if let (Some(text), true) = (text, self.channels.contains_key(&other)) {
            self.feed_chat(who, Input::Received { peer, text: text.clone() });
            self.feed_files(who, FilesInput::Received { peer, text });
        }
    }

    pub(super) fn on_chat_refused(&mut self, who: usize, peer: PeerId) {
        self.feed_chat(who, Input::SendFailed { peer });
    }

    pub(super) fn tick_chat(&mut self, who: usize) {
        self.people[who].chat.armed = None;
        let now = self.clock(who);
        if self.people[who].chat.chat.poll_timeout().is_some_and(|due| due <= now) {
            self.feed_chat(who, Input::Tick);
        } else {
            self.arm_chat(who);
        }
    }

    fn arm_chat(&mut self, who: usize) {
        let person = &self.people[who];
        let due = person.chat.chat.poll_timeout();
        let Some(at) = self.wakes_at(who, due, person.chat.armed) else { return };
        let page = person.page;
        self.people[who].chat.armed = Some(at);
        self.push(at - self.now, Event::TickChat { who, page });
    }
}
