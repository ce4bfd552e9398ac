//! The panel: all messages, and the field for the next one.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use leptos::{html, prelude::*};

use super::{
    composer::Composer,
    handle::ChatHandle,
    icons,
    message::Message,
    rows::{Row, rows},
};
use crate::{
    protocol::MessageId,
    ui::{
        dom,
        parts::icons::draw_path,
        reactive::{Derived, State, effect},
        text::{chat as text, i18n::I18n},
    },
};

/// Less than this from the end is the end. Unit: pixel.
const AT_END: f64 = 48.0;

/// The panel of the chat. What is in it counts as seen while the page is.
#[component]
pub fn ChatPanel(chat: ChatHandle) -> impl IntoView {
    let show = move || chat.show(!dom::is_hidden());
    show();
    let _watch = StoredValue::new_local(dom::on_visibility_change(show));
    on_cleanup(move || chat.show(false));
    view! {
        <div class="chat" data-testid="chat">
            <Messages chat/>
            <Composer chat/>
        </div>
    }
}

/// The messages. Stays at the end while the person is there, and says so if there is more.
#[component]
fn Messages(chat: ChatHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let log = NodeRef::<html::Div>::new();
    let rows = Derived::new(move || chat.view.with(rows));
    let active = State::new(None::<MessageId>);
    let last = Derived::new(move || rows.with(|rows| rows.last().map(|row| row.entry.id)));
    let reachable = Derived::new(move || active.get().or_else(|| last.get()));
    let is_empty = Derived::new(move || rows.with(Vec::is_empty));
    let reading = Reading::follow(log, rows);
    let more = move || {
        let go = move |_| reading.go_to_end();
        view! {
            <button type="button" class="chat-more" data-testid="chat-more" on:click=go>
                {draw_path(icons::DOWN)} {i18n.t(&text::SCROLL_TO_NEW)}
            </button>
        }
        .into_any()
    };
    let empty = move || view! { <p class="chat-empty">{i18n.t(&text::EMPTY)}</p> }.into_any();
    view! {
        <div
            class="chat-log"
            role="log"
            // What is new is announced by `ChatNews`; here the history would be announced with it.
            aria-live="off"
            aria-label=i18n.t(&text::MESSAGES)
            tabindex="0"
            node_ref=log
            on:scroll=move |_| reading.scrolled()
            on:pointerleave=move |_| active.set(None)
        >
            <p class="chat-note">{i18n.t(&text::NOTE)}</p>
            {move || is_empty.get().then(empty)}
            <ul>
                <For each=move || rows.get() key=key let:row>
                    <Message chat row active reachable/>
                </For>
            </ul>
        </div>
        {move || reading.has_more.get().then(more)}
    }
}

/// A row is drawn anew when this changes: everything of it that is drawn, but for what changes in place.
fn key(row: &Row) -> (MessageId, u64) {
    let Row { entry, head, mark } = row;
    let mut drawn = DefaultHasher::new();
    (head, mark, &entry.name, &entry.to, &entry.reply_to, &entry.text).hash(&mut drawn);
    (entry.revision, entry.earlier).hash(&mut drawn);
    (entry.id, drawn.finish())
}

/// Where the person is in the messages.
#[derive(Clone, Copy)]
struct Reading {
    log: NodeRef<html::Div>,
    /// At the end, when they scrolled last.
    at_end: StoredValue<bool>,
    /// There is something new below what is in sight.
    has_more: State<bool>,
}

impl Reading {
    /// Keeps the end in sight while the person is there, and after what they write.
    fn follow(log: NodeRef<html::Div>, rows: Derived<Vec<Row>>) -> Self {
        let reading = Self { log, at_end: StoredValue::new(true), has_more: State::new(false) };
        let seen = StoredValue::new((None::<MessageId>, 0));
        effect(move || {
            let Some(element) = log.get() else { return };
            let (last, count) = rows.with(|rows| (rows.last().map(|row| row.entry.clone()), rows.len()));
            let own = last.as_ref().is_some_and(|entry| entry.own);
            let last = last.map(|entry| entry.id);
            let (last_before, count_before) = seen.get_value();
            seen.set_value((last, count));
            if reading.at_end.get_value() || (own && last != last_before) {
                request_animation_frame(move || dom::scroll_to_end(&element));
            } else if count > count_before {
                reading.has_more.set(true);
            }
        });
        reading
    }

    fn scrolled(self) {
        let Some(log) = self.log.get_untracked() else { return };
        let at_end = dom::to_scroll(&log) < AT_END;
        self.at_end.set_value(at_end);
        if at_end {
            self.has_more.set(false);
        }
    }

    fn go_to_end(self) {
        if let Some(log) = self.log.get_untracked() {
            dom::scroll_to_end(&log);
        }
    }
}
