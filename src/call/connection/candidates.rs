//! Candidates that wait: those of the peer for its description, those of this side for the own one.

use std::collections::VecDeque;

use crate::protocol::{Candidate, Signal};

/// Most candidates of the peer that are kept. Honest peers have fewer.
const MAX_WAITING: usize = 200;

/// The candidates of one connection that wait. `None` is the end of candidates.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    /// There is a remote description, so that candidates can be added.
    has_remote: bool,
    early: VecDeque<Option<Candidate>>,
    held: Vec<Option<Candidate>>,
}

impl Candidates {
    /// Returns a candidate of the peer if it can be added, and keeps it otherwise.
    pub(crate) fn take_in(&mut self, candidate: Option<Candidate>) -> Option<Option<Candidate>> {
        if self.has_remote {
            return Some(candidate);
        }
        if self.early.len() < MAX_WAITING {
            self.early.push_back(candidate);
        }
        None
    }

    /// There is a remote description. Returns the candidates that have waited for it, last one first.
    pub(crate) fn remote_set(&mut self, epoch: u32) -> impl Iterator<Item = Signal> {
        self.has_remote = true;
        std::mem::take(&mut self.early).into_iter().rev().map(move |candidate| signal(candidate, epoch))
    }

    /// Keeps a local candidate until [`Self::local_set`].
    pub(crate) fn hold(&mut self, candidate: Option<Candidate>) {
        self.held.push(candidate);
    }

    /// The local description is set and sent. Returns the candidates that have waited for it.
    pub(crate) fn local_set(&mut self) -> Vec<Option<Candidate>> {
        std::mem::take(&mut self.held)
    }
}

/// Says a candidate to the peer.
pub(crate) fn signal(candidate: Option<Candidate>, epoch: u32) -> Signal {
    match candidate {
        Some(candidate) => Signal::Candidate { candidate, epoch },
        None => Signal::EndOfCandidates { epoch },
    }
}
