//! The panel: all messages, and the field for the next one.

use leptos::{html, prelude::*};

use super::{
    composer::Composer,
    handle::ChatHandle,
    icons,
    items::{Item, Placed, items},
    message::Message,
    rows::rows,
};
use crate::{
    protocol::MessageId,
    ui::{
        call::files::FileRow,
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
    let items = Derived::new(move || items(rows.get(), &chat.placed.get()));
    let is_empty = Derived::new(move || items.with(Vec::is_empty));
    let reading = Reading::follow(log, items);
    let draw = move |item| match item {
        Item::Message(row) => view! { <Message chat row active reachable/> }.into_any(),
        Item::File(Placed { group, at_ms, .. }) => {
            view! { <FileRow files=chat.files group at_ms/> }.into_any()
        }
    };
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
                <For each=move || items.get() key=Item::key children=draw/>
            </ul>
        </div>
        {move || reading.has_more.get().then(more)}
    }
}

/// Where the person is in the messages.
#[derive(Clone, Copy)]
struct Reading {
    log: NodeRef<html::Div>,
    /// At the end, when they scrolled last.
    at_end: StoredValue<bool>,
    /// How far down that was.
    top: StoredValue<f64>,
    /// There is something new below what is in sight.
    has_more: State<bool>,
}

impl Reading {
    /// Keeps the end in sight while the person is there, and after what they write.
    fn follow(log: NodeRef<html::Div>, items: Derived<Vec<Item>>) -> Self {
        let (at_end, top) = (StoredValue::new(true), StoredValue::new(0.0));
        let reading = Self { log, at_end, top, has_more: State::new(false) };
        let seen = StoredValue::new((None, 0));
        effect(move || {
            let Some(element) = log.get() else { return };
            let (last, own, count) = items.with(|items| {
                let last = items.last();
                (last.map(|item| item.key().which()), last.is_some_and(Item::is_own), items.len())
            });
            let (last_before, count_before) = seen.get_value();
            seen.set_value((last, count));
            if reading.at_end.get_value() || (own && last != last_before) {
                reading.at_end.set_value(true);
                request_animation_frame(move || dom::scroll_to_end(&element));
            } else if count > count_before {
                reading.has_more.set(true);
            }
        });
        // A picture takes its room only now.
        let pictures = StoredValue::new_local(None);
        effect(move || {
            let element = log.get();
            pictures.set_value(element.map(|log| dom::on_load_within(&log, move || reading.grew())));
        });
        reading
    }

    fn grew(self) {
        if self.at_end.try_get_value() == Some(true) {
            self.go_to_end();
        }
    }

    fn scrolled(self) {
        let Some(log) = self.log.get_untracked() else { return };
        let (top, to_end) = dom::scroll_position(&log);
        let went_up = top < self.top.get_value();
        // There may be more below than when the browser scrolled. Only who goes up leaves the end.
        let at_end = to_end < AT_END || (self.at_end.get_value() && !went_up);
        self.at_end.set_value(at_end);
        self.top.set_value(top);
        if at_end {
            self.has_more.set(false);
        }
    }

    fn go_to_end(self) {
        if let Some(log) = self.log.get_untracked() {
            self.at_end.set_value(true);
            dom::scroll_to_end(&log);
        }
    }
}
