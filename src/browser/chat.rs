//! A running chat: its core, and the channels over which it sends. Used only by a part of the page that loads
//! late.

use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
};

use super::{
    channels::{ChannelEvent, Channels},
    driven::{Drive, Driven, now},
    random::random,
    storage,
};
use crate::{
    call::{
        CallView,
        data::chat::{Chat, ChatView, Draft, Effect, Input, Person},
    },
    protocol::{DisplayName, KeptChat, MessageId, PeerId, ProofKey, RoomName},
};

/// Where a tab keeps its chat across a reload. The name of the room follows.
const CHAT_KEY: &str = "halloo.chat.";

/// A running chat.
#[derive(Clone)]
pub struct ChatDriver(Rc<Inner>);

struct Inner {
    chat: Driven<Chat>,
    channels: OnceCell<Channels>,
    shown: RefCell<ChatView>,
    on_view: Box<dyn Fn(ChatView)>,
    key: String,
}

impl ChatDriver {
    /// Starts the chat of a room, after a reload with what was not delivered. `on_view` is called whenever
    /// the view has changed.
    pub fn start(room: &RoomName, on_view: impl Fn(ChatView) + 'static) -> Self {
        let key = [CHAT_KEY, room.as_str()].concat();
        let kept = storage::kept(&key);
        // What belongs to other rooms is not needed any more, and room is scarce.
        storage::remove_kept(CHAT_KEY);
        storage::keep(&key, kept.as_deref());
        let kept = kept.and_then(|kept| KeptChat::decode(&kept));
        let chat = Chat::new(now(), js_sys::Date::now() as u64, kept);
        Self(Rc::new(Inner {
            chat: Driven::new(chat),
            channels: OnceCell::new(),
            shown: RefCell::default(),
            on_view: Box::new(on_view),
            key,
        }))
    }

    /// Sends over these channels from now on.
    pub fn use_channels(&self, channels: Channels) {
        // There are no others.
        let _ = self.0.channels.set(channels);
    }

    /// What takes in what happens at the chat channels. Does not keep the chat alive.
    pub fn listener(&self) -> impl Fn(PeerId, &ChannelEvent) + use<> {
        let chat = Rc::downgrade(&self.0);
        move |peer, event| {
            let Some(chat) = chat.upgrade() else { return };
            match event {
                ChannelEvent::Opened => {
                    // Without a source of chance nobody could prove anything: there is no chat then.
                    if let Some(number) = random() {
                        chat.handle(Input::Opened { peer, key: ProofKey::new(number) });
                    }
                }
                ChannelEvent::Closed => chat.handle(Input::Closed { peer }),
                ChannelEvent::Text(text) => chat.handle(Input::Received { peer, text: text.clone() }),
                ChannelEvent::TooLong | ChannelEvent::Bytes(_) | ChannelEvent::Drained => {}
            }
        }
    }

    /// Takes in who is in the room.
    pub fn observe(&self, view: &CallView, name: Option<DisplayName>) {
        let Some(me) = view.me else { return };
        let person = |(id, name): (PeerId, &Option<DisplayName>)| Person { id, name: name.clone() };
        let others = view.participants.iter().map(|other| person((other.id, &other.name))).collect();
        self.0.handle(Input::People { me, name, others });
    }

    /// Writes a message. Returns false if too many were written in a short time: then nothing has happened.
    pub fn write(&self, text: String, to: Option<PeerId>, reply_to: Option<MessageId>) -> bool {
        let may_write = self.0.chat.core().may_write(now());
        let Some(number) = random().filter(|_| may_write) else { return false };
        self.0.handle(Input::Write(Draft { number: number as u64, text, to, reply_to }));
        true
    }

    /// Changes an own message, or deletes it. Returns as [`Self::write`].
    pub fn change(&self, id: MessageId, text: Option<String>) -> bool {
        let may_write = text.is_none() || self.0.chat.core().may_write(now());
        if may_write {
            self.0.handle(Input::Change { id, text });
        }
        may_write
    }

    /// The messages are on the screen, or no longer.
    pub fn show(&self, shown: bool) {
        self.0.handle(Input::Shown(shown));
    }

    /// The call has ended: nothing is kept for another page.
    pub fn forget(&self) {
        storage::keep(&self.0.key, None);
    }
}

impl Drive for Inner {
    type Core = Chat;

    fn driven(&self) -> &Driven<Chat> {
        &self.chat
    }

    fn perform(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::Send { peer, text } => {
                let sent = self.channels.get().is_some_and(|channels| channels.send(peer, &text));
                if !sent {
                    self.chat.later(Input::SendFailed { peer });
                }
            }
            Effect::Keep(kept) => storage::keep(&self.key, Some(&kept)),
        }
    }

    fn show(&self) {
        let view = self.chat.core().view(now());
        if *self.shown.borrow() != view {
            self.shown.replace(view.clone());
            (self.on_view)(view);
        }
    }
}
