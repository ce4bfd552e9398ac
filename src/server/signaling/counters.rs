//! What is counted as signaling happens. [`super::driver`] counts; `ops::metrics` shows it.

use std::time::{Duration, SystemTime};

use prometheus_client::metrics::{
    counter::Counter,
    family::Family,
    histogram::{Histogram, exponential_buckets},
};

use crate::protocol::{CloseCode, RawServerMsg, ServerMsg};

/// One label and its value.
pub(crate) type Label = [(&'static str, String); 1];

/// What is counted as it happens.
#[derive(Debug)]
pub(crate) struct Counters {
    pub(crate) started: SystemTime,
    pub(crate) relayed_messages: Counter,
    pub(crate) relayed_bytes: Counter,
    pub(crate) refusals: Family<Label, Counter>,
    pub(crate) closes: Family<Label, Counter>,
    pub(crate) mailbox_depth: Histogram,
    pub(crate) handler_seconds: Histogram,
}

impl Default for Counters {
    fn default() -> Self {
        Self {
            started: SystemTime::now(),
            relayed_messages: Counter::default(),
            relayed_bytes: Counter::default(),
            refusals: Family::default(),
            closes: Family::default(),
            mailbox_depth: Histogram::new(exponential_buckets(1.0, 4.0, 6)),
            handler_seconds: Histogram::new(exponential_buckets(1e-6, 4.0, 10)),
        }
    }
}

impl Counters {
    /// A message of this many bytes goes to a socket.
    pub(crate) fn sent(&self, msg: &RawServerMsg, bytes: usize) {
        match msg {
            ServerMsg::Signal { .. } => {
                self.relayed_messages.inc();
                self.relayed_bytes.inc_by(bytes as u64);
            }
            ServerMsg::Error { code, .. } => {
                let code = serde_json::to_value(code).unwrap_or_default();
                self.refused(code.as_str().unwrap_or_default());
            }
            ServerMsg::Full { .. } => self.refused("full"),
            ServerMsg::Welcome { .. }
            | ServerMsg::Joined { .. }
            | ServerMsg::PeerJoined { .. }
            | ServerMsg::PeerLeft { .. }
            | ServerMsg::PeerReconnecting { .. }
            | ServerMsg::PeerBack { .. }
            | ServerMsg::MediaChanged { .. }
            | ServerMsg::Locked { .. }
            | ServerMsg::HandRaised { .. }
            | ServerMsg::Reaction { .. }
            | ServerMsg::IceServers { .. }
            | ServerMsg::Heartbeat
            | ServerMsg::ServerRestarting { .. } => {}
        }
    }

    /// Somebody is turned away.
    pub(crate) fn refused(&self, code: &str) {
        self.refusals.get_or_create(&[("code", code.to_owned())]).inc();
    }

    /// So many messages wait for one socket, with the one that has just been added.
    pub(crate) fn queued(&self, depth: usize) {
        self.mailbox_depth.observe(depth as f64);
    }

    /// The server closes a socket.
    pub(crate) fn closed(&self, code: CloseCode) {
        self.closes.get_or_create(&[("code", code.number().to_string())]).inc();
    }

    /// One input was handled, under the lock.
    pub(crate) fn handled(&self, time: Duration) {
        self.handler_seconds.observe(time.as_secs_f64());
    }
}
