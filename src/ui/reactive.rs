//! Signals whose type does not depend on what they hold.
//!
//! Each type that a leptos signal or memo holds is compiled into some kilobytes of the client. Here all
//! values are held behind one trait object, so another type of value costs a comparison and a downcast.

use std::{any::Any, marker::PhantomData, sync::Arc};

use leptos::prelude::*;

/// A value behind a trait object.
type Held = Arc<dyn Value>;

/// What signals hold.
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

/// A value that is computed from others, and notifies only when it changes.
pub struct Derived<T> {
    memo: Memo<Held>,
    of: PhantomData<fn() -> T>,
}

/// A value that can be set.
pub struct State<T> {
    signal: RwSignal<Held>,
    of: PhantomData<fn(T) -> T>,
}

impl<T: PartialEq + Clone + Send + Sync + 'static> Derived<T> {
    /// Computes a value from what it reads, whenever that changes.
    pub fn new(compute: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Self { memo: memo(Box::new(move || Arc::new(compute()))), of: PhantomData }
    }

    /// The value; whoever reads it runs again when it changes.
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    /// The value, by reference.
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(value(&read_memo(self.memo)))
    }

    /// The value, read once.
    pub fn get_untracked(self) -> T {
        value::<T>(&self.memo.get_untracked()).clone()
    }

    /// Runs again when the value changes.
    pub fn track(self) {
        self.memo.track();
    }
}

impl<T: PartialEq + Clone + Send + Sync + 'static> State<T> {
    /// Holds a value.
    pub fn new(initial: T) -> Self {
        Self { signal: state(Arc::new(initial)), of: PhantomData }
    }

    /// The value; whoever reads it runs again when it is set.
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    /// The value, by reference.
    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(value(&read_state(self.signal)))
    }

    /// The value, read once.
    pub fn get_untracked(self) -> T {
        value::<T>(&self.signal.get_untracked()).clone()
    }

    /// Sets the value.
    pub fn set(self, to: T) {
        write(self.signal, Arc::new(to));
    }

    /// Whether the part of the page to which this belonged is gone.
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

/// Runs now and whenever something changes that it has read. Browser only.
pub fn effect(run: impl FnMut() + 'static) {
    boxed_effect(Box::new(run));
}

// What follows does not depend on the type of the value, so that it is compiled once.

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

/// What is set after its part of the page has gone is dropped.
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
