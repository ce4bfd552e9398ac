//! Tokens that are void although they are authentic: their seat was left, taken over or given to somebody
//! else. Kept across a restart by the shell ([`super::Effect::Revoke`]), because a hub that was just started
//! knows no seats and believes every authentic token.

use std::collections::{HashSet, VecDeque};

/// The largest number of tokens that are remembered. The oldest are forgotten first; they are valid again
/// until they are too old.
pub const MAX_REVOKED: usize = 65_536;

/// More than one, so that the list shrinks although one is added each time; few, because the lock is held.
const FORGOTTEN_AT_ONCE: usize = 64;

/// A void token. Says nothing about its room and its person to whoever lacks the server's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revocation {
    /// When it was revoked. Unit: minutes since 1970.
    pub minute: u32,
    /// Part of a MAC of room and peer.
    pub token: u64,
}

/// The void tokens, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Revoked {
    order: VecDeque<Revocation>,
    tokens: HashSet<u64>,
}

impl Revoked {
    /// Remembers a token. Returns false if it is known already.
    pub(super) fn add(&mut self, revocation: Revocation) -> bool {
        if !self.tokens.insert(revocation.token) {
            return false;
        }
        self.order.push_back(revocation);
        if self.order.len() > MAX_REVOKED {
            self.forget_oldest();
        }
        true
    }

    pub(super) fn has(&self, token: u64) -> bool {
        self.tokens.contains(&token)
    }

    /// Forgets tokens that were revoked before this minute, a few at a time.
    pub(super) fn forget_before(&mut self, minute: u32) {
        for _ in 0..FORGOTTEN_AT_ONCE {
            if self.order.front().is_some_and(|oldest| oldest.minute < minute) {
                self.forget_oldest();
            }
        }
    }

    fn forget_oldest(&mut self) {
        if let Some(oldest) = self.order.pop_front() {
            self.tokens.remove(&oldest.token);
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        assert_eq!(self.order.len(), self.tokens.len());
        self.order.len()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn the_latest_are_remembered() {
        let mut revoked = Revoked::default();
        let all = u64::try_from(MAX_REVOKED).unwrap();
        for token in 0..=all {
            assert!(revoked.add(Revocation { minute: 1, token }));
        }
        assert!(!revoked.add(Revocation { minute: 2, token: all }));
        assert_eq!(revoked.len(), MAX_REVOKED);
        assert!(!revoked.has(0) && revoked.has(1) && revoked.has(all));
    }

    #[test]
    fn what_is_too_old_is_forgotten() {
        let mut revoked = Revoked::default();
        for minute in 0..10_u32 {
            revoked.add(Revocation { minute, token: u64::from(minute) });
        }
        revoked.forget_before(9);
        assert_eq!(revoked.len(), 1);
        assert!(revoked.has(9));
    }
}
