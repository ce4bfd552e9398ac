//! Shared by all cores: how they are driven, time as a number, and deadlines.
//!
//! A core ([`crate::hub`], [`crate::call`]) opens no socket and reads no clock; its random numbers come from
//! a seed that the shell passes in. A failed effect comes back as an input. Time is a number because
//! `std::time::Instant::now()` panics in a browser.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Add,
};

use litemap::LiteMap;

/// Rules without input and output. One input, one full drain of the effects, next input.
pub trait Core {
    /// What may happen.
    type Input;
    /// What the core may ask for.
    type Effect;
    /// The input that is due at [`Self::poll_timeout`].
    const TICK: Self::Input;

    /// Takes in what happened.
    fn handle_input(&mut self, now: Millis, input: Self::Input);

    /// Returns what to do next. To be called until `None` after every input.
    fn poll_effect(&mut self) -> Option<Self::Effect>;

    /// Returns when [`Self::TICK`] is due.
    fn poll_timeout(&self) -> Option<Millis>;
}

/// A point in time: milliseconds since a start that the shell chose. Monotonic.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millis(pub u64);

impl Millis {
    /// Returns the milliseconds from `earlier` to this point; 0 if `earlier` is later.
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<u64> for Millis {
    type Output = Self;

    fn add(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

/// Named deadlines, at most one per name.
#[derive(Debug)]
pub struct Deadlines<K> {
    by_name: BTreeMap<K, Millis>,
    by_time: BTreeSet<(Millis, K)>,
}

impl<K> Default for Deadlines<K> {
    fn default() -> Self {
        Self { by_name: BTreeMap::new(), by_time: BTreeSet::new() }
    }
}

impl<K: Ord + Clone> Deadlines<K> {
    /// Sets or moves a deadline.
    pub fn set(&mut self, name: K, at: Millis) {
        self.clear(&name);
        self.by_name.insert(name.clone(), at);
        self.by_time.insert((at, name));
    }

    /// Removes a deadline, if there is one.
    pub fn clear(&mut self, name: &K) {
        if let Some(at) = self.by_name.remove(name) {
            self.by_time.remove(&(at, name.clone()));
        }
    }

    /// Returns the earliest deadline: the whole of a core's `poll_timeout()`.
    pub fn next(&self) -> Option<Millis> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Removes and returns one deadline that has passed.
    pub fn pop_due(&mut self, now: Millis) -> Option<K> {
        let (at, _) = self.by_time.first()?;
        if *at > now {
            return None;
        }
        let (_, name) = self.by_time.pop_first()?;
        self.by_name.remove(&name);
        Some(name)
    }

    /// Returns the time of this deadline, if it is set.
    pub fn at(&self, name: &K) -> Option<Millis> {
        self.by_name.get(name).copied()
    }

    /// Returns whether this deadline is set.
    pub fn is_set(&self, name: &K) -> bool {
        self.by_name.contains_key(name)
    }
}

/// [`Deadlines`] of which there are at most a few dozen: what each call does takes a time proportional to
/// their number, and the code is a fraction of the size.
#[derive(Debug)]
pub struct FewDeadlines<K>(LiteMap<K, Millis>);

impl<K> Default for FewDeadlines<K> {
    fn default() -> Self {
        Self(LiteMap::new())
    }
}

impl<K: Ord + Clone> FewDeadlines<K> {
    /// Sets or moves a deadline.
    pub fn set(&mut self, name: K, at: Millis) {
        self.0.insert(name, at);
    }

    /// Removes a deadline, if there is one.
    pub fn clear(&mut self, name: &K) {
        self.0.remove(name);
    }

    /// Returns the earliest deadline.
    pub fn next(&self) -> Option<Millis> {
        self.0.values().min().copied()
    }

    /// Removes and returns one deadline that has passed: the earliest, of several the first by name.
    pub fn pop_due(&mut self, now: Millis) -> Option<K> {
        let (name, _) = self.0.iter().min_by_key(|(_, at)| **at).filter(|(_, at)| **at <= now)?;
        let name = name.clone();
        self.clear(&name);
        Some(name)
    }

    /// Returns the time of this deadline, if it is set.
    pub fn at(&self, name: &K) -> Option<Millis> {
        self.0.get(name).copied()
    }

    /// Returns whether this deadline is set.
    pub fn is_set(&self, name: &K) -> bool {
        self.0.contains_key(name)
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    proptest! {
        #[test]
        fn few_deadlines_are_like_many(steps in vec((0..3_u8, 0..4_u8, 0..6_u64), 0..30)) {
            let (mut many, mut few) = (Deadlines::default(), FewDeadlines::default());
            for (what, name, at) in steps {
                match what {
                    0 => {
                        many.set(name, Millis(at));
                        few.set(name, Millis(at));
                    }
                    1 => {
                        many.clear(&name);
                        few.clear(&name);
                    }
                    _ => prop_assert_eq!(many.pop_due(Millis(at)), few.pop_due(Millis(at))),
                }
                prop_assert_eq!(many.next(), few.next());
                prop_assert_eq!(many.at(&name), few.at(&name));
                prop_assert_eq!(many.is_set(&name), few.is_set(&name));
            }
        }
    }

    #[test]
    fn a_deadline_that_is_moved_fires_once_at_the_later_time() {
        let mut deadlines = Deadlines::default();
        deadlines.set("a", Millis(5));
        deadlines.set("a", Millis(9));
        deadlines.set("b", Millis(7));
        assert_eq!(deadlines.next(), Some(Millis(7)));
        assert_eq!(deadlines.pop_due(Millis(8)), Some("b"));
        assert_eq!(deadlines.pop_due(Millis(8)), None);
        assert_eq!(deadlines.pop_due(Millis(9)), Some("a"));
        assert_eq!(deadlines.next(), None);
    }
}
