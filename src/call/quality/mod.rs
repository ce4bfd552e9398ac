//! How good the connections of a call are, and whose fault it is if one is not.
//!
//! The page reads the statistics of every connection every [`INTERVAL_MS`] ([`Reading`]) and gives them to
//! [`Quality`], which keeps two minutes of [`Sample`]s and judges the newest ([`Verdict`]). Pure, and apart
//! from [`super::Call`], which does not need it: it is used only by a part of the page that loads late.

mod history;
mod overuse;
mod reading;
mod report;
mod sample;
mod verdict;

use history::Connection;
pub use history::KEPT;
pub use overuse::Overuse;
pub use reading::{Codec, Counters, Limit, NetworkPath, PathKind, Picture, Reading, Stat, Transport};
pub use sample::{Flow, Sample, Shown};
use verdict::Findings;
pub use verdict::{Cause, Expected, Grade, Plan, Verdict};

use crate::protocol::PeerId;

/// How often connections are read. Unit: millisecond.
pub const INTERVAL_MS: u32 = 2000;

/// All connections of a call, as far as they were read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quality {
    connections: Vec<(PeerId, Connection)>,
}

impl Quality {
    /// Takes readings of all connections that there are. Those that are not among them are forgotten.
    pub fn observe(&mut self, readings: Vec<(PeerId, Reading, Expected)>) {
        self.connections.retain(|(peer, _)| readings.iter().any(|(known, ..)| known == peer));
        for (peer, reading, expected) in readings {
            match self.connections.iter_mut().find(|(known, _)| *known == peer) {
                Some((_, connection)) => connection.observe(reading, expected),
                None => self.connections.push((peer, Connection::new(reading, expected))),
            }
        }
    }

    /// The samples of the last two minutes of the connection to somebody, oldest first.
    pub fn samples(&self, peer: PeerId) -> &[Sample] {
        self.get(peer).map_or(&[], |connection| &connection.samples)
    }

    /// How good the connection to somebody is. `None` until it has been there for ten seconds.
    pub fn verdict(&self, peer: PeerId) -> Option<Verdict> {
        let others = self.connections.iter().filter(|(other, _)| *other != peer);
        let others = others.filter_map(|(_, connection)| connection.findings());
        Some(self.get(peer)?.findings()?.verdict(others))
    }

    /// Whether this person's processor does not keep up with encoding.
    pub fn is_processor_behind(&self) -> bool {
        self.findings().any(Findings::is_processor_behind)
    }

    /// Whether a connection is so bad that less should be sent and received.
    pub fn suggests_saving(&self) -> bool {
        self.connections.iter().any(|(peer, _)| {
            let verdict = self.verdict(*peer);
            let of_network = [Some(Cause::OwnNetwork), Some(Cause::Unknown)];
            verdict.is_some_and(|v| v.grade == Grade::Poor && of_network.contains(&v.cause))
        })
    }

    fn findings(&self) -> impl Iterator<Item = Findings> {
        self.connections.iter().filter_map(|(_, connection)| connection.findings())
    }

    /// All connections as a text for whoever helps. Without names.
    pub fn report(&self, with_addresses: bool) -> String {
        let mut out = "halloo: connections of a call\n".to_owned();
        for (number, (peer, connection)) in (1..).zip(&self.connections) {
            report::write(&mut out, number, connection, self.verdict(*peer), with_addresses);
        }
        out
    }

    fn get(&self, peer: PeerId) -> Option<&Connection> {
        self.connections.iter().find(|(known, _)| *known == peer).map(|(_, connection)| connection)
    }
}

#[cfg(test)]
mod tests;
