//! `/signals`: opens capsules.

use std::sync::Arc;

use leptos::{ev::KeyboardEvent, prelude::*, task::spawn_local};

use super::{
    story::Story,
    view::{SignalsView, Stepper, step_by_key},
};
use crate::{
    call::signals::{Capsule, CapsuleError, ErrorKind, Log, MAX_BYTES},
    ui::{
        dom::{self, OpenedFile},
        pages::frame::Frame,
        reactive::{Derived, State},
        text::{Text, i18n::I18n, signals as text},
    },
};

/// What came of the last file.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Opened {
    Nothing,
    Capsule { redacted: bool },
    Broken(CapsuleError),
    Unreadable,
}

/// The page.
#[component]
pub fn SignalsPage() -> impl IntoView {
    let i18n = I18n::from_context();
    let story = Story::new();
    let opened = State::new(Opened::Nothing);
    let is_open = Derived::new(move || matches!(opened.get(), Opened::Capsule { .. }));
    let redacted = Derived::new(move || opened.get() == Opened::Capsule { redacted: true });
    let on_key = move |event: KeyboardEvent| step_by_key(story, &event);
    let content = move || {
        is_open.get().then(|| {
            let words = move || i18n.get(if redacted.get() { &text::REDACTED } else { &text::NOT_REDACTED });
            view! {
                <p class="soft" data-testid="capsule-opened">{words}</p>
                <div class="steps-bar">
                    <Stepper story/>
                    <span class="soft">{i18n.t(&text::KEYS)}</span>
                </div>
                <SignalsView story>""</SignalsView>
            }
            .into_any()
        })
    };
    view! {
        <Frame title=Derived::new(move || i18n.get(&text::SIGNALS).to_owned()) class="page signals-page">
            // Keys work wherever the focus is on the page.
            <div on:keydown=on_key>
                <h1 class="title">{i18n.t(&text::SIGNALS)}</h1>
                <p class="lead">{i18n.t(&text::PAGE_LEAD)}</p>
                <Chooser story opened/>
                {content}
            </div>
        </Frame>
    }
}

/// Takes a file, by a button or dropped.
#[component]
fn Chooser(story: Story, opened: State<Opened>) -> impl IntoView {
    let i18n = I18n::from_context();
    let over = State::new(false);
    let take = move |file: Option<OpenedFile>| {
        over.set(false);
        let Some(file) = file else { return };
        spawn_local(async move { show(story, opened, file).await });
    };
    view! {
        <div
            class="chooser"
            data-over=move || over.get().to_string()
            on:dragover=move |event| {
                event.prevent_default();
                over.set(true);
            }
            on:dragleave=move |_| over.set(false)
            on:drop=move |event| {
                event.prevent_default();
                take(dom::dropped_file(&event));
            }
        >
            <label class="button primary" for="capsule">{i18n.t(&text::CHOOSE)}</label>
            <input
                id="capsule"
                class="sr-only"
                type="file"
                accept="application/json,.json"
                data-testid="capsule-file"
                on:change=move |event| take(dom::chosen_file(&event))
            />
            <span class="soft">{i18n.t(&text::DROP)}</span>
        </div>
        <div role="alert">{move || problem(opened.get(), i18n)}</div>
    }
}

async fn show(story: Story, opened: State<Opened>, file: OpenedFile) {
    // Not even read.
    if file.bytes() > MAX_BYTES as f64 {
        let error = CapsuleError { kind: ErrorKind::TooLarge, position: None, member: None };
        return opened.set(Opened::Broken(error));
    }
    let Some(text) = file.text().await else { return opened.set(Opened::Unreadable) };
    match Capsule::read(&text) {
        Ok(Capsule { page, entries, redacted, dropped }) => {
            story.selected.set(None);
            story.change_filter(|filter| *filter = Default::default());
            story.page.set(page);
            story.log.set(Arc::new(Log::of(entries, dropped)));
            opened.set(Opened::Capsule { redacted });
        }
        Err(error) => opened.set(Opened::Broken(error)),
    }
}

fn problem(opened: Opened, i18n: I18n) -> Option<AnyView> {
    let (code, why, place) = match opened {
        Opened::Nothing | Opened::Capsule { .. } => return None,
        Opened::Unreadable => ("not_opened", &text::NOT_OPENED, None),
        Opened::Broken(error) => (error.kind.code(), reason(error.kind), place(&error, i18n)),
    };
    Some(
        view! {
            <p class="notice" data-testid="capsule-error" data-code=code>
                <span class="notice-words">
                    <strong>{i18n.t(&text::BROKEN)}</strong>
                    " "
                    {i18n.t(why)}
                    " "
                    {place}
                    " "
                    <code>{code}</code>
                </span>
            </p>
        }
        .into_any(),
    )
}

fn place(error: &CapsuleError, i18n: I18n) -> Option<String> {
    let position = error.position.map(|(line, column)| {
        let [line, column] = [line, column].map(|number| number.to_string());
        [i18n.fill(&text::AT_LINE, &line), i18n.fill(&text::AT_COLUMN, &column)].concat()
    });
    position.or_else(|| error.member.as_ref().map(|member| i18n.fill(&text::AT_MEMBER, member)))
}

const fn reason(kind: ErrorKind) -> &'static Text {
    match kind {
        ErrorKind::TooLarge => &text::TOO_LARGE,
        ErrorKind::NotJson => &text::NOT_JSON,
        ErrorKind::TooDeep => &text::TOO_DEEP,
        ErrorKind::NotACapsule => &text::NOT_A_CAPSULE,
        ErrorKind::Version => &text::OTHER_VERSION,
        ErrorKind::TooMany => &text::TOO_MANY,
        ErrorKind::Missing => &text::MISSING,
        ErrorKind::Wrong => &text::WRONG,
    }
}
