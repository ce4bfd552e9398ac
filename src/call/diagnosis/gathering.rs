//! What gathering candidates says about a check (W3C webrtc, sections 4.8.1 and 5.7).

use super::{Check, Reason};

/// What kind of address a candidate is (RFC 8839, section 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CandidateKind {
    /// One of this machine.
    Host,
    /// One that a STUN server saw.
    Reflexive,
    /// One of a relay.
    Relay,
}

impl CandidateKind {
    /// Reads the kind of a `candidate` line.
    pub fn of(candidate: &str) -> Option<Self> {
        let mut words = candidate.split_ascii_whitespace();
        words.by_ref().find(|word| *word == "typ")?;
        match words.next()? {
            "host" => Some(Self::Host),
            "srflx" | "prflx" => Some(Self::Reflexive),
            "relay" => Some(Self::Relay),
            _ => None,
        }
    }
}

/// The gathering of one check.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Gathering {
    /// The most telling error until now: there is one for each interface and server.
    error: Option<Reason>,
    /// Whether there was a candidate of any kind.
    has_candidate: bool,
}

impl Gathering {
    /// Returns whether a candidate of this kind is what the check looks for.
    pub(super) fn is_found(check: Check, kind: CandidateKind) -> bool {
        match kind {
            CandidateKind::Host => check == Check::Host,
            CandidateKind::Reflexive => check == Check::Host || check == Check::Stun,
            CandidateKind::Relay => check.is_relay(),
        }
    }

    /// Takes in a candidate.
    pub(super) fn add_candidate(&mut self) {
        self.has_candidate = true;
    }

    /// Takes in the code of an `icecandidateerror`.
    pub(super) fn add_error(&mut self, code: u16) {
        let reason = match code {
            // RFC 8489, section 14.8, and RFC 8656, section 18.
            400 | 401 | 431 | 438 | 441 => Reason::BadLogin,
            486 | 508 => Reason::Full,
            300..=699 => Reason::Refused,
            _ => Reason::Unreachable,
        };
        if self.error.is_none_or(|known| weight(known) < weight(reason)) {
            self.error = Some(reason);
        }
    }

    /// What came of it when it ends without what the check looks for.
    pub(super) fn end(self, check: Check) -> Result<(), Reason> {
        match (check, self.error) {
            (_, Some(reason)) => Err(reason),
            // Browsers leave out an address that is the machine's own. Without one they ask nobody.
            (Check::Stun, None) if self.has_candidate => Ok(()),
            (_, None) => Err(Reason::NoAddress),
        }
    }

    /// Why it is not done in time.
    pub(super) fn late(self) -> Reason {
        self.error.unwrap_or(Reason::TimedOut)
    }
}

/// The relay's own answers say more than that there is none.
fn weight(reason: Reason) -> usize {
    let telling = [Reason::Refused, Reason::Full, Reason::BadLogin];
    telling.into_iter().position(|other| other == reason).map_or(0, |at| at + 1)
}
