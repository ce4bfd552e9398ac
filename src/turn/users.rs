//! Who has logins: the id in the user name. The shell says when somebody's right to relay ends; until then
//! nothing is remembered of users without an allocation.

use std::collections::{BTreeSet, HashMap};

use super::{bandwidth::Bucket, sockets::ClientSocket};
use crate::sansio::{Deadlines, Millis};

/// Users that are remembered. Of more, the ended ones are forgotten whose logins expire first.
const MAX_USERS: usize = 20_000;

/// Every user with an allocation, and those whose right has ended.
#[derive(Debug, Default)]
pub(super) struct Users {
    by_id: HashMap<String, User>,
    /// When an ended user need not be remembered any longer, because the last login has expired.
    ended: Deadlines<String>,
}

#[derive(Debug, Default)]
pub(super) struct User {
    /// The clients of its allocations, with those whose sockets are being opened.
    clients: BTreeSet<ClientSocket>,
    pub(super) to_peers: Bucket,
    pub(super) to_clients: Bucket,
    /// When its allocations end at the latest, if its right has ended.
    ends: Option<Millis>,
}

impl Users {
    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut User> {
        self.by_id.get_mut(id)
    }

    /// Returns the number of users that are remembered.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Returns the number of allocations.
    pub(super) fn allocations(&self, id: &str) -> usize {
        self.by_id.get(id).map_or(0, |user| user.clients.len())
    }

    /// Returns when the allocations of this user end at the latest, if its right has ended.
    pub(super) fn ends(&self, id: &str) -> Option<Millis> {
        self.by_id.get(id)?.ends
    }

    pub(super) fn add(&mut self, id: &str, client: ClientSocket) {
        self.by_id.entry(id.to_owned()).or_default().clients.insert(client);
    }

    pub(super) fn remove(&mut self, id: &str, client: ClientSocket) {
        if let Some(user) = self.by_id.get_mut(id) {
            user.clients.remove(&client);
        }
        self.tidy(id);
    }

    /// The right of a user ends; the logins that it has expire before `forget`. Returns its clients.
    pub(super) fn end(&mut self, id: &str, ends: Millis, forget: Millis) -> Vec<ClientSocket> {
        let user = self.by_id.entry(id.to_owned()).or_default();
        user.ends = Some(user.ends.map_or(ends, |earlier| earlier.min(ends)));
        let clients = user.clients.iter().copied().collect();
        self.ended.set(id.to_owned(), forget);
        if self.by_id.len() > MAX_USERS
            && let Some(first) = self.ended.pop_due(Millis(u64::MAX))
        {
            self.tidy(&first);
        }
        clients
    }

    /// The right of a user begins again, if it had ended. Returns its clients.
    pub(super) fn begin(&mut self, id: &str) -> Vec<ClientSocket> {
        let Some(user) = self.by_id.get_mut(id).filter(|user| user.ends.is_some()) else { return Vec::new() };
        user.ends = None;
        let clients = user.clients.iter().copied().collect();
        self.ended.clear(&id.to_owned());
        self.tidy(id);
        clients
    }

    pub(super) fn handle_timeout(&mut self, now: Millis) {
        while let Some(id) = self.ended.pop_due(now) {
            self.tidy(&id);
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Millis> {
        self.ended.next()
    }

    /// Removes a user without allocations that has not ended, or need not be remembered as ended.
    fn tidy(&mut self, id: &str) {
        let has_clients = self.by_id.get(id).is_some_and(|user| !user.clients.is_empty());
        if !has_clients && !self.ended.is_set(&id.to_owned()) {
            self.by_id.remove(id);
        }
    }
}
