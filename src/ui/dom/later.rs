//! Work that can wait: each piece runs in a task of its own, and between two of them the browser handles what
//! has arrived meanwhile.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    time::Duration,
};

use leptos::prelude::*;

thread_local! {
    static WAITING: RefCell<VecDeque<Box<dyn FnOnce()>>> = RefCell::default();
    static RUNNING: Cell<bool> = const { Cell::new(false) };
}

/// Runs this after the current task, and after what was given before.
pub fn later(work: impl FnOnce() + 'static) {
    WAITING.with_borrow_mut(|waiting| waiting.push_back(Box::new(work)));
    if !RUNNING.replace(true) {
        run_next();
    }
}

fn run_next() {
    let run = || match WAITING.with_borrow_mut(VecDeque::pop_front) {
        Some(work) => {
            work();
            run_next();
        }
        None => RUNNING.set(false),
    };
    set_timeout(run, Duration::ZERO);
}
