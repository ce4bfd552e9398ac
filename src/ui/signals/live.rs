//! The signals of the call that is going on: the panel of the drawer.

use std::{cell::Cell, rc::Rc, sync::Arc};

use leptos::prelude::*;

use super::{
    entries,
    save::Save,
    view::{SignalsView, Stepper},
    view_model::ViewModel,
};
use crate::{
    browser::{Record, RecordWatch, mark, page_times},
    call::signals::Step,
    ui::{
        dom,
        reactive::{State, effect},
        text::{i18n::I18n, signals as text},
    },
};

/// What the panel scrolls in.
const SCROLLING: &str = "drawer-body";

/// The panel. While it is open, and only then, it follows what the page records.
#[component]
pub fn Live() -> impl IntoView {
    let i18n = I18n::from_context();
    let model = ViewModel::new();
    let paused = State::new(false);
    model.page.set(page_times());
    follow(model, paused);
    keep_end_in_sight(model);
    mark_steps(model);
    let clear = move |_| {
        let newest = model.log.with(|log| log.newest);
        model.selected.set(None);
        model.change_filter(|filter| filter.after = newest);
    };
    view! {
        <p class="soft">{i18n.t(&text::WHAT)}</p>
        <SignalsView model>
            <button
                type="button"
                class="button"
                data-testid="signals-pause"
                aria-pressed=move || paused.get().to_string()
                on:click=move |_| paused.set(!paused.get_untracked())
            >
                {i18n.t(&text::PAUSE)}
            </button>
            <button type="button" class="button" data-testid="signals-clear" on:click=clear>
                {i18n.t(&text::CLEAR)}
            </button>
        </SignalsView>
        <Stepper model/>
        <Save model/>
        <p class="actions">
            <a class="button" href="/signals" target="_blank" rel="noopener" data-testid="open-capsule-page">
                {i18n.t(&text::OPEN)}
            </a>
        </p>
    }
}

/// Adds what is recorded, at most once for each frame.
fn follow(model: ViewModel, paused: State<bool>) {
    let Some(record) = Record::of_page() else { return };
    let read = {
        let record = record.clone();
        move || {
            if paused.get_untracked() {
                return;
            }
            let mut log = model.log.get_untracked();
            let newer = record.after(log.newest);
            if !newer.is_empty() {
                Arc::make_mut(&mut log).add(newer);
                model.log.set(log);
            }
        }
    };
    read();
    let watch = {
        let (read, waits) = (read.clone(), Rc::new(Cell::new(false)));
        record.watch(move || {
            if waits.replace(true) {
                return;
            }
            let (read, waits) = (read.clone(), Rc::clone(&waits));
            request_animation_frame(move || {
                waits.set(false);
                // The panel may have been closed meanwhile.
                if !model.log.is_disposed() {
                    read();
                }
            });
        })
    };
    // Lives as long as the panel.
    StoredValue::<Option<RecordWatch>, LocalStorage>::new_local(Some(watch));
    effect(move || {
        if !paused.get() {
            read();
        }
    });
}

/// Scrolls along with the newest row, while the row before it is in sight.
fn keep_end_in_sight(model: ViewModel) {
    let newest = StoredValue::new(None::<u64>);
    let will_scroll = StoredValue::new(false);
    effect(move || {
        let last = model.shown.with(|shown| shown.last().map(|entry| entry.number));
        let before = newest.try_update_value(|newest| std::mem::replace(newest, last)).flatten();
        let (Some(before), Some(last)) = (before, last) else { return };
        if before >= last || will_scroll.get_value() || !dom::is_end_in_sight(&entries::id(before), SCROLLING)
        {
            return;
        }
        will_scroll.set_value(true);
        // By then the rows are there. The panel may have been closed meanwhile.
        request_animation_frame(move || {
            if let Some(Some(last)) = newest.try_get_value() {
                will_scroll.set_value(false);
                dom::show_element(&entries::id(last));
            }
        });
    });
}

/// Puts the steps that are done on the timeline of the browser's own tools.
fn mark_steps(model: ViewModel) {
    let marked = StoredValue::new(Vec::<Step>::new());
    effect(move || {
        for bar in model.bars() {
            let is_new = marked.try_with_value(|marked| !marked.contains(&bar.step)).unwrap_or_default();
            if let (Some(end), true) = (bar.end_us, is_new) {
                mark(bar.step.mark(), end);
                marked.update_value(|marked| marked.push(bar.step));
            }
        }
    });
}
