//! One message.

use leptos::{ev::KeyboardEvent, prelude::*, task::spawn_local};

use super::{
    handle::{ChatHandle, Mode},
    icons,
    rows::{Mark, Row},
    spans::{Span, spans},
};
use crate::{
    call::data::chat::{ChatEntry, Quote, Waiting},
    protocol::MessageId,
    ui::{
        dom,
        parts::icons::{LOCK, draw_path},
        reactive::{Derived, State},
        text::{Text, chat as text, i18n::I18n, people},
    },
};

/// What the author of a message is called.
pub fn author(entry: &ChatEntry, i18n: I18n) -> String {
    if entry.own {
        return i18n.get(&people::YOU).to_owned();
    }
    let name = entry.name.as_ref().map(|name| name.as_str().to_owned());
    name.unwrap_or_else(|| i18n.get(&people::GUEST).to_owned())
}

/// A message, with what stands above it.
#[component]
pub fn Message(
    chat: ChatHandle,
    row: Row,
    /// The message whose buttons are shown.
    active: State<Option<MessageId>>,
    /// The one that the Tab key comes to.
    reachable: Derived<Option<MessageId>>,
) -> impl IntoView {
    let i18n = I18n::from_context();
    let Row { entry, head, mark } = row;
    let id = entry.id;
    let is_active = Derived::new(move || active.get() == Some(id));
    let now = Derived::new(move || chat.entry(id));
    let waiting = Derived::new(move || now.with(|now| now.as_ref().map(|now| now.waiting.clone())));
    let marked = mark.map(|mark| {
        let words = if mark == Mark::Earlier { &text::EARLIER } else { &text::JOINED };
        view! { <p class="chat-mark">{i18n.t(words)}</p> }
    });
    let headline = head.then(|| headline(&entry, i18n));
    let content = content(&entry, i18n);
    let tools = move || is_active.get().then(|| tools(chat, now, id));
    view! {
        <li
            class="chat-row"
            id=element_id(id)
            data-testid="chat-message"
            data-own=entry.own.to_string()
            data-earlier=entry.earlier.to_string()
            data-private=entry.to.is_some().to_string()
            data-head=head.to_string()
            tabindex=move || if reachable.get() == Some(id) { "0" } else { "-1" }
            on:pointerenter=move |_| active.set(Some(id))
            on:focusin=move |_| active.set(Some(id))
            on:keydown=on_key
        >
            {marked}
            {headline}
            <div class="chat-bubble">{content}</div>
            {move || waiting.get().filter(|waiting| !waiting.is_empty()).map(|who| undelivered(&who, i18n))}
            {tools}
        </li>
    }
}

fn element_id(id: MessageId) -> String {
    format!("message-{id}")
}

/// Arrows go from message to message.
fn on_key(event: KeyboardEvent) {
    let step = match event.key().as_str() {
        "ArrowUp" => "previousElementSibling",
        "ArrowDown" => "nextElementSibling",
        _ => return,
    };
    if dom::focus_beside(&event, step) {
        event.prevent_default();
    }
}

fn headline(entry: &ChatEntry, i18n: I18n) -> AnyView {
    let author_of = entry.clone();
    let at_ms = entry.at_ms;
    let time = move || dom::local_time(at_ms, i18n.language().tag());
    view! {
        <p class="chat-head">
            <span class="name" dir="auto">{move || author(&author_of, i18n)}</span>
            <time datetime=dom::machine_time(at_ms) title=move || time().1>{move || time().0}</time>
        </p>
    }
    .into_any()
}

fn content(entry: &ChatEntry, i18n: I18n) -> AnyView {
    let private = entry.to.as_ref().map(|to| {
        let other = if entry.own { named(to, i18n) } else { author(entry, i18n) };
        view! {
            <p class="chat-private">
                {draw_path(LOCK)} {move || i18n.fill(&text::ONLY_YOU_AND, &other)}
            </p>
        }
    });
    let quote = entry.reply_to.clone().map(|quote| quoted(quote, i18n));
    let edited = (entry.revision > 0 && entry.text.is_some())
        .then(|| view! { <small class="chat-edited">{i18n.t(&text::EDITED)}</small> });
    let body = match &entry.text {
        Some(text) => {
            let spans: Vec<_> = spans(text).into_iter().map(draw).collect();
            view! { <div class="chat-text" dir="auto">{spans}</div> }.into_any()
        }
        None => view! { <em class="chat-deleted">{i18n.t(&text::DELETED)}</em> }.into_any(),
    };
    view! { {private} {quote} {body} {edited} }.into_any()
}

/// Nothing of it is HTML.
fn draw(span: Span) -> AnyView {
    match span {
        Span::Plain(text) => text.into_any(),
        Span::Code(text) => view! { <code>{text}</code> }.into_any(),
        Span::Block(text) => view! { <pre tabindex="0"><code>{text}</code></pre> }.into_any(),
        Span::Link { text, href } => view! {
            <a href=href target="_blank" rel="noopener noreferrer nofollow" dir="ltr">{text}</a>
        }
        .into_any(),
    }
}

fn quoted(quote: Quote, i18n: I18n) -> AnyView {
    let target = format!("#{}", element_id(quote.id));
    let words = move || {
        let name = match (&quote.text, quote.own, &quote.name) {
            (None, ..) => return (String::new(), i18n.get(&text::OLD_MESSAGE).to_owned()),
            (_, true, _) => i18n.get(&people::YOU).to_owned(),
            (_, _, Some(name)) => name.as_str().to_owned(),
            (_, _, None) => i18n.get(&people::GUEST).to_owned(),
        };
        (name, quote.text.as_deref().unwrap_or_default().to_owned())
    };
    let words = Derived::new(words);
    view! {
        <button type="button" class="chat-quote" on:click=move |_| dom::go_to(&target)>
            <strong dir="auto">{move || words.get().0}</strong>
            <span dir="auto">{move || words.get().1}</span>
        </button>
    }
    .into_any()
}

fn named(who: &Waiting, i18n: I18n) -> String {
    let name = who.name.as_ref().map(|name| name.as_str().to_owned());
    name.unwrap_or_else(|| {
        let words = if who.present { &people::GUEST } else { &text::WHO_LEFT };
        i18n.get(words).to_owned()
    })
}

fn undelivered(who: &[Waiting], i18n: I18n) -> AnyView {
    let names: Vec<_> = who.iter().map(|one| named(one, i18n)).collect();
    let words = i18n.fill(&text::NOT_DELIVERED, &names.join(i18n.get(&people::COMMA)));
    view! { <p class="chat-waiting" data-testid="chat-waiting">{draw_path(icons::CLOCK)} {words}</p> }
        .into_any()
}

/// What can be done with a message.
fn tools(chat: ChatHandle, now: Derived<Option<ChatEntry>>, id: MessageId) -> AnyView {
    let i18n = I18n::from_context();
    let can_change = move || now.with(|now| now.as_ref().is_some_and(|now| now.changeable));
    let has_text = move || now.with(|now| now.as_ref().is_some_and(|now| now.text.is_some()));
    let copied = State::new(false);
    let text_of = move || now.with(|now| now.as_ref().and_then(|now| now.text.clone()));
    let copy = move || {
        let Some(text) = text_of() else { return };
        let done = dom::copy_text(text, None);
        spawn_local(async move { copied.set(done.await) });
    };
    let edit = move || {
        chat.draft.set(text_of().as_deref().unwrap_or_default().to_owned());
        chat.mode.set(Mode::Edit(id));
    };
    let copy_words = Derived::new(move || if copied.get() { &text::COPIED } else { &text::COPY });
    view! {
        <div class="chat-tools" role="group" aria-label=i18n.t(&text::ACTIONS)>
            {move || has_text().then(|| view! {
                <span>
                    {tool("chat-reply", icons::REPLY, &text::REPLY, move || chat.mode.set(Mode::Reply(id)))}
                    {move || tool("chat-copy", icons::COPY, copy_words.get(), copy)}
                </span>
            }.into_any())}
            {move || can_change().then(|| view! {
                <span>
                    {tool("chat-edit", icons::EDIT, &text::EDIT, edit)}
                    {tool("chat-delete", icons::DELETE, &text::DELETE, move || chat.delete(id))}
                </span>
            }.into_any())}
        </div>
    }
    .into_any()
}

fn tool(
    test_id: &'static str,
    icon: &'static str,
    words: &'static Text,
    run: impl Fn() + 'static,
) -> AnyView {
    let i18n = I18n::from_context();
    view! {
        <button
            type="button"
            data-testid=test_id
            aria-label=i18n.t(words)
            title=i18n.t(words)
            on:click=move |_| run()
        >
            {draw_path(icon)}
        </button>
    }
    .into_any()
}
