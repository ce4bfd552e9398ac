//! Signals and memos whose type does not depend on their value.
//!
//! Leptos compiles a signal or memo anew for each type of value, which takes kilobytes each. Here all values
//! are behind one trait object, so that another type costs a comparison and a downcast.

use std::{any::Any, marker::PhantomData, sync::Arc};

use leptos::prelude::*;

/// A value behind a trait object.
type Held = Arc<dyn Value>;

/// The values of signals.
trait Value: Any + Send + Sync {
    fn equals(&self, other: &dyn Value) -> bool;
    fn as_any(&self) -> &dyn Any;
}

impl<T: PartialEq + Send + Sync + 'static> Value for T {
    fn equals(&self, other: &dyn Value) -> bool {
        other.as_any().downcast_ref() == Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl PartialEq for dyn Value {
    fn eq(&self, other: &Self) -> bool {
        self.equals(other)
    }
}

/// A value computed from others. Notifies only when it changes.
pub struct Derived<T> {
    memo: Memo<Held>,
    of: PhantomData<fn() -> T>,
}

/// A value that can be set. Notifies each time.
pub struct State<T> {
    signal: RwSignal<Held>,
    of: PhantomData<fn(T) -> T>,
}

impl<T: PartialEq + Clone + Send + Sync + 'static> Derived<T> {
    /// Computes a value, again whenever something changes that the computation has read.
    pub fn new(compute: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Self { memo: memo(Box::new(move || Arc::new(compute()))), of: PhantomData }
    }

    /// The value. Tracked.
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    /// The value by reference. Tracked.
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(value(&read_memo(self.memo)))
    }

    /// The value. Not tracked.
    pub fn get_untracked(self) -> T {
        value::<T>(&self.memo.get_untracked()).clone()
    }

    /// Tracks the value. Computes it: a memo that was never read does not know what it depends on, and
    /// notifies nobody.
    pub fn track(self) {
        drop(read_memo(self.memo));
    }
}

impl<T: PartialEq + Clone + Send + Sync + 'static> State<T> {
    /// Holds a value.
    pub fn new(initial: T) -> Self {
        Self { signal: state(Arc::new(initial)), of: PhantomData }
    }

    /// The value. Tracked.
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    /// The value by reference. Tracked.
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(value(&read_state(self.signal)))
    }

    /// The value. Not tracked.
    pub fn get_untracked(self) -> T {
        value::<T>(&self.signal.get_untracked()).clone()
    }

    /// Tracks the value.
    pub fn track(self) {
        drop(read_state(self.signal));
    }

    /// Sets the value.
    pub fn set(self, to: T) {
        write(self.signal, Arc::new(to));
    }

    /// Returns whether the component to which this belonged is gone.
    pub fn is_disposed(self) -> bool {
        self.signal.is_disposed()
    }
}

impl<T> Copy for Derived<T> {}
impl<T> Clone for Derived<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for State<T> {}
impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        *self
    }
}

/// Runs once, and again whenever something changes that it has read. Browser only.
pub fn effect(run: impl FnMut() + 'static) {
    boxed_effect(Box::new(run));
}

// The following functions are not generic, so that they are compiled once.

fn memo(compute: Box<dyn Fn() -> Held + Send + Sync>) -> Memo<Held> {
    Memo::new(move |_| compute())
}

fn state(initial: Held) -> RwSignal<Held> {
    RwSignal::new(initial)
}

fn read_memo(memo: Memo<Held>) -> Held {
    memo.get()
}

fn read_state(signal: RwSignal<Held>) -> Held {
    signal.get()
}

/// Does nothing if the component to which the signal belonged is gone.
fn write(signal: RwSignal<Held>, to: Held) {
    drop(signal.try_set(to));
}

fn boxed_effect(mut run: Box<dyn FnMut()>) {
    Effect::new(move |_: Option<()>| run());
}

#[expect(clippy::expect_used, reason = "only values of this type are written")]
fn value<T: 'static>(held: &Held) -> &T {
    // Not `held.as_any()`, which would be that of the `Arc`.
    (**held).as_any().downcast_ref().expect("a value of this type")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_derived_changes_with_its_source_and_notifies_only_then() {
        let owner = Owner::new();
        owner.set();
        let source = State::new(1);
        let half = Derived::new(move || source.get() / 2);
        let runs = State::new(0);
        let seen = Derived::new(move || {
            runs.set(runs.get_untracked() + 1);
            half.get()
        });
        assert_eq!((seen.get(), runs.get_untracked()), (0, 1));
        source.set(5);
        assert_eq!((seen.get(), runs.get_untracked()), (2, 2));
        source.set(4);
        assert_eq!((seen.get(), runs.get_untracked()), (2, 2));
    }
}
