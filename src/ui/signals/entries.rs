//! The entries, as a sequence diagram or as a list: the same rows, which the style sheet places.

use leptos::{ev::KeyboardEvent, prelude::*};

use super::{
    detail::Detail,
    view_model::{Shape, ViewModel, column_name, peer_name},
    words,
};
use crate::{
    call::signals::{Arrow, Diagram, Direction, Entry, Event},
    ui::{
        dom,
        text::{i18n::I18n, signals as text},
    },
};

/// So many columns fit everywhere; with more the diagram scrolls sideways.
const FITTING: usize = 4;

/// The rows, below the heads of their columns.
#[component]
pub fn Entries(model: ViewModel) -> impl IntoView {
    let i18n = I18n::from_context();
    let empty = move || {
        let words = match (model.shown.with(Vec::is_empty), model.log.with(|log| log.entries.is_empty())) {
            (_, true) => &text::NOTHING,
            (true, false) => &text::NOTHING_FITS,
            (false, false) => return None,
        };
        Some(view! { <p class="soft">{i18n.t(words)}</p> })
    };
    let on_key = move |event: KeyboardEvent| move_focus(model, &event);
    let width = move || model.diagram.with(Diagram::width);
    view! {
        <div
            class="signals-rows"
            data-shape=move || if model.shape.get() == Shape::Diagram { "diagram" } else { "list" }
            data-many=move || (width() > FITTING).to_string()
            style:--columns=move || width().to_string()
        >
            <Heads model/>
            {empty}
            <ol on:keydown=on_key>
                <For each=move || model.shown.get() key=|entry| entry.number let:entry>
                    {row(model, entry)}
                </For>
            </ol>
        </div>
    }
}

/// Who stands in which column.
#[component]
fn Heads(model: ViewModel) -> impl IntoView {
    let i18n = I18n::from_context();
    let peers = move || {
        let language = i18n.language();
        let head = |column| view! { <span dir="auto">{column} </span> };
        model.diagram.with(|diagram| {
            let names = diagram.peers.iter().map(|column| column_name(column.peer, Some(column), language));
            names.map(head).collect_view()
        })
    };
    view! {
        <div class="signals-heads" aria-hidden="true">
            <span>{i18n.t(&text::ME)}</span>
            <span>{i18n.t(&text::SERVER)}</span>
            {peers}
        </div>
    }
}

/// The id of the row of an entry.
pub fn id(number: u64) -> String {
    ["signal-", &number.to_string()].concat()
}

/// Shows a row, and puts the focus on it.
pub fn focus_entry(number: u64) {
    let id = id(number);
    dom::show_element(&id);
    dom::focus_first(&["#", &id, " > button"].concat());
}

fn row(model: ViewModel, entry: Entry) -> AnyView {
    let number = entry.number;
    let is_open = move || model.selected.get() == Some(number);
    let is_later = move || model.selected.get().is_some_and(|selected| selected < number);
    let toggle = move |_| model.selected.set((!is_open()).then_some(number));
    // One stop for the Tab key: the open row, or the first.
    let is_stop = move || match model.selected.get() {
        Some(selected) => selected == number,
        None => model.shown.with(|shown| shown.first().is_some_and(|first| first.number == number)),
    };
    let (kind, direction) = match &entry.event {
        Event::Message(message) => (message.kind.clone(), message.direction.as_str()),
        Event::State(state) => (state.of.as_str().to_owned(), "state"),
    };
    let at_ms = entry.at_us / 1000;
    let content = {
        let entry = entry.clone();
        move || is_open().then(|| view! { <Detail model entry=entry.clone()/> }.into_any())
    };
    view! {
        <li id=id(number) data-later=move || is_later().to_string()>
            <button
                type="button"
                class="signal"
                data-testid="signal-entry"
                data-kind=kind
                data-direction=direction
                data-at=at_ms.to_string()
                aria-expanded=move || is_open().to_string()
                tabindex=move || if is_stop() { "0" } else { "-1" }
                on:click=toggle
            >
                <Cells model entry/>
            </button>
            {content}
        </li>
    }
    .into_any()
}

/// Time, what it is, from whom to whom, and how large; and the arrow of the diagram.
#[component]
fn Cells(model: ViewModel, entry: Entry) -> impl IntoView {
    let i18n = I18n::from_context();
    let title = {
        let entry = entry.clone();
        move || words::title(&entry, i18n.language())
    };
    let (peer, size) = (entry.peer(), entry.message().map(|message| words::size(message.bytes)));
    let direction = entry.message().map(|message| message.direction);
    let name = move || peer.map(|peer| peer_name(model, i18n, peer));
    let ends = move || {
        let Some(direction) = direction else { return name().unwrap_or_default() };
        let end = name().unwrap_or_else(|| i18n.get(&text::SERVER).to_owned());
        let words = match direction {
            Direction::Sent => &text::SENT_TO,
            Direction::Received => &text::RECEIVED_FROM,
        };
        i18n.fill(words, &end)
    };
    view! {
        <span class="signal-time">{words::time(entry.at_us)}</span>
        <span class="signal-kind">{title.clone()}</span>
        <span class="signal-ends" dir="auto">{ends}</span>
        <span class="signal-size">{size}</span>
        {lanes(model, entry, title)}
    }
}

/// The lines of the columns, and what crosses them.
fn lanes(
    model: ViewModel,
    entry: Entry,
    title: impl Fn() -> String + Send + Sync + Clone + 'static,
) -> AnyView {
    let arrow = move || {
        let title = title.clone();
        match model.diagram.with(|diagram| diagram.arrow(&entry)) {
            Arrow::Message { direction, beyond } => {
                // Of the way between the server and the other, this client sees nothing.
                let beyond = beyond.map(|column| {
                    view! { <span class="hop beyond" style:--from="1" style:--to=column.to_string()></span> }
                });
                view! {
                    <span class="crossing" data-way=direction.as_str()>
                        <span class="hop" style:--from="0" style:--to="1"></span>
                        {beyond}
                        <span class="words">{title}</span>
                    </span>
                }
                .into_any()
            }
            Arrow::State { with } => view! {
                <span
                    class="standing"
                    data-alone=with.is_none().to_string()
                    style:--from="0"
                    style:--to=with.unwrap_or_default().to_string()
                >
                    <span class="words">{title}</span>
                </span>
            }
            .into_any(),
        }
    };
    view! { <span class="lanes" aria-hidden="true">{arrow}</span> }.into_any()
}

/// Up and down go from row to row; Home and End to the first and the last.
fn move_focus(model: ViewModel, event: &KeyboardEvent) {
    let Some(focused) = dom::focused_id("li") else { return };
    let Some(number) = focused.strip_prefix("signal-").and_then(|number| number.parse::<u64>().ok()) else {
        return;
    };
    let to = model.shown.with(|shown| {
        let at = shown.iter().position(|entry| entry.number == number)?;
        let to = match event.key().as_str() {
            "ArrowDown" => at + 1,
            "ArrowUp" => at.checked_sub(1)?,
            "Home" => 0,
            "End" => shown.len().checked_sub(1)?,
            _ => return None,
        };
        shown.get(to).map(|entry| entry.number)
    });
    if let Some(to) = to {
        event.prevent_default();
        focus_entry(to);
    }
}
