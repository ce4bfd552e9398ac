//! What tells of files of others: words for screen readers, and a note while the chat is not looked at.

use leptos::prelude::*;

use super::{
    handle::FilesHandle,
    words::{announcement, headline},
};
use crate::{
    call::data::files::{FileEntry, Key, State as Progress},
    ui::{
        reactive::{Derived, State, effect},
        text::i18n::I18n,
    },
};

/// Tells of files that are offered and that have arrived.
#[component]
pub fn FileNews(
    files: FilesHandle,
    /// The chat is open.
    seen: Derived<bool>,
    open: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = I18n::from_context();
    let news = news_of(files);
    let announced = move || news.with(|news| news.as_ref().and_then(|entry| announcement(entry, i18n)));
    let has_unread = Derived::new(move || files.view.with(|view| view.unread > 0));
    let note = move || news.get().filter(|_| has_unread.get() && !seen.get());
    view! {
        <p class="sr-only" role="status" data-testid="file-announced">{announced}</p>
        {move || note().map(|entry| view! {
            // For those who see it: it is announced, and the button of the chat opens the same.
            <div
                class="chat-toast file-toast"
                data-testid="file-toast"
                aria-hidden="true"
                on:click=move |_| open()
            >
                <strong dir="auto">{headline(&entry, i18n)}</strong>
                <span dir="auto">{entry.name.as_str().to_owned()}</span>
            </div>
        }.into_any())}
    }
}

/// The last file of somebody else that was offered, or has arrived.
fn news_of(files: FilesHandle) -> State<Option<FileEntry>> {
    let news = State::new(None);
    let known = StoredValue::new(Vec::<(Key, Progress)>::new());
    effect(move || {
        let is_told =
            |entry: &&FileEntry| !entry.is_own() && matches!(entry.state, Progress::Offered | Progress::Done);
        let now: Vec<_> = files.view.with(|view| view.entries.iter().filter(is_told).cloned().collect());
        let before = known.get_value();
        known.set_value(now.iter().map(|entry| (entry.key, entry.state)).collect());
        let is_new = |entry: &&FileEntry| !before.contains(&(entry.key, entry.state));
        if let Some(newest) = now.iter().rfind(is_new) {
            news.set(Some(newest.clone()));
        }
    });
    news
}
