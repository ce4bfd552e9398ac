//! Notices about the screen that this person shares.

use leptos::prelude::*;

use super::Notice;
use crate::{
    call::{CallView, ScreenProblem, ScreenState},
    ui::{
        handle::CallHandle,
        reactive::Derived,
        text::{Text, i18n::I18n, late::TRY_AGAIN, notices::DISMISS, screen as text},
    },
};

/// What is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Note {
    Sharing { with_sound: bool },
    Interrupted,
    Problem(ScreenProblem),
}

impl Note {
    fn of(view: &CallView) -> Option<Self> {
        match (view.screen.state, view.screen.interrupted) {
            (ScreenState::On { with_sound }, _) => Some(Self::Sharing { with_sound }),
            (ScreenState::Problem(problem), _) => Some(Self::Problem(problem)),
            (ScreenState::Off, true) => Some(Self::Interrupted),
            (ScreenState::Off | ScreenState::Asking, _) => None,
        }
    }

    fn words(self) -> (&'static Text, &'static Text) {
        match self {
            Self::Sharing { with_sound: false } => (&text::SHARING, &text::SHARING_HINT),
            Self::Sharing { with_sound: true } => (&text::SHARING, &text::SHARING_WITH_SOUND_HINT),
            Self::Interrupted => (&text::INTERRUPTED, &text::INTERRUPTED_HINT),
            Self::Problem(ScreenProblem::Blocked) => (&text::BLOCKED, &text::BLOCKED_HINT),
            Self::Problem(ScreenProblem::Refused | ScreenProblem::Other) => {
                (&text::FAILED, &text::FAILED_HINT)
            }
        }
    }
}

/// Returns whether there is anything to say.
pub fn has_note(view: &CallView) -> bool {
    Note::of(view).is_some()
}

/// What there is to say about the shared screen.
#[component]
pub fn ScreenNotice(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let note = call.slice(Note::of);
    let button = move |words: &'static Text, quiet: bool, action: fn(CallHandle)| {
        view! {
            <button type="button" class="button small" class:quiet=quiet on:click=move |_| action(call)>
                {i18n.t(words)}
            </button>
        }
        .into_any()
    };
    move || {
        note.get().map(|note| {
            let (title, hint) = note.words();
            let buttons = match note {
                Note::Sharing { .. } => vec![
                    view! { <SmoothSwitch call/> }.into_any(),
                    button(&text::STOP, false, CallHandle::stop_sharing),
                ],
                Note::Interrupted => vec![
                    button(&text::SHARE, false, CallHandle::share_screen),
                    button(&DISMISS, true, CallHandle::dismiss_screen_notice),
                ],
                Note::Problem(_) => vec![
                    button(&TRY_AGAIN, false, CallHandle::share_screen),
                    button(&DISMISS, true, CallHandle::dismiss_screen_notice),
                ],
            };
            view! {
                <Notice
                    title=Derived::new(move || i18n.get(title).to_owned())
                    hint=Derived::new(move || i18n.get(hint))
                    calm=matches!(note, Note::Sharing { .. })
                >
                    <div class="notice-actions">{buttons}</div>
                </Notice>
            }
            .into_any()
        })
    }
}

/// What matters more: sharp text, or smooth motion.
#[component]
fn SmoothSwitch(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let smooth = call.slice(|view| view.screen.smooth);
    view! {
        <button
            type="button"
            class="button small quiet"
            aria-pressed=move || smooth.get().to_string()
            title=i18n.t(&text::SMOOTH_HINT)
            on:click=move |_| call.smooth_screen(!smooth.get_untracked())
        >
            {i18n.t(&text::SMOOTH)}
        </button>
    }
}
