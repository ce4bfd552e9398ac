//! `/signals`: opens capsules.

use std::sync::Arc;

use leptos::{ev::KeyboardEvent, prelude::*, task::spawn_local};

use super::{
    view::{SignalsView, Stepper, step_by_key},
    view_model::ViewModel,
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
enum FileState {
    Nothing,
    Capsule { redacted: bool },
    Broken(CapsuleError),
    Unreadable,
}

/// The page.
#[component]
pub fn SignalsPage() -> impl IntoView {
    let i18n = I18n::from_context();
    let model = ViewModel::new();
    let state = State::new(FileState::Nothing);
    let is_open = Derived::new(move || matches!(state.get(), FileState::Capsule { .. }));
    let redacted = Derived::new(move || state.get() == FileState::Capsule { redacted: true });
    let on_key = move |event: KeyboardEvent| step_by_key(model, &event);
    let content = move || {
        is_open.get().then(|| {
            let words = move || i18n.get(if redacted.get() { &text::REDACTED } else { &text::NOT_REDACTED });
            view! {
                <p class="soft" data-testid="capsule-opened">{words}</p>
                <div class="steps-bar">
                    <Stepper model/>
                    <span class="soft">{i18n.t(&text::KEYS)}</span>
                </div>
                <SignalsView model>""</SignalsView>
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
                <Chooser model state/>
                {content}
            </div>
        </Frame>
    }
}

/// Takes a file, by a button or dropped.
#[component]
fn Chooser(model: ViewModel, state: State<FileState>) -> impl IntoView {
    let i18n = I18n::from_context();
    let over = State::new(false);
    let take = move |file: Option<OpenedFile>| {
        over.set(false);
        let Some(file) = file else { return };
        spawn_local(async move { show(model, state, file).await });
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
        <div role="alert">{move || problem(state.get(), i18n)}</div>
    }
}

async fn show(model: ViewModel, state: State<FileState>, file: OpenedFile) {
    // Not even read.
    if file.bytes() > MAX_BYTES as f64 {
        let error = CapsuleError { kind: ErrorKind::TooLarge, position: None, member: None };
        return state.set(FileState::Broken(error));
    }
    let Some(text) = file.text().await else { return state.set(FileState::Unreadable) };
    match Capsule::read(&text) {
        Ok(Capsule { page, entries, redacted, dropped }) => {
            model.selected.set(None);
            model.change_filter(|filter| *filter = Default::default());
            model.page.set(page);
            model.log.set(Arc::new(Log::of(entries, dropped)));
            state.set(FileState::Capsule { redacted });
        }
        Err(error) => state.set(FileState::Broken(error)),
    }
}

fn problem(state: FileState, i18n: I18n) -> Option<AnyView> {
    let (code, why, place) = match state {
        FileState::Nothing | FileState::Capsule { .. } => return None,
        FileState::Unreadable => ("not_opened", &text::NOT_OPENED, None),
        FileState::Broken(error) => (error.kind.code(), reason(error.kind), place(&error, i18n)),
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
