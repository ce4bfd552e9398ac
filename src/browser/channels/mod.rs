//! The data channels of all connections. Used only by a part of the page that loads late, which then takes
//! the connections as they are.
//!
//! Every connection has one channel for short texts, the *chat channel*, with the number 0 on both sides.
//! Further ones are opened by either side, and named.

mod channel;
mod refusal;

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use js_sys::Reflect;
use litemap::LiteMap;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

pub use self::channel::{ChannelEvent, DataChannel};
use self::refusal::Refusal;
use super::{
    driven::{now, timeout},
    driver::CallDriver,
    js,
};
use crate::{
    call::{
        CallView, PathState, Status,
        data::{Channel, ChannelEnd, Opening},
    },
    protocol::{MAX_CHANNEL_BYTES, PeerId},
};

/// Longest text that is read, in UTF-16 code units, of which there are no more than bytes.
const MAX_CHARS: u32 = MAX_CHANNEL_BYTES as u32;
/// More is not sent while this much waits. Unit: byte.
const MAX_BUFFERED_BYTES: f64 = 1024.0 * 1024.0;

/// The data channels of all connections. Dropping it closes them.
#[derive(Clone)]
pub struct Channels(Rc<Inner>);

/// Reports what happens at the chat channel to a peer.
type Report = Box<dyn Fn(PeerId, ChannelEvent)>;
/// Takes a channel that a peer has opened.
type Accept = Box<dyn Fn(PeerId, NewChannel)>;

struct Inner {
    driver: CallDriver,
    report: Report,
    accept: Accept,
    opening: RefCell<Opening>,
    known: RefCell<LiteMap<PeerId, Known>>,
    view: RefCell<Seen>,
    timer: Cell<Option<Timeout>>,
}

/// What the view last said.
#[derive(Default)]
struct Seen {
    me: Option<PeerId>,
    /// To whom media can flow, and whether both sides have signaling.
    up: Vec<(PeerId, bool)>,
}

/// One `RTCPeerConnection`, and what belongs to it.
struct Known {
    connection: JsValue,
    chat: Option<DataChannel>,
    end: ChannelEnd,
    /// The chat channel was open.
    was_open: bool,
    refusal: Refusal,
    _listeners: [EventListener; 2],
}

/// A channel that a peer has opened. It is to be listened to or refused at once: messages that come before
/// are lost, and it stays open.
pub struct NewChannel(JsValue);

impl NewChannel {
    /// The name that the peer gave it: anything.
    pub fn label(&self) -> String {
        js::member(&self.0, "label").and_then(|label| label.as_string()).unwrap_or_default()
    }

    /// Listens. It may be open already.
    pub fn listen(self, report: impl Fn(ChannelEvent) + 'static) -> DataChannel {
        DataChannel::new(self.0, MAX_CHARS, report)
    }

    /// Closes it.
    pub fn refuse(self) {
        let _ = js::invoke(&self.0, "close", &[]);
    }
}

impl Channels {
    /// Opens a chat channel to everybody, from now on. `report` gets to know what happens at these, `accept`
    /// which others the peers open.
    pub(crate) fn start(
        driver: CallDriver,
        report: impl Fn(PeerId, ChannelEvent) + 'static,
        accept: impl Fn(PeerId, NewChannel) + 'static,
    ) -> Self {
        Self(Rc::new(Inner {
            driver,
            report: Box::new(report),
            accept: Box::new(accept),
            opening: RefCell::default(),
            known: RefCell::default(),
            view: RefCell::default(),
            timer: Cell::default(),
        }))
    }

    /// Takes in that the view has changed: there may be other connections.
    pub fn observe(&self, view: &CallView) {
        let up = view.participants.iter().filter(|peer| peer.path == PathState::Connected);
        let seated = view.status == Status::Connected;
        let up = up.map(|peer| (peer.id, seated && !peer.reconnecting)).collect();
        self.0.view.replace(Seen { me: view.me, up });
        self.0.step();
    }

    /// Sends a text over the chat channel to a peer. Returns false if it cannot be sent now.
    pub fn send(&self, peer: PeerId, text: &str) -> bool {
        let known = self.0.known.borrow();
        let chat = known.get(&peer).and_then(|known| known.chat.as_ref());
        chat.is_some_and(|chat| chat.buffered_bytes() < MAX_BUFFERED_BYTES && chat.send(&text.into()))
    }

    /// The longest message that both browsers agreed on, if that is known (W3C webrtc, section 5.6.1). Unit:
    /// byte.
    pub fn max_message_bytes(&self, peer: PeerId) -> Option<usize> {
        let known = self.0.known.borrow();
        let transport = js::member(&known.get(&peer)?.connection, "sctp")?;
        Some(js::member(&transport, "maxMessageSize")?.as_f64()? as usize)
    }

    /// Opens another channel to a peer. `None` if there is no connection. Lives as long as what is returned.
    pub fn open(
        &self,
        peer: PeerId,
        label: &str,
        report: impl Fn(ChannelEvent) + 'static,
    ) -> Option<DataChannel> {
        let known = self.0.known.borrow();
        let connection = &known.get(&peer)?.connection;
        let channel = js::invoke(connection, "createDataChannel", &[label.into()]).ok()?;
        Some(DataChannel::new(channel, MAX_CHARS, report))
    }
}

impl Inner {
    /// Takes in the connections that there are, and opens what is due.
    fn step(self: &Rc<Self>) {
        let closed = self.take_in_connections();
        for peer in closed {
            (self.report)(peer, ChannelEvent::Closed);
        }
        self.known.borrow().values().for_each(|known| known.refusal.reconsider());
        let Some(me) = self.view.borrow().me else { return };
        let (channels, next) = (self.channels(), now());
        let due = self.opening.borrow_mut().observe(next, me, &channels);
        for peer in due {
            self.open_chat(peer);
        }
        let timer = self.opening.borrow().poll_timeout().map(|at| {
            let this = Rc::downgrade(self);
            timeout(at, move || step(&this))
        });
        self.timer.set(timer);
    }

    /// Returns whose chat channel is gone with its connection.
    fn take_in_connections(self: &Rc<Self>) -> Vec<PeerId> {
        let (mut all, mut closed) = (LiteMap::new(), Vec::new());
        let mut known = self.known.borrow_mut();
        self.driver.for_each_connection(|peer, connection| {
            let same = known.remove(&peer).filter(|known| known.connection == *connection);
            if same.is_none() {
                closed.push(peer);
            }
            all.insert(peer, same.unwrap_or_else(|| Known::new(self, peer, connection.clone())));
        });
        closed.extend(known.keys());
        *known = all;
        closed
    }

    fn channels(&self) -> Vec<Channel> {
        let (known, view) = (self.known.borrow(), self.view.borrow());
        let channel = |(peer, known): (&PeerId, &Known)| {
            let up = view.up.iter().find(|(up, _)| up == peer);
            Channel {
                peer: *peer,
                is_up: up.is_some(),
                has_signaling: up.is_some_and(|(_, has_signaling)| *has_signaling),
                // W3C webrtc, section 5.6: `null` before both sides have agreed.
                has_section: js::member(&known.connection, "sctp").is_some(),
                end: known.end,
            }
        };
        known.iter().map(channel).collect()
    }

    fn open_chat(self: &Rc<Self>, peer: PeerId) {
        let mut known = self.known.borrow_mut();
        let Some(known) = known.get_mut(&peer) else { return };
        let init = js::dictionary(&[("negotiated", true.into()), ("id", 0.into())]);
        let arguments = ["chat".into(), init];
        // Fails on a connection that has just been closed.
        let Ok(channel) = js::invoke(&known.connection, "createDataChannel", &arguments) else { return };
        let this = Rc::downgrade(self);
        (known.end, known.was_open) = (ChannelEnd::Opened, false);
        known.chat = Some(DataChannel::new(channel, MAX_CHARS, move |event| {
            if let Some(this) = this.upgrade() {
                this.on_chat(peer, event);
            }
        }));
    }

    fn on_chat(self: &Rc<Self>, peer: PeerId, event: ChannelEvent) {
        let is_closed = matches!(event, ChannelEvent::Closed);
        if let Some(known) = self.known.borrow_mut().get_mut(&peer) {
            known.was_open |= matches!(event, ChannelEvent::Opened);
            if is_closed {
                known.end = ChannelEnd::Closed;
            }
            if is_closed && !known.was_open {
                known.refusal.suspect();
                self.opening.borrow_mut().on_refused(peer);
            }
        }
        (self.report)(peer, event);
        if is_closed {
            self.step();
        }
    }
}

impl Known {
    fn new(all: &Rc<Inner>, peer: PeerId, connection: JsValue) -> Self {
        let target: &EventTarget = connection.unchecked_ref();
        let (on_state, on_channel) = (Rc::downgrade(all), Rc::downgrade(all));
        let listeners = [
            // The section is there once an exchange is complete.
            EventListener::new(target, "signalingstatechange", move |_| step(&on_state)),
            EventListener::new(target, "datachannel", move |event| {
                let channel = Reflect::get(event, &"channel".into());
                if let (Some(all), Ok(channel)) = (on_channel.upgrade(), channel) {
                    (all.accept)(peer, NewChannel(channel));
                }
            }),
        ];
        let refusal = Refusal::watch(&connection);
        Self { connection, chat: None, end: ChannelEnd::New, was_open: false, refusal, _listeners: listeners }
    }
}

fn step(all: &Weak<Inner>) {
    if let Some(all) = all.upgrade() {
        all.step();
    }
}
