//! The signals of the call that is going on: the panel of the drawer.

use std::{cell::Cell, rc::Rc, sync::Arc};

use leptos::prelude::*;

use super::{
    save::Save,
    story::Story,
    view::{SignalsView, Stepper},
};
use crate::{
    browser::{Record, RecordWatch, mark, page_times},
    call::signals::Step,
    ui::{
        reactive::{State, effect},
        text::{i18n::I18n, signals as text},
    },
};

/// The panel. While it is open, and only then, it follows what the page records.
#[component]
pub fn Live() -> impl IntoView {
    let i18n = I18n::from_context();
    let story = Story::new();
    let paused = State::new(false);
    story.page.set(page_times());
    follow(story, paused);
    mark_steps(story);
    let clear = move |_| {
        let newest = story.log.with(|log| log.newest);
        story.selected.set(None);
        story.change_filter(|filter| filter.after = newest);
    };
    view! {
        <p class="soft">{i18n.t(&text::WHAT)}</p>
        <SignalsView story>
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
        <Stepper story/>
        <Save story/>
        <p class="actions">
            <a class="button" href="/signals" target="_blank" rel="noopener" data-testid="open-capsule-page">
                {i18n.t(&text::OPEN)}
            </a>
        </p>
    }
}

/// Adds what is recorded, at most once for each frame.
fn follow(story: Story, paused: State<bool>) {
    let Some(record) = Record::of_page() else { return };
    let read = {
        let record = record.clone();
        move || {
            if paused.get_untracked() {
                return;
            }
            let mut log = story.log.get_untracked();
            let newer = record.after(log.newest);
            if !newer.is_empty() {
                Arc::make_mut(&mut log).add(newer);
                story.log.set(log);
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
                if !story.log.is_disposed() {
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

/// Puts the steps that are done on the timeline of the browser's own tools.
fn mark_steps(story: Story) {
    let marked = StoredValue::new(Vec::<Step>::new());
    effect(move || {
        for bar in story.bars() {
            let is_new = marked.try_with_value(|marked| !marked.contains(&bar.step)).unwrap_or_default();
            if let (Some(end), true) = (bar.end_us, is_new) {
                mark(bar.step.mark(), end);
                marked.update_value(|marked| marked.push(bar.step));
            }
        }
    });
}
