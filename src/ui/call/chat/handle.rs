//! [`ChatHandle`]: the running chat, for components.

use leptos::prelude::*;

use super::items::{Placed, placed};
use crate::{
    browser::{ChannelEvent, Channels, ChatDriver},
    call::data::chat::{ChatEntry, ChatView},
    protocol::{MessageId, PeerId},
    ui::{
        call::files::{FilesHandle, groups},
        dom,
        handle::CallHandle,
        reactive::{Derived, State, effect},
    },
};

/// What is being written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// A message.
    #[default]
    New,
    /// A reply to this message.
    Reply(MessageId),
    /// Another text for this own message.
    Edit(MessageId),
}

/// The running chat: what to draw, and what the person is writing.
#[derive(Clone, Copy)]
pub struct ChatHandle {
    /// The call.
    pub call: CallHandle,
    /// The files that are sent.
    pub files: FilesHandle,
    /// Where they stand among the messages.
    pub placed: State<Vec<Placed>>,
    /// What to draw.
    pub view: State<ChatView>,
    /// Messages and files that were not on the screen yet.
    pub unread: Derived<u32>,
    /// The text that is being written. Outlives the panel.
    pub draft: State<String>,
    /// To whom, if not to everybody.
    pub to: State<Option<PeerId>>,
    /// What it is.
    pub mode: State<Mode>,
    driver: StoredValue<ChatDriver, LocalStorage>,
}

impl ChatHandle {
    /// Starts the chat of a call. Ends with the component in which it is called.
    pub fn begin(call: CallHandle) -> Self {
        let (view, files) = (State::new(ChatView::default()), FilesHandle::begin(call));
        let driver = ChatDriver::start(&call.room(), move |now| view.set(now));
        let chat = Self {
            call,
            files,
            placed: place_files(files, view),
            view,
            unread: Derived::new(move || view.with(|view| view.unread) + files.view.with(|view| view.unread)),
            draft: State::new(String::new()),
            to: State::new(None),
            mode: State::new(Mode::New),
            driver: StoredValue::new_local(driver),
        };
        effect(move || {
            let view = call.view.get();
            chat.with(|driver| driver.observe(&view, call.name()));
        });
        // Not when the page goes away: the next one goes on with what is kept.
        on_cleanup(move || chat.with(ChatDriver::forget));
        chat
    }

    /// Sends over these channels.
    pub fn use_channels(self, channels: Channels) {
        self.files.use_channels(channels.clone());
        self.with(|driver| driver.use_channels(channels));
    }

    /// What takes in what happens at the chat channels.
    pub fn listener(self) -> Option<impl Fn(PeerId, &ChannelEvent) + 'static> {
        self.driver.try_with_value(|driver| driver.listener())
    }

    /// Sends what is written to whom it is for. Returns false if too many messages were sent in a short time.
    pub fn submit(self, text: String) -> bool {
        let to = self.to.get_untracked();
        let sent = self.driver.try_with_value(|driver| match self.mode.get_untracked() {
            Mode::New => driver.write(text, to, None),
            Mode::Reply(id) => driver.write(text, to, Some(id)),
            Mode::Edit(id) => driver.change(id, Some(text)),
        });
        sent.unwrap_or(false)
    }

    /// Deletes an own message.
    pub fn delete(self, id: MessageId) {
        self.with(|driver| {
            driver.change(id, None);
        });
    }

    /// The messages are on the screen, or no longer.
    pub fn show(self, shown: bool) {
        self.with(|driver| driver.show(shown));
        self.files.show(shown);
    }

    /// A message. Tracked.
    pub fn entry(self, id: MessageId) -> Option<ChatEntry> {
        self.view.with(|view| view.entries.iter().find(|entry| entry.id == id).cloned())
    }

    fn with(self, f: impl FnOnce(&ChatDriver)) {
        // Gone with the component.
        let _ = self.driver.try_with_value(f);
    }
}

/// Keeps files after the message that was the last one when they came.
fn place_files(files: FilesHandle, messages: State<ChatView>) -> State<Vec<Placed>> {
    let all = State::new(Vec::new());
    effect(move || {
        let now = files.view.with(groups);
        let last = messages.get_untracked().entries.last().map(|entry| entry.id);
        let (before, after) = (all.get_untracked(), placed(&all.get_untracked(), &now, last, dom::unix_ms()));
        if after != before {
            all.set(after);
        }
    });
    all
}
