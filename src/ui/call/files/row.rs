//! A file among the messages.

use leptos::prelude::*;

use super::{
    groups::Group,
    handle::FilesHandle,
    icons,
    words::{size, state_name, status, who},
};
use crate::{
    call::data::files::{FileEntry, FileName, Key, State as Progress},
    ui::{
        dom,
        parts::icons::{Glyph, Icon, LOCK, draw_path},
        reactive::Derived,
        text::{chat, files as text, i18n::I18n, people},
    },
};

/// A file, with everybody to whom it goes.
#[component]
pub fn FileRow(
    files: FilesHandle,
    group: Group,
    /// When it came, in milliseconds since 1970.
    at_ms: u64,
) -> impl IntoView {
    let i18n = I18n::from_context();
    let keys = Derived::new(move || files.keys(group));
    let first = keys.get_untracked().first().and_then(|key| files.entry(*key));
    let own = group.from.is_none();
    let sender = first.clone();
    let head = move || match &sender {
        Some(entry) if !own => who(entry, i18n.language()),
        _ => i18n.get(&people::YOU).to_owned(),
    };
    let time = move || dom::local_time(at_ms, i18n.language().tag());
    let is_private = first.as_ref().is_some_and(|entry| entry.private);
    let private = first.clone().filter(|entry| entry.private).map(|entry| {
        let other = move || i18n.fill(&chat::ONLY_YOU_AND, &who(&entry, i18n.language()));
        view! { <p class="chat-private">{draw_path(LOCK)} {other}</p> }
    });
    let has_ended = Derived::new(move || {
        let ended = |key: &Key| files.entry(*key).is_none_or(|entry| entry.state.has_ended());
        keys.with(|keys| keys.iter().all(ended))
    });
    let remove = move || {
        view! {
            <button
                type="button"
                class="file-remove"
                data-testid="remove-file"
                aria-label=i18n.t(&text::REMOVE)
                title=i18n.t(&text::REMOVE)
                on:click=move |_| files.remove(group)
            >
                <Glyph icon=Icon::Close/>
            </button>
        }
        .into_any()
    };
    let line = move |key| view! { <Line files key own/> }.into_any();
    view! {
        <li
            class="chat-row file-row"
            data-testid="file"
            data-own=own.to_string()
            data-private=is_private.to_string()
            data-head="true"
        >
            <p class="chat-head">
                <span class="name" dir="auto">{head}</span>
                <time datetime=dom::machine_time(at_ms) title=move || time().1>{move || time().0}</time>
            </p>
            <div class="chat-bubble file">
                {private}
                {first.map(|entry| view! { <File files keys entry/> })}
                <ul class="file-lines">
                    {move || keys.get().into_iter().map(line).collect::<Vec<_>>()}
                </ul>
                {move || has_ended.get().then(remove)}
            </div>
        </li>
    }
}

/// What the file is; once it was received, the link that saves it.
#[component]
fn File(files: FilesHandle, keys: Derived<Vec<Key>>, entry: FileEntry) -> impl IntoView {
    let i18n = I18n::from_context();
    let received = Derived::new(move || {
        let entry = keys.with(|keys| keys.first().copied()).and_then(|key| files.entry(key));
        entry.filter(|entry| !entry.is_own() && entry.state == Progress::Done && !entry.saved)
    });
    move || {
        let there = received.get().and_then(|there| Some((files.url(there.key, None)?, there)));
        let Some((url, there)) = there else { return described(&entry, icons::FILE) };
        let name = there.name.as_str().to_owned();
        let picture = there.picture.and_then(|kind| files.url(there.key, Some(kind)));
        let picture = picture.map(|url| {
            view! { <img src=url alt=name.clone() decoding="async" draggable="false"/> }
        });
        view! {
            <a
                class="file-name"
                data-testid="received-file"
                href=url
                title=i18n.fill(&text::SAVE, &name)
                download=name
            >
                {picture}
                {described(&there, icons::SAVE)}
            </a>
        }
        .into_any()
    }
}

fn described(entry: &FileEntry, icon: &'static str) -> AnyView {
    view! {
        <span class="file-description">
            {draw_path(icon)} {named(&entry.name)} <small>{size(entry.size)}</small>
        </span>
    }
    .into_any()
}

/// The ending is always to be seen, at the end, in whatever direction the name is written.
fn named(name: &FileName) -> AnyView {
    let (stem, ending) = name.parts();
    let (stem, ending) = (stem.to_owned(), ending.to_owned());
    view! { <span class="file-title" dir="ltr"><bdi>{stem}</bdi><bdi>{ending}</bdi></span> }.into_any()
}

/// How far one transfer is, and what can be done about it.
#[component]
fn Line(files: FilesHandle, key: Key, own: bool) -> impl IntoView {
    let i18n = I18n::from_context();
    let entry = Derived::new(move || files.entry(key));
    let state = Derived::new(move || entry.with(|entry| entry.as_ref().map(|entry| entry.state)));
    let words = move || {
        entry.with(|entry| {
            let Some(entry) = entry else { return String::new() };
            let (words, language) = (status(entry, i18n.language()), i18n.language());
            if own { format!("{}: {words}", who(entry, language)) } else { words }
        })
    };
    let share = move || {
        entry.with(|entry| {
            entry.as_ref().map_or(0, |entry| entry.bytes * 1_000 / entry.size.max(1)).to_string()
        })
    };
    let moves = Derived::new(move || {
        matches!(state.get(), Some(Progress::Running | Progress::Interrupted | Progress::Checking))
    });
    let bar =
        move || view! { <progress max="1000" value=share aria-label=i18n.t(&text::PROGRESS)></progress> };
    let tools = Derived::new(move || match state.get() {
        Some(Progress::Offered) if !own => Tools::Answer,
        Some(state) if !state.has_ended() => Tools::Cancel,
        Some(_) | None => Tools::None,
    });
    view! {
        <li
            data-testid="file-transfer"
            data-state=move || state.get().map(state_name)
            class:file-line=true
        >
            <span class="file-status" data-testid="file-status" dir="auto">{words}</span>
            {move || tools_of(files, key, tools.get())}
            {move || moves.get().then(|| bar().into_any())}
        </li>
    }
}

/// What can be done about a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tools {
    Answer,
    Cancel,
    None,
}

fn tools_of(files: FilesHandle, key: Key, tools: Tools) -> Option<AnyView> {
    let i18n = I18n::from_context();
    Some(match tools {
        Tools::None => return None,
        Tools::Answer => view! {
            <span class="file-answer">
                <button
                    type="button"
                    class="button small primary"
                    data-testid="accept-file"
                    on:click=move |_| files.accept(key)
                >
                    {i18n.t(&text::ACCEPT)}
                </button>
                <button
                    type="button"
                    class="button small"
                    data-testid="decline-file"
                    on:click=move |_| files.cancel(key)
                >
                    {i18n.t(&text::DECLINE)}
                </button>
            </span>
        }
        .into_any(),
        Tools::Cancel => view! {
            <button
                type="button"
                class="file-cancel"
                data-testid="cancel-file"
                aria-label=i18n.t(&text::CANCEL)
                title=i18n.t(&text::CANCEL)
                on:click=move |_| files.cancel(key)
            >
                <Glyph icon=Icon::Close/>
            </button>
        }
        .into_any(),
    })
}
