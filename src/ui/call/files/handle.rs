//! [`FilesHandle`]: the running transfers, for components.

use leptos::prelude::*;
use wasm_bindgen::JsValue;

use super::groups::Group;
use crate::{
    browser::{ChannelEvent, Channels, FilesDriver, NewChannel},
    call::data::files::{FileEntry, FilesView, Key, MAX_OPEN, Picture},
    protocol::PeerId,
    ui::{
        handle::CallHandle,
        reactive::{State, effect},
        text::{Text, files as text},
    },
};

/// The running transfers: what to draw, and where commands go.
#[derive(Clone, Copy)]
pub struct FilesHandle {
    call: CallHandle,
    /// What to draw.
    pub view: State<FilesView>,
    /// Why the last files were not sent, or not all of them.
    pub hint: State<Option<&'static Text>>,
    driver: StoredValue<FilesDriver, LocalStorage>,
}

impl FilesHandle {
    /// Starts without transfers. Ends with the component in which it is called.
    pub fn begin(call: CallHandle) -> Self {
        let view = State::new(FilesView::default());
        let driver = StoredValue::new_local(FilesDriver::start(move |now| view.set(now)));
        let files = Self { call, view, hint: State::new(None), driver };
        effect(move || {
            let view = call.view.get();
            files.with(|driver| driver.observe(&view));
        });
        files
    }

    /// Sends over these channels.
    pub fn use_channels(self, channels: Channels) {
        self.with(|driver| driver.use_channels(channels));
    }

    /// What takes in what happens at the chat channels.
    pub fn listener(self) -> Option<impl Fn(PeerId, &ChannelEvent) + 'static> {
        self.driver.try_with_value(FilesDriver::listener)
    }

    /// What takes the channels that others open.
    pub fn acceptor(self) -> Option<impl Fn(PeerId, NewChannel) + 'static> {
        self.driver.try_with_value(FilesDriver::acceptor)
    }

    /// Offers files. Without a peer, to everybody.
    pub fn offer(self, mut files: Vec<JsValue>, to: Option<PeerId>) {
        let others = self.call.view.get_untracked().participants;
        let open = |peer| {
            let view = self.view.get_untracked();
            let is_open =
                |entry: &&FileEntry| entry.is_own() && entry.key.peer == peer && !entry.state.has_ended();
            view.entries.iter().filter(is_open).count()
        };
        let receivers = others.iter().map(|other| other.id).filter(|peer| to.is_none_or(|to| to == *peer));
        let Some(most) = receivers.map(open).max() else {
            return self.hint.set(Some(&text::NOBODY));
        };
        let room = MAX_OPEN.saturating_sub(most);
        self.hint.set((files.len() > room).then_some(&text::TOO_MANY));
        files.truncate(room);
        self.with(|driver| driver.offer(files, to));
    }

    /// Wants a file. To be called in the handler of a click.
    pub fn accept(self, key: Key) {
        self.with(|driver| driver.accept(key));
    }

    /// Does not want a file, or ends a transfer.
    pub fn cancel(self, key: Key) {
        self.with(|driver| driver.cancel(key));
    }

    /// Shows no more of a row whose transfers have ended.
    pub fn remove(self, group: Group) {
        for entry in self.view.get_untracked().entries.iter().filter(|entry| group.has(entry)) {
            self.with(|driver| driver.remove(entry.key));
        }
    }

    /// The transfers are on the screen, or no longer.
    pub fn show(self, shown: bool) {
        self.with(|driver| driver.show(shown));
    }

    /// Where a received file can be saved from, or shown as this kind of picture.
    pub fn url(self, key: Key, picture: Option<Picture>) -> Option<String> {
        self.driver.try_with_value(|driver| driver.url(key, picture)).flatten()
    }

    /// A transfer. Tracked.
    pub fn entry(self, key: Key) -> Option<FileEntry> {
        self.view.with(|view| view.entries.iter().find(|entry| entry.key == key).cloned())
    }

    /// The transfers of a row. Tracked.
    pub fn keys(self, group: Group) -> Vec<Key> {
        let is_in = |entry: &&FileEntry| group.has(entry);
        self.view.with(|view| view.entries.iter().filter(is_in).map(|entry| entry.key).collect())
    }

    fn with(self, f: impl FnOnce(&FilesDriver)) {
        // Gone with the component.
        let _ = self.driver.try_with_value(f);
    }
}
