//! When the chat channel of each connection is opened.
//!
//! The channel has the same number on both sides (`negotiated`, W3C webrtc, section 6.2), so either side may
//! open its end first. The first end of a connection costs an exchange of offer and answer, in which the
//! section of the data channels is agreed on; the other end costs none. Two first ends at the same time would
//! make the offers cross, and an offer that is rolled back can cost the connection. So the impolite side
//! opens first, and the polite side when there is a section. The impolite side may have no data channels, or
//! may not have loaded what opens them: the polite side does not wait forever.
//!
//! While one of the two has no signaling, no exchange can be made: an offer would be lost, and one of the
//! other side that was lost before would cross it when both are back.
//!
//! A channel that closes while its connection lives is opened again after a while. Who refused a channel is
//! not asked again, as long as they do not ask themselves.

use litemap::LiteMap;

use crate::{protocol::PeerId, sansio::Millis};

/// How long a connection is up before its channel is opened, so that the first picture comes first. Unit:
/// millisecond.
const SETTLE_MS: u64 = 1_000;
/// How long the polite side waits for the other one. Unit: millisecond.
const WAIT_MS: u64 = 10_000;
/// How long a channel that was closed stays closed. Unit: millisecond.
const REOPEN_MS: u64 = 5_000;

/// What is known of the chat channel of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channel {
    /// To whom the connection is.
    pub peer: PeerId,
    /// Media can flow.
    pub is_up: bool,
    /// Both sides have signaling.
    pub has_signaling: bool,
    /// Both sides have agreed on a section for data channels.
    pub has_section: bool,
    /// What became of this end, in this connection.
    pub end: ChannelEnd,
}

/// This client's end of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelEnd {
    /// It was never opened.
    New,
    /// It is open, or about to be.
    Opened,
    /// It was closed, by the peer or by an error.
    Closed,
}

/// Decides when to open channels.
#[derive(Debug, Default)]
pub struct Opening {
    /// Since when connections are up without a channel.
    up_since: LiteMap<PeerId, Millis>,
    /// Those of the connected peers who refuse data channels.
    refusing: Vec<PeerId>,
    next: Option<Millis>,
}

impl Opening {
    /// Takes in how the connections of this client are now. Returns to whom a channel is to be opened now.
    pub fn observe(&mut self, now: Millis, me: PeerId, channels: &[Channel]) -> Vec<PeerId> {
        let mut due = Vec::new();
        self.refusing.retain(|peer| channels.iter().any(|channel| channel.peer == *peer));
        let waits = |channel: &&Channel| {
            let can_agree = channel.has_signaling && !self.refusing.contains(&channel.peer);
            channel.is_up && channel.end != ChannelEnd::Opened && (channel.has_section || can_agree)
        };
        let mut up_since = LiteMap::new();
        self.next = None;
        for channel in channels.iter().filter(waits) {
            let since = self.up_since.get(&channel.peer).copied().unwrap_or(now);
            let wait_ms = if channel.end == ChannelEnd::Closed {
                REOPEN_MS
            } else if channel.has_section {
                0
            } else if me.is_polite_towards(channel.peer) {
                WAIT_MS
            } else {
                SETTLE_MS
            };
            let at = since + wait_ms;
            if at <= now {
                due.push(channel.peer);
            } else {
                self.next = Some(self.next.map_or(at, |next| next.min(at)));
            }
            up_since.insert(channel.peer, since);
        }
        self.up_since = up_since;
        due
    }

    /// A channel to a peer was closed before it was open.
    pub fn on_refused(&mut self, peer: PeerId) {
        if !self.refusing.contains(&peer) {
            self.refusing.push(peer);
        }
    }

    /// When to observe again, if nothing changes.
    pub fn poll_timeout(&self) -> Option<Millis> {
        self.next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: PeerId = PeerId::new(5);
    const POLITE: PeerId = PeerId::new(3);
    const IMPOLITE: PeerId = PeerId::new(7);

    fn up(peer: PeerId) -> Channel {
        Channel { peer, is_up: true, has_signaling: true, has_section: false, end: ChannelEnd::New }
    }

    fn observe(opening: &mut Opening, at: u64, channels: &[Channel]) -> Vec<PeerId> {
        opening.observe(Millis(at), ME, channels)
    }

    #[test]
    fn the_impolite_side_opens_first_once_the_connection_has_been_up_for_a_moment() {
        let mut opening = Opening::default();
        let down = Channel { is_up: false, ..up(POLITE) };
        assert_eq!(observe(&mut opening, 0, &[down]), []);
        assert_eq!(opening.poll_timeout(), None);
        assert_eq!(observe(&mut opening, 500, &[up(POLITE)]), []);
        assert_eq!(opening.poll_timeout(), Some(Millis(1_500)));
        assert_eq!(observe(&mut opening, 1_500, &[up(POLITE)]), [POLITE]);
    }

    #[test]
    fn the_polite_side_opens_when_there_is_a_section() {
        let mut opening = Opening::default();
        assert_eq!(observe(&mut opening, 0, &[up(IMPOLITE)]), []);
        assert_eq!(observe(&mut opening, 2_000, &[up(IMPOLITE)]), []);
        let agreed = Channel { has_section: true, ..up(IMPOLITE) };
        assert_eq!(observe(&mut opening, 2_001, &[agreed]), [IMPOLITE]);
    }

    #[test]
    fn the_polite_side_does_not_wait_forever() {
        let mut opening = Opening::default();
        assert_eq!(observe(&mut opening, 0, &[up(IMPOLITE)]), []);
        assert_eq!(opening.poll_timeout(), Some(Millis(10_000)));
        assert_eq!(observe(&mut opening, 10_000, &[up(IMPOLITE)]), [IMPOLITE]);
    }

    #[test]
    fn nobody_offers_while_signaling_is_lost_and_the_wait_begins_anew() {
        let mut opening = Opening::default();
        let lost = Channel { has_signaling: false, ..up(IMPOLITE) };
        assert_eq!(observe(&mut opening, 0, &[up(IMPOLITE)]), []);
        assert_eq!(observe(&mut opening, 9_000, &[lost]), []);
        assert_eq!(observe(&mut opening, 20_000, &[lost]), []);
        assert_eq!(observe(&mut opening, 20_001, &[up(IMPOLITE)]), []);
        assert_eq!(opening.poll_timeout(), Some(Millis(30_001)));
        // An end of what is agreed on already needs no signaling.
        let agreed = Channel { has_section: true, ..lost };
        assert_eq!(observe(&mut opening, 20_002, &[agreed]), [IMPOLITE]);
    }

    #[test]
    fn a_connection_that_was_down_is_new() {
        let mut opening = Opening::default();
        let down = Channel { is_up: false, ..up(POLITE) };
        assert_eq!(observe(&mut opening, 0, &[up(POLITE)]), []);
        assert_eq!(observe(&mut opening, 900, &[down]), []);
        assert_eq!(observe(&mut opening, 1_000, &[up(POLITE)]), []);
        assert_eq!(observe(&mut opening, 2_000, &[up(POLITE)]), [POLITE]);
    }

    #[test]
    fn what_is_open_is_not_opened_again() {
        let mut opening = Opening::default();
        let open = Channel { end: ChannelEnd::Opened, has_section: true, ..up(POLITE) };
        assert_eq!(observe(&mut opening, 9_000, &[open]), []);
        assert_eq!(opening.poll_timeout(), None);
    }

    #[test]
    fn what_was_closed_is_opened_again_after_a_while() {
        let mut opening = Opening::default();
        let closed = Channel { end: ChannelEnd::Closed, has_section: true, ..up(IMPOLITE) };
        assert_eq!(observe(&mut opening, 1_000, &[closed]), []);
        assert_eq!(opening.poll_timeout(), Some(Millis(6_000)));
        assert_eq!(observe(&mut opening, 6_000, &[closed]), [IMPOLITE]);
    }

    #[test]
    fn who_refuses_is_not_asked_again_unless_they_ask() {
        let mut opening = Opening::default();
        assert_eq!(observe(&mut opening, 0, &[up(POLITE)]), []);
        opening.on_refused(POLITE);
        assert_eq!(observe(&mut opening, 60_000, &[up(POLITE)]), []);
        assert_eq!(opening.poll_timeout(), None);
        let asked = Channel { has_section: true, ..up(POLITE) };
        assert_eq!(observe(&mut opening, 60_001, &[asked]), [POLITE]);
    }

    #[test]
    fn who_has_left_is_forgotten() {
        let mut opening = Opening::default();
        opening.on_refused(POLITE);
        assert_eq!(observe(&mut opening, 0, &[]), []);
        assert_eq!(observe(&mut opening, 1, &[up(POLITE)]), []);
        assert_eq!(observe(&mut opening, 1_001, &[up(POLITE)]), [POLITE]);
    }
}
