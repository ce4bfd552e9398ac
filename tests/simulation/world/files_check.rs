//! What must hold for the files that people send each other.

use halloo::{
    call::data::files::{Direction, Key, MAX_OPEN, State},
    protocol::FileId,
};

use super::*;

impl World {
    /// Each file is offered to everybody whom it is for, unless too many are open, and to nobody else.
    pub(super) fn check_offers(&mut self, who: usize, to: Option<PeerId>, ids: &[FileId]) {
        let (entries, told) = (self.files(who).entries, &self.people[who].files.told);
        let is_for = |peer: PeerId| to.is_none_or(|to| to == peer) && told.iter().any(|(id, _)| *id == peer);
        let of = |peer: PeerId| entries.iter().filter(move |entry| entry.is_own() && entry.key.peer == peer);
        let is_new = |entry: &&FileEntry| ids.contains(&entry.key.id);
        let is_open = |entry: &&FileEntry| !entry.state.has_ended();
        let missing = told.iter().map(|(peer, _)| *peer).filter(|peer| is_for(*peer)).any(|peer| {
            of(peer).filter(is_new).count() < ids.len() && of(peer).filter(is_open).count() < MAX_OPEN
        });
        if missing || entries.iter().filter(is_new).any(|entry| !is_for(entry.key.peer)) {
            self.violate(format!("{who} offers files to {to:?}, and has {entries:?}"));
        }
    }

    /// The receiver was asked, and does not answer.
    fn has_not_answered(&self, receiver: usize, mine: &FileEntry, me: PeerId) -> bool {
        let peer = if mine.is_own() { me } else { mine.key.peer };
        let key = Key { peer, id: mine.key.id, direction: Direction::In };
        let page = &self.people[receiver].files;
        page.asked.contains(&key) && !page.accepted.contains(&key)
    }

    /// What is not as it should be with the transfers of somebody who has this seat.
    pub(crate) fn files_unwell(&self, who: usize, me: PeerId) -> Option<String> {
        let (page, entries) = (&self.people[who].files, self.files(who).entries);
        let is_needed = |key: &Key| {
            let has_failed = |entry: &FileEntry| matches!(entry.state, State::Ended(_));
            entries.iter().any(|entry| entry.key == *key && !has_failed(entry))
        };
        if !page.sinks.keys().chain(page.channels.keys()).all(is_needed) {
            return Some(format!("{who} keeps a file or a channel of a transfer that has ended"));
        }
        entries.iter().find_map(|mine| {
            let back = if mine.is_own() { Direction::In } else { Direction::Out };
            let other = self.owner_of(mine.key.peer)?;
            let is_there = self.view(other).me == Some(mine.key.peer);
            let theirs = if is_there { self.files(other).entries } else { Vec::new() };
            let is_same = |entry: &&FileEntry| entry.key.id == mine.key.id && entry.key.direction == back;
            let mut theirs: Vec<_> = theirs.iter().filter(is_same).collect();
            theirs.retain(|entry| self.owner_of(entry.key.peer) == Some(who));
            // They may know of it from a seat that this one has lost.
            let has_lost_seat = !theirs.is_empty() && theirs.iter().all(|entry| entry.key.peer != me);
            let theirs = theirs.into_iter().find(|entry| has_lost_seat || entry.key.peer == me);
            let (out, into) = if mine.is_own() { (Some(mine), theirs) } else { (theirs, Some(mine)) };
            let receiver = if mine.is_own() { other } else { who };
            let is_spoiled = self.spoiled.contains(&(mine.key.id, receiver));
            let well = match (out.map(|entry| entry.state), into.map(|entry| entry.state)) {
                // An offer to the lost seat is refused once it is accepted.
                (_, Some(State::Offered)) if has_lost_seat && !mine.is_own() => {
                    self.has_not_answered(receiver, mine, me)
                }
                _ if !is_there || has_lost_seat => mine.state.has_ended(),
                // To a receiver a sender who got another seat is somebody new, who offers the file again.
                (Some(State::Offered | State::Interrupted), Some(State::Offered)) => {
                    self.has_not_answered(receiver, mine, me)
                }
                (Some(State::Done), Some(State::Done)) => true,
                // The oldest that have ended are not shown.
                (None, Some(State::Done)) => true,
                // The other one may not have heard of it, or have had all of it before.
                (Some(State::Ended(_)), None | Some(State::Offered | State::Done | State::Ended(_)))
                | (None, Some(State::Ended(_))) => is_spoiled,
                _ => false,
            };
            (!well).then(|| format!("{who} and {other}: {:?} but {:?}", mine, theirs))
        })
    }
}
