//! What tells of new messages while the chat is not looked at: the title of the window, a note over the
//! control bar, and words for screen readers.

use leptos::prelude::*;

use super::{handle::ChatHandle, message::author};
use crate::{
    call::data::chat::ChatEntry,
    protocol::MessageId,
    ui::{
        call::{
            files::{FileDrop, FileNews},
            names::display_name,
            panels::{Panel, Panels},
        },
        dom,
        reactive::{Derived, State, effect},
        text::{chat as text, i18n::I18n},
    },
};

/// Longest part of a message in the note, in characters.
const NOTE_CHARS: usize = 120;

/// Tells of new messages.
#[component]
pub fn ChatNews(chat: ChatHandle, panels: Panels, panel: State<Panel>) -> impl IntoView {
    let i18n = I18n::from_context();
    let unread = Derived::new(move || chat.view.with(|view| view.unread));
    mark_title(chat, chat.unread);
    let news = news_of(chat);
    let announced = move || {
        let all: Vec<_> = news.with(|news| news.iter().map(|entry| in_words(entry, i18n)).collect());
        all.join("\n")
    };
    // As it is now: it may have been changed or deleted.
    let newest = Derived::new(move || {
        let id = news.with(|news| news.last().map(|entry| entry.id))?;
        chat.view
            .with(|view| view.entries.iter().find(|entry| entry.id == id && entry.text.is_some()).cloned())
    });
    let seen = Derived::new(move || panels.is_open() && panel.get() == Panel::Chat);
    let note = move || newest.get().filter(|_| unread.get() > 0 && !seen.get());
    let open = move || {
        panel.set(Panel::Chat);
        if !panels.is_open() {
            panels.toggle();
        }
    };
    let to = Derived::new(move || {
        let person = chat.to.get()?;
        chat.call.view.with(|view| {
            let person = view.participants.iter().find(|other| other.id == person)?;
            Some(display_name(Some(person), i18n.language()))
        })
    });
    view! {
        <p class="sr-only" role="status" data-testid="chat-announced">{announced}</p>
        <FileNews files=chat.files seen open/>
        <FileDrop to take=move |files| {
            chat.files.offer(files, chat.to.get_untracked());
            open();
        }/>
        {move || note().map(|entry| view! {
            // For those who see it: it is announced, and the button of the chat opens the same.
            <div class="chat-toast" data-testid="chat-toast" aria-hidden="true" on:click=move |_| open()>
                <strong dir="auto">{author(&entry, i18n)}</strong>
                <span dir="auto">{shortened(&entry)}</span>
            </div>
        }.into_any())}
    }
}

/// The messages that came with the last change of the view and are to be announced.
fn news_of(chat: ChatHandle) -> State<Vec<ChatEntry>> {
    let news = State::new(Vec::new());
    let known = StoredValue::new(Vec::<MessageId>::new());
    effect(move || {
        let came: Vec<_> = chat.view.with(|view| {
            let before = known.get_value();
            // What others told before can become new, once its author says it.
            let told = view.entries.iter().filter(|entry| !entry.earlier);
            known.set_value(told.map(|entry| entry.id).collect());
            let is_new = |entry: &&ChatEntry| !entry.own && !entry.earlier && entry.text.is_some();
            view.entries
                .iter()
                .rev()
                .take(20)
                .filter(is_new)
                .filter(|new| !before.contains(&new.id))
                .cloned()
                .collect()
        });
        if !came.is_empty() {
            news.set(came.into_iter().rev().collect());
        }
    });
    news
}

/// The number of unread messages stands before the title of the window.
fn mark_title(chat: ChatHandle, unread: Derived<u32>) {
    let i18n = I18n::from_context();
    effect(move || {
        // The page sets its title anew when these change.
        chat.call.view.track();
        i18n.language();
        let title = dom::title();
        let marked = with_mark(&title, unread.get());
        if marked != title {
            dom::set_title(&marked);
        }
    });
    on_cleanup(|| dom::set_title(&with_mark(&dom::title(), 0)));
}

/// A title with a number of messages in place of the one that it has.
fn with_mark(title: &str, unread: u32) -> String {
    let is_number = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let marked = title.strip_prefix('(').and_then(|rest| rest.split_once(") "));
    let plain = marked.filter(|(number, _)| is_number(number)).map_or(title, |(_, plain)| plain);
    if unread == 0 { plain.to_owned() } else { format!("({unread}) {plain}") }
}

fn in_words(entry: &ChatEntry, i18n: I18n) -> String {
    i18n.fill(&text::SAYS, &author(entry, i18n)) + &shortened(entry)
}

fn shortened(entry: &ChatEntry) -> String {
    entry.text.as_deref().unwrap_or_default().chars().take(NOTE_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_says_how_many_are_unread() {
        assert_eq!(with_mark("Call", 2), "(2) Call");
        assert_eq!(with_mark("(2) Call", 3), "(3) Call");
        assert_eq!(with_mark("(2) Call", 0), "Call");
        assert_eq!(with_mark("(a) Call", 0), "(a) Call");
    }
}
