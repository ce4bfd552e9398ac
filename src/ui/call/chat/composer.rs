//! The field for the next message: to whom it goes, what it replies to or changes, emoji.

use leptos::{
    ev::{Event, KeyboardEvent},
    html,
    prelude::*,
};

use super::{
    handle::{ChatHandle, Mode},
    icons,
    message::author,
};
use crate::{
    call::data::chat::fitting,
    protocol::PeerId,
    ui::{
        call::{files::SendFile, names::display_name},
        dom,
        parts::icons::{Glyph, Icon, draw_path},
        reactive::{Derived, State, effect},
        text::{Text, chat as text, i18n::I18n},
    },
};

/// The system has all of them; these are at hand.
const EMOJI: [&str; 24] = [
    "\u{1f600}",
    "\u{1f602}",
    "\u{1f642}",
    "\u{1f609}",
    "\u{1f60d}",
    "\u{1f618}",
    "\u{1f60e}",
    "\u{1f914}",
    "\u{1f62e}",
    "\u{1f622}",
    "\u{1f62d}",
    "\u{1f621}",
    "\u{1f44d}",
    "\u{1f44e}",
    "\u{1f44f}",
    "\u{1f64f}",
    "\u{1f44b}",
    "\u{1f4aa}",
    "\u{2764}\u{fe0f}",
    "\u{1f389}",
    "\u{1f525}",
    "\u{2705}",
    "\u{274c}",
    "\u{1f680}",
];
/// Most lines that the field shows.
const MAX_ROWS: usize = 6;

/// The field, and what is around it.
#[component]
pub fn Composer(chat: ChatHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let field = NodeRef::<html::Textarea>::new();
    let hint = State::new(None::<&'static Text>);
    let recipient = recipient(chat);
    let submit = move || send(chat, field, recipient, hint);
    write_draft(chat, field);
    end_late_edits(chat, hint);
    let placeholder = move || match recipient.get() {
        Recipient::One(name) => i18n.fill(&text::WRITE_TO, &name),
        Recipient::Everybody | Recipient::Gone => i18n.get(&text::WRITE).to_owned(),
    };
    let on_input = move |_| {
        if let Some(field) = field.get_untracked() {
            let draft = dom::written(&field);
            hint.set((fitting(&draft) != draft).then_some(&text::TOO_LONG));
            chat.draft.set(draft);
        }
    };
    let rows = move || chat.draft.with(|draft| draft.lines().count().clamp(1, MAX_ROWS).to_string());
    let is_gone = move || recipient.get() == Recipient::Gone;
    let warning = move || {
        let warning = if is_gone() {
            Some(&text::RECIPIENT_LEFT)
        } else {
            hint.get().or_else(|| chat.files.hint.get())
        };
        warning.map(|words| i18n.get(words))
    };
    let is_empty = move || chat.draft.with(|draft| draft.trim().is_empty());
    let send_words = move || i18n.get(if is_edit(chat) { &text::SAVE } else { &text::SEND });
    view! {
        <div class="chat-composer" data-private=move || (recipient.get() != Recipient::Everybody).to_string()>
            <Context chat/>
            <Recipients chat recipient/>
            <p class="chat-hint" role="status" data-testid="chat-hint">{warning}</p>
            <div class="chat-field">
                <textarea
                    data-testid="chat-input"
                    rows=rows
                    dir="auto"
                    aria-label=placeholder
                    placeholder=placeholder
                    autocomplete="off"
                    enterkeyhint="send"
                    node_ref=field
                    on:input=on_input
                    on:paste=move |event| paste(chat, &event)
                    on:keydown=move |event| on_key(chat, &event, submit)
                ></textarea>
                <SendFile files=chat.files to=chat.to/>
                <EmojiPicker chat field/>
                <button
                    type="button"
                    class="chat-send"
                    data-testid="chat-send"
                    aria-label=send_words
                    title=send_words
                    disabled=move || is_gone() || is_empty()
                    on:click=move |_| submit()
                >
                    {draw_path(icons::SEND)}
                </button>
            </div>
        </div>
    }
}

/// To whom a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Recipient {
    Everybody,
    /// One person, by name.
    One(String),
    /// Somebody who is no longer here. Nothing that was for them goes to everybody by mistake.
    Gone,
}

fn recipient(chat: ChatHandle) -> Derived<Recipient> {
    let i18n = I18n::from_context();
    Derived::new(move || {
        let Some(to) = chat.to.get() else { return Recipient::Everybody };
        let language = i18n.language();
        chat.call.view.with(|view| {
            let person = view.participants.iter().find(|person| person.id == to);
            person.map_or(Recipient::Gone, |person| Recipient::One(display_name(Some(person), language)))
        })
    })
}

fn is_edit(chat: ChatHandle) -> bool {
    matches!(chat.mode.get(), Mode::Edit(_))
}

fn send(
    chat: ChatHandle,
    field: NodeRef<html::Textarea>,
    recipient: Derived<Recipient>,
    hint: State<Option<&'static Text>>,
) {
    let Some(field) = field.get_untracked() else { return };
    let text = dom::written(&field);
    if text.trim().is_empty() || recipient.get_untracked() == Recipient::Gone {
        return;
    }
    let sent = chat.submit(text);
    hint.set((!sent).then_some(&text::TOO_FAST));
    if sent {
        chat.draft.set(String::new());
        chat.mode.set(Mode::New);
    }
    dom::focus(&field);
}

/// Files that are pasted are sent.
fn paste(chat: ChatHandle, event: &Event) {
    let files = dom::pasted_files(event);
    if !files.is_empty() {
        event.prevent_default();
        chat.files.offer(files, chat.to.get_untracked());
    }
}

/// Enter sends, unless an input method uses it or Shift is held.
fn on_key(chat: ChatHandle, event: &KeyboardEvent, submit: impl Fn()) {
    if dom::is_composing(event) {
        return;
    }
    match event.key().as_str() {
        "Enter" if !dom::is_shifted(event) => {
            event.prevent_default();
            submit();
        }
        "Escape" if chat.mode.get_untracked() != Mode::New => {
            dom::stop(event);
            cancel(chat);
        }
        _ => {}
    }
}

/// Goes back to a new message. The text of an edit goes with it.
fn cancel(chat: ChatHandle) {
    if matches!(chat.mode.get_untracked(), Mode::Edit(_)) {
        chat.draft.set(String::new());
    }
    chat.mode.set(Mode::New);
}

/// Keeps the field as the draft is, and the caret in it when there is something to write.
fn write_draft(chat: ChatHandle, field: NodeRef<html::Textarea>) {
    effect(move || {
        let draft = chat.draft.get();
        // What an input method composes is not touched: it is in the draft already.
        if let Some(field) = field.get().filter(|field| dom::written(field) != draft) {
            dom::rewrite(&field, &draft);
        }
    });
    effect(move || {
        if let (Some(field), Mode::Reply(_) | Mode::Edit(_)) = (field.get(), chat.mode.get()) {
            dom::focus(&field);
        }
    });
}

/// An edit that takes too long becomes a new message, which is not lost.
fn end_late_edits(chat: ChatHandle, hint: State<Option<&'static Text>>) {
    effect(move || {
        if let Mode::Edit(id) = chat.mode.get()
            && !chat.entry(id).is_some_and(|entry| entry.changeable)
        {
            chat.mode.set(Mode::New);
            hint.set(Some(&text::TOO_LATE));
        }
    });
}

/// What is replied to, or changed.
#[component]
fn Context(chat: ChatHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let words = move || match chat.mode.get() {
        Mode::New => None,
        Mode::Edit(_) => Some(i18n.get(&text::EDITING).to_owned()),
        Mode::Reply(id) => {
            let name = chat.entry(id).map_or_else(String::new, |entry| author(&entry, i18n));
            Some(i18n.fill(&text::REPLYING_TO, &name))
        }
    };
    move || {
        words().map(|words| {
            view! {
                <p class="chat-context" data-testid="chat-context">
                    <span dir="auto">{words}</span>
                    <button type="button" aria-label=i18n.t(&text::CANCEL) on:click=move |_| cancel(chat)>
                        <Glyph icon=Icon::Close/>
                    </button>
                </p>
            }
            .into_any()
        })
    }
}

/// Chooses to whom the message goes, where there is a choice.
#[component]
fn Recipients(chat: ChatHandle, recipient: Derived<Recipient>) -> impl IntoView {
    let i18n = I18n::from_context();
    let people = Derived::new(move || {
        let language = i18n.language();
        let named = |view: &crate::call::CallView| -> Vec<(PeerId, String)> {
            view.participants.iter().map(|one| (one.id, display_name(Some(one), language))).collect()
        };
        chat.call.view.with(named)
    });
    let is_offered = move || {
        (people.with(|people| people.len() > 1) || recipient.get() != Recipient::Everybody) && !is_edit(chat)
    };
    let chosen = move || chat.to.get().map_or_else(String::new, |to| to.to_string());
    let choose = move |value: String| chat.to.set(value.parse().ok());
    let options = move || {
        let gone =
            (recipient.get() == Recipient::Gone).then(|| (chosen(), i18n.get(&text::WHO_LEFT).to_owned()));
        let people = people.get().into_iter().map(|(id, name)| (id.to_string(), name));
        let all =
            [(String::new(), i18n.get(&text::EVERYBODY).to_owned())].into_iter().chain(people).chain(gone);
        let option = |(value, name): (String, String)| {
            let selected = value == chosen();
            view! { <option value=value selected=selected>{name}</option> }.into_any()
        };
        all.map(option).collect::<Vec<_>>()
    };
    move || {
        is_offered().then(|| {
            view! {
                <label class="chat-to">
                    <span>{i18n.t(&text::TO)}</span>
                    <select data-testid="chat-to" on:change=move |event| choose(event_target_value(&event))>
                        {options}
                    </select>
                </label>
            }
            .into_any()
        })
    }
}

/// A few emoji at hand.
#[component]
fn EmojiPicker(chat: ChatHandle, field: NodeRef<html::Textarea>) -> impl IntoView {
    let i18n = I18n::from_context();
    let open = State::new(false);
    let insert = move |emoji: &'static str| {
        if let Some(field) = field.get_untracked() {
            dom::insert_at_caret(&field, emoji);
            chat.draft.set(dom::written(&field));
            dom::focus(&field);
        }
        open.set(false);
    };
    let button = move |emoji: &'static str| {
        view! { <button type="button" on:click=move |_| insert(emoji)>{emoji}</button> }.into_any()
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            dom::stop(&event);
            open.set(false);
            dom::focus_first("[data-testid=chat-emoji]");
        }
    };
    view! {
        <div class="chat-emoji" on:keydown=on_key>
            <button
                type="button"
                data-testid="chat-emoji"
                aria-label=i18n.t(&text::EMOJI)
                title=i18n.t(&text::EMOJI)
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.set(!open.get_untracked())
            >
                {draw_path(icons::EMOJI)}
            </button>
            {move || open.get().then(|| view! {
                <div class="chat-emoji-list" role="group" aria-label=i18n.t(&text::EMOJI)>
                    {Vec::from(EMOJI.map(button))}
                </div>
            }.into_any())}
        </div>
    }
}
