//! The running transfers of files: their core, the channels over which they go, what is read and what is
//! written. Used only by a part of the page that loads late.

mod bytes;
mod private;
mod sink;

use std::{
    cell::{Cell, OnceCell, RefCell},
    rc::Rc,
};

use js_sys::Uint8Array;
use litemap::LiteMap;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use self::{
    bytes::{bytes_of, length},
    sink::{Opened, Sink, Work, storage},
};
use super::{
    channels::{ChannelEvent, Channels, DataChannel, NewChannel},
    driven::{Drive, Driven, now},
    js,
    random::random,
};
use crate::{
    call::{
        CallView,
        data::files::{
            Direction, Effect, FileName, Files, FilesView, Input, Key, NewFile, Picture, Place,
            channel_label, file_of_channel,
        },
    },
    protocol::{FileId, MAX_CHUNK_BYTES, PeerId, USUAL_CHUNK_BYTES, message_bytes},
};

/// More is sent or read when no more than this waits. Unit: byte.
const LOW_BYTES: u32 = 2 * 1024 * 1024;

/// The running transfers.
#[derive(Clone)]
pub struct FilesDriver(Rc<Inner>);

struct Inner {
    files: Driven<Files>,
    /// What is shown has changed since `on_view` was called.
    shows: Cell<bool>,
    channels: OnceCell<Channels>,
    /// The files that the person sends, as the browser gave them.
    sources: RefCell<LiteMap<FileId, JsValue>>,
    transfers: RefCell<LiteMap<Key, DataChannel>>,
    /// What was read last for each transfer that has a channel: `ArrayBuffer`s.
    blocks: RefCell<LiteMap<Key, JsValue>>,
    sinks: RefCell<LiteMap<Key, Sink>>,
    on_view: Box<dyn Fn(FilesView)>,
}

impl FilesDriver {
    /// Starts without transfers. `on_view` is called whenever what is shown has changed.
    pub fn start(on_view: impl Fn(FilesView) + 'static) -> Self {
        spawn_local(async {
            // What cannot be removed stays for another time.
            let _ = private::sweep().await;
        });
        Self(Rc::new(Inner {
            files: Driven::new(Files::new(storage())),
            shows: Cell::default(),
            channels: OnceCell::new(),
            sources: RefCell::default(),
            transfers: RefCell::default(),
            blocks: RefCell::default(),
            sinks: RefCell::default(),
            on_view: Box::new(on_view),
        }))
    }

    /// Sends over these channels from now on.
    pub fn use_channels(&self, channels: Channels) {
        // There are no others.
        let _ = self.0.channels.set(channels);
    }

    /// What takes in what happens at the chat channels. Does not keep the transfers alive.
    pub fn listener(&self) -> impl Fn(PeerId, &ChannelEvent) + use<> {
        let files = Rc::downgrade(&self.0);
        move |peer, event| {
            let Some(files) = files.upgrade() else { return };
            match event {
                ChannelEvent::Opened => files.handle(Input::Opened(peer)),
                ChannelEvent::Closed => files.handle(Input::Closed(peer)),
                ChannelEvent::Text(text) => files.handle(Input::Received { peer, text: text.clone() }),
                ChannelEvent::TooLong | ChannelEvent::Bytes(_) | ChannelEvent::Drained => {}
            }
        }
    }

    /// What takes the channels that peers open, if they are for a transfer that was accepted.
    pub fn acceptor(&self) -> impl Fn(PeerId, NewChannel) + use<> {
        let files = Rc::downgrade(&self.0);
        move |peer, channel| {
            let described = file_of_channel(&channel.label());
            let (Some(files), Some((id, from))) = (files.upgrade(), described) else {
                return channel.refuse();
            };
            let key = Key { peer, id, direction: Direction::In };
            let is_awaited = files.files.core().awaits(key, from);
            if is_awaited {
                let channel = channel.listen(files.report(key));
                files.transfers.borrow_mut().insert(key, channel);
                files.handle(Input::ChannelCame(key));
            } else {
                channel.refuse();
                files.handle(Input::ChannelRefused(key));
            }
        }
    }

    /// Takes in who is in the room.
    pub fn observe(&self, view: &CallView) {
        let people = view.participants.iter().map(|other| (other.id, other.name.clone())).collect();
        self.0.handle(Input::People(people));
    }

    /// Offers files, which the browser gave. Without a peer, to everybody.
    pub fn offer(&self, files: Vec<JsValue>, to: Option<PeerId>) {
        let describe = |file: JsValue| {
            let id = FileId::new(random()?);
            let text = |name| js::member(&file, name).and_then(|text| text.as_string()).unwrap_or_default();
            let size = js::member(&file, "size")?.as_f64()? as u64;
            let described = NewFile { id, name: text("name"), size, media_type: text("type") };
            self.0.sources.borrow_mut().insert(id, file);
            Some(described)
        };
        let files = files.into_iter().filter_map(describe).collect();
        self.0.handle(Input::Offer { files, to });
    }

    /// Wants a file. To be called in the handler of a click.
    pub fn accept(&self, key: Key) {
        self.0.handle(Input::Accept(key));
    }

    /// Does not want a file, or ends a transfer.
    pub fn cancel(&self, key: Key) {
        self.0.handle(Input::Cancel(key));
    }

    /// Shows no more of a transfer that has ended.
    pub fn remove(&self, key: Key) {
        self.0.handle(Input::Remove(key));
    }

    /// The transfers are on the screen, or no longer.
    pub fn show(&self, shown: bool) {
        self.0.handle(Input::Shown(shown));
    }

    /// Where a received file can be saved from, or shown as this kind of picture. Valid until it is removed.
    pub fn url(&self, key: Key, picture: Option<Picture>) -> Option<String> {
        self.0.sinks.borrow_mut().get_mut(&key)?.url(picture)
    }
}

impl Drive for Inner {
    type Core = Files;

    fn driven(&self) -> &Driven<Files> {
        &self.files
    }

    fn perform(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::Send { peer, text } => {
                // Not taken if the channel is about to close, or too much waits. What matters is said again
                // once it opens the next time.
                let _ = self.channels.get().is_some_and(|channels| channels.send(peer, &text));
            }
            Effect::OpenChannel { key, from } => self.open(key, from),
            Effect::CloseChannel(key) => {
                self.transfers.borrow_mut().remove(&key);
                self.blocks.borrow_mut().remove(&key);
            }
            Effect::SendText { key, text } => self.send(key, &[text.into()]),
            Effect::SendPart { key, from, bytes } => self.send_part(key, from as u32, bytes as u32),
            Effect::Read { key, from, bytes } => self.read(key, from, bytes),
            Effect::Forget(id) => drop(self.sources.borrow_mut().remove(&id)),
            Effect::OpenSink { key, place, name } => self.open_sink(key, place, &name),
            Effect::Write { key, bytes } => self.work_on_sink(key, |sink| sink.write(&bytes)),
            Effect::FinishSink(key) => self.work_on_sink(key, Sink::close),
            Effect::DropSink(key) => drop(self.sinks.borrow_mut().remove(&key)),
            Effect::Show => self.shows.set(true),
        }
    }

    fn show(&self) {
        if self.shows.take() {
            let view = self.files.core().view(now());
            (self.on_view)(view);
        }
    }
}

impl Inner {
    /// What reports what happens at the channel of a transfer.
    fn report(self: &Rc<Self>, key: Key) -> impl Fn(ChannelEvent) + 'static {
        let files = Rc::downgrade(self);
        move |event| {
            let Some(files) = files.upgrade() else { return };
            match event {
                ChannelEvent::Opened => files.handle(Input::ChannelOpened(key)),
                ChannelEvent::Closed => files.handle(Input::ChannelClosed(key)),
                ChannelEvent::Text(text) => files.handle(Input::ChannelText { key, text }),
                ChannelEvent::TooLong => files.handle(Input::TooLong(key)),
                ChannelEvent::Bytes(buffer) if length(&buffer) > MAX_CHUNK_BYTES as f64 => {
                    files.handle(Input::TooLong(key));
                }
                ChannelEvent::Bytes(buffer) => files.handle(Input::Chunk { key, bytes: bytes_of(&buffer) }),
                ChannelEvent::Drained => files.report_buffered(key),
            }
        }
    }

    fn report_buffered(self: &Rc<Self>, key: Key) {
        let buffered = self.transfers.borrow().get(&key).map(DataChannel::buffered_bytes);
        if let Some(bytes) = buffered {
            self.handle(Input::Buffered { key, bytes: bytes as u64 });
        }
    }

    fn open(self: &Rc<Self>, key: Key, from: u64) {
        let label = channel_label(key.id, from);
        let channels = self.channels.get();
        let opened = channels.and_then(|channels| channels.open(key.peer, &label, self.report(key)));
        match opened {
            Some(channel) => {
                channel.report_drained_below(LOW_BYTES);
                self.transfers.borrow_mut().insert(key, channel);
            }
            None => self.files.later(Input::ChannelClosed(key)),
        }
    }

    fn send(&self, key: Key, messages: &[JsValue]) {
        let transfers = self.transfers.borrow();
        let Some(channel) = transfers.get(&key) else { return };
        if messages.iter().all(|message| channel.send(message)) {
            self.files.later(Input::Buffered { key, bytes: channel.buffered_bytes() as u64 });
        } else {
            self.files.later(Input::ChannelClosed(key));
        }
    }

    fn send_part(&self, key: Key, from: u32, bytes: u32) {
        let Some(block) = self.blocks.borrow().get(&key).map(Uint8Array::new) else { return };
        let agreed = self.channels.get().and_then(|channels| channels.max_message_bytes(key.peer));
        let longest = agreed.unwrap_or(USUAL_CHUNK_BYTES);
        let chunk = message_bytes(bytes as usize, longest) as u32;
        let end = from + bytes;
        let starts = (from..end).step_by(chunk as usize);
        let chunks: Vec<_> = starts.map(|at| block.subarray(at, end.min(at + chunk)).into()).collect();
        self.send(key, &chunks);
    }

    fn read(self: &Rc<Self>, key: Key, from: u64, bytes: u64) {
        let source = self.sources.borrow().get(&key.id).cloned();
        let read = source.and_then(|source| {
            let range = [(from as f64).into(), ((from + bytes) as f64).into()];
            let part = js::invoke(&source, "slice", &range).ok()?;
            Some(js::promise(js::invoke(&part, "arrayBuffer", &[]).ok()?))
        });
        let Some(read) = read else { return self.files.later(Input::ReadFailed(key)) };
        let files = Rc::downgrade(self);
        spawn_local(async move {
            let read = JsFuture::from(read).await;
            let Some(files) = files.upgrade() else { return };
            files.handle(match read {
                Ok(_) if !files.files.core().is_reading(key, from) => return,
                Ok(buffer) => {
                    let bytes = bytes_of(&buffer);
                    files.blocks.borrow_mut().insert(key, buffer);
                    Input::Block { key, from, bytes }
                }
                Err(_) => Input::ReadFailed(key),
            });
        });
    }

    fn open_sink(self: &Rc<Self>, key: Key, place: Place, name: &FileName) {
        // The question to the person is asked at once, in the handler of their click.
        let opening = Sink::open(place, name.as_str());
        let files = Rc::downgrade(self);
        spawn_local(async move {
            let opened = opening.await;
            let Some(files) = files.upgrade() else { return };
            files.handle(match opened {
                Opened::Sink(sink) => {
                    files.sinks.borrow_mut().insert(key, sink);
                    Input::SinkOpened(key)
                }
                Opened::Dismissed => Input::SinkDismissed(key),
                Opened::Failed => Input::SinkFailed(key),
            });
        });
    }

    /// Begins something with the file of a transfer, and tells the core what came of it.
    fn work_on_sink(self: &Rc<Self>, key: Key, begin: impl FnOnce(&mut Sink) -> Work) {
        let Some(work) = self.sinks.borrow_mut().get_mut(&key).map(begin) else { return };
        let files = Rc::downgrade(self);
        spawn_local(async move {
            let done = work.run().await;
            let Some(files) = files.upgrade() else { return };
            // It may have been dropped meanwhile.
            let result = files.sinks.borrow_mut().get_mut(&key).map(|sink| sink.settle(key, done));
            if let Some(input) = result {
                files.handle(input);
            }
        });
    }
}
