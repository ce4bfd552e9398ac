//! After a call, or instead of one: why, and what can be done.

use leptos::prelude::*;

use crate::{
    call::{CallView, Failure, Status},
    ui::{handle::CallHandle, parts::announced::Announced, text::Texts, text::i18n::I18n},
};

/// What is offered first; the home page always is, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NextStep {
    Rejoin,
    TryAgain,
    Reload,
    None,
}

impl NextStep {
    fn after(status: Status, failure: Option<Failure>) -> Self {
        match (status, failure) {
            (Status::Left, _) => Self::Rejoin,
            (Status::Error, Some(Failure::UnsupportedVersion | Failure::BadName)) => Self::Reload,
            (Status::Error, Some(Failure::BadRoom | Failure::Unsupported)) => Self::None,
            _ => Self::TryAgain,
        }
    }

    fn label(self, texts: &Texts) -> &'static str {
        match self {
            Self::Rejoin => texts.rejoin,
            Self::TryAgain | Self::None => texts.try_again,
            Self::Reload => texts.reload,
        }
    }
}

/// A title and what to do.
fn in_words(
    status: Status,
    failure: Option<Failure>,
    capacity: Option<u32>,
    texts: &Texts,
) -> (&'static str, String) {
    let (title, hint) = match (status, failure) {
        (Status::Full, _) => match capacity {
            Some(seats) => return (texts.full, (texts.full_hint_seats)(&seats.to_string())),
            None => (texts.full, texts.full_hint),
        },
        (Status::Error, Some(Failure::BadRoom)) => (texts.bad_room, texts.bad_room_hint),
        (Status::Error, Some(Failure::BadName)) => (texts.bad_name_failure, texts.bad_name_failure_hint),
        (Status::Error, Some(Failure::UnsupportedVersion)) => {
            (texts.unsupported_version, texts.unsupported_version_hint)
        }
        (Status::Error, Some(Failure::Replaced)) => (texts.replaced, texts.replaced_hint),
        (Status::Error, Some(Failure::Unsupported)) => (texts.unsupported, texts.unsupported_hint),
        (Status::Error, Some(Failure::Refused) | None) => (texts.refused, texts.refused_hint),
        _ => (texts.left, texts.left_hint),
    };
    (title, hint.to_owned())
}

/// The page after a call.
#[component]
pub fn Ended(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let why = call.slice(|view: &CallView| (view.status, view.failure, view.capacity));
    let words = move || {
        let (status, failure, capacity) = why.get();
        in_words(status, failure, capacity, i18n.texts())
    };
    let next_step = Memo::new(move |_| {
        let (status, failure, _) = why.get();
        NextStep::after(status, failure)
    });
    let go = move |_| match next_step.get_untracked() {
        NextStep::Rejoin | NextStep::TryAgain => call.join(),
        // Fails only where the page may not steer its window; then the person reloads.
        NextStep::Reload => drop(window().location().reload()),
        NextStep::None => {}
    };
    view! {
        <section class="message" data-status=move || why.get().0.as_str()>
            <Announced text=Signal::derive(move || words().0.to_owned())/>
            <p class="lead">{move || words().1}</p>
            <p class="actions">
                <Show when=move || next_step.get() != NextStep::None>
                    <button type="button" class="button primary" data-testid="rejoin" on:click=go>
                        {move || next_step.get().label(i18n.texts())}
                    </button>
                </Show>
                <a href="/" class="button">{i18n.t(|t| t.home)}</a>
            </p>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::text;

    const FAILURES: [Failure; 6] = [
        Failure::BadRoom,
        Failure::BadName,
        Failure::UnsupportedVersion,
        Failure::Replaced,
        Failure::Unsupported,
        Failure::Refused,
    ];

    #[test]
    fn every_failure_has_words_of_its_own() {
        for texts in [&text::ENGLISH, &text::SIMPLIFIED_CHINESE] {
            let mut titles =
                FAILURES.map(|failure| in_words(Status::Error, Some(failure), None, texts).0).to_vec();
            titles.push(in_words(Status::Full, None, None, texts).0);
            titles.push(in_words(Status::Left, None, None, texts).0);
            let all = titles.len();
            titles.sort_unstable();
            titles.dedup();
            assert_eq!(titles.len(), all);
        }
    }

    #[test]
    fn a_full_room_says_how_many_seats_it_has() {
        assert!(in_words(Status::Full, None, Some(2), &text::ENGLISH).1.contains("Both seats"));
        assert!(in_words(Status::Full, None, Some(6), &text::ENGLISH).1.contains("6 seats"));
        assert_eq!(NextStep::after(Status::Full, None), NextStep::TryAgain);
    }
}
