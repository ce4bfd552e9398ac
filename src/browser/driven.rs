//! The loop around a core: what happens is queued, taken in one at a time, and what the core then asks for is
//! done. Each driver of this directory holds one [`Driven`] core.

use std::{
    cell::{Cell, Ref, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use gloo_timers::callback::Timeout;

use crate::sansio::{Core, Millis};

/// A core, the inputs that wait for it, and the timer that it asked for.
pub(super) struct Driven<C: Core> {
    core: RefCell<C>,
    queue: RefCell<VecDeque<C::Input>>,
    draining: Cell<bool>,
    timer: RefCell<Option<(Millis, Timeout)>>,
}

impl<C: Core> Driven<C> {
    pub(super) fn new(core: C) -> Self {
        Self {
            core: RefCell::new(core),
            queue: RefCell::default(),
            draining: Cell::default(),
            timer: RefCell::default(),
        }
    }

    /// What the core knows. Not to be held across anything that may lead to an input.
    pub(super) fn core(&self) -> Ref<'_, C> {
        self.core.borrow()
    }

    /// Queues an input behind what is being done. Only for [`Drive::perform`]: nobody else drains the queue.
    pub(super) fn later(&self, input: C::Input) {
        self.queue.borrow_mut().push_back(input);
    }

    fn take_in_next(&self) -> bool {
        let next = self.queue.borrow_mut().pop_front();
        next.is_some_and(|input| {
            self.core.borrow_mut().handle_input(now(), input);
            true
        })
    }

    fn next_effect(&self) -> Option<C::Effect> {
        self.core.borrow_mut().poll_effect()
    }
}

/// What drives a core.
pub(super) trait Drive: Sized + 'static {
    /// The core.
    type Core: Core;

    /// The core, and what waits for it.
    fn driven(&self) -> &Driven<Self::Core>;

    /// Does what the core asks for.
    fn perform(self: &Rc<Self>, effect: <Self::Core as Core>::Effect);

    /// Shows what has come of it: nothing waits any more.
    fn show(&self);

    /// Queues an input and drains the queue, unless a drain is running further up the stack.
    fn handle(self: &Rc<Self>, input: <Self::Core as Core>::Input) {
        let driven = self.driven();
        driven.queue.borrow_mut().push_back(input);
        if driven.draining.replace(true) {
            return;
        }
        while driven.take_in_next() {
            while let Some(effect) = driven.next_effect() {
                self.perform(effect);
            }
        }
        driven.draining.set(false);
        arm_timer(self);
        self.show();
    }
}

fn arm_timer<D: Drive>(driver: &Rc<D>) {
    let driven = driver.driven();
    let due = driven.core().poll_timeout();
    let mut timer = driven.timer.borrow_mut();
    if timer.as_ref().map(|(at, _)| *at) == due {
        return;
    }
    *timer = due.map(|at| {
        let driver = Rc::downgrade(driver);
        let tick = move || {
            if let Some(driver) = driver.upgrade() {
                driver.driven().timer.take();
                driver.handle(<D::Core as Core>::TICK);
            }
        };
        (at, timeout(at, tick))
    });
}

/// Calls back at this time, or soon after: never, once what it returns is dropped.
pub(super) fn timeout(at: Millis, callback: impl FnOnce() + 'static) -> Timeout {
    // Browsers take 32 bits with a sign. Who comes back too early is sent off again.
    let after_ms = u32::try_from(at.since(now())).unwrap_or(u32::MAX).min(i32::MAX as u32);
    Timeout::new(after_ms, callback)
}

/// Milliseconds since the page was loaded; never goes back.
pub fn now() -> Millis {
    let ms = web_sys::window().and_then(|window| window.performance()).map_or(0.0, |p| p.now());
    Millis(ms as u64)
}
