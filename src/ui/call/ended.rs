//! The page after a call, or in place of one: why, and what to do next.

use leptos::prelude::*;

use crate::{
    call::{CallView, Failure, Status},
    ui::{
        diagnosis::CheckButton,
        dom,
        handle::CallHandle,
        parts::announced::Announced,
        reactive::Derived,
        text::{
            Text, ended as text,
            i18n::I18n,
            language::Language,
            late::{RELOAD, TRY_AGAIN},
            not_found::{BAD_ROOM, BAD_ROOM_HINT},
            page::HOME,
        },
    },
};

/// The main button; a link to the home page is always there.
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

    fn label(self) -> &'static Text {
        match self {
            Self::Rejoin => &text::REJOIN,
            Self::TryAgain | Self::None => &TRY_AGAIN,
            Self::Reload => &RELOAD,
        }
    }
}

/// Returns a title and a hint.
fn in_words(
    status: Status,
    failure: Option<Failure>,
    capacity: Option<u32>,
    awaits_seat: bool,
    language: Language,
) -> (&'static Text, String) {
    let (title, hint) = match (status, failure) {
        (Status::Full, _) if awaits_seat => match capacity {
            Some(2) => (&text::FULL, &text::FULL_HINT_BOTH_AWAITED),
            _ => (&text::FULL, &text::FULL_HINT_AWAITED),
        },
        (Status::Full, _) => match capacity {
            Some(2) => (&text::FULL, &text::FULL_HINT_BOTH),
            Some(seats) => return (&text::FULL, text::FULL_HINT_SEATS.fill(language, &seats.to_string())),
            None => (&text::FULL, &text::FULL_HINT),
        },
        (Status::Locked, _) if awaits_seat => (&text::LOCKED, &text::LOCKED_HINT_AWAITED),
        (Status::Locked, _) => (&text::LOCKED, &text::LOCKED_HINT),
        (Status::Error, Some(Failure::BadRoom)) => (&BAD_ROOM, &BAD_ROOM_HINT),
        (Status::Error, Some(Failure::BadName)) => (&text::BAD_NAME_FAILURE, &text::BAD_NAME_FAILURE_HINT),
        (Status::Error, Some(Failure::UnsupportedVersion)) => {
            (&text::UNSUPPORTED_VERSION, &text::UNSUPPORTED_VERSION_HINT)
        }
        (Status::Error, Some(Failure::Replaced)) => (&text::REPLACED, &text::REPLACED_HINT),
        (Status::Error, Some(Failure::Unsupported)) => (&text::UNSUPPORTED, &text::UNSUPPORTED_HINT),
        (Status::Error, Some(Failure::Origin)) => (&text::ORIGIN, &text::ORIGIN_HINT),
        (Status::Error, Some(Failure::Refused) | None) => (&text::REFUSED, &text::REFUSED_HINT),
        _ => (&text::LEFT, &text::LEFT_HINT),
    };
    (title, hint.get(language).to_owned())
}

late! { ended, fetch => fn draw(call: CallHandle) { view! { <Ended call/> } } }

/// The page after a call.
#[component]
fn Ended(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let why = call.slice(|view: &CallView| (view.status, view.failure, view.capacity, view.awaits_seat));
    let words = Derived::new(move || {
        let (status, failure, capacity, awaits_seat) = why.get();
        let (title, hint) = in_words(status, failure, capacity, awaits_seat, i18n.language());
        (i18n.get(title).to_owned(), hint)
    });
    let next_step = Derived::new(move || {
        let (status, failure, ..) = why.get();
        NextStep::after(status, failure)
    });
    let go = move |_| match next_step.get_untracked() {
        NextStep::Rejoin | NextStep::TryAgain => call.join(),
        NextStep::Reload => dom::reload(),
        NextStep::None => {}
    };
    view! {
        <section class="message" data-status=move || why.get().0.as_str()>
            <Announced text=Derived::new(move || words.get().0)/>
            <p class="lead">{move || words.get().1}</p>
            <p class="actions">
                {move || (next_step.get() != NextStep::None).then(|| view! {
                    <button type="button" class="button primary" data-testid="rejoin" on:click=go>
                        {move || i18n.get(next_step.get().label())}
                    </button>
                }.into_any())}
                <a href="/" class="button">{i18n.t(&HOME)}</a>
                {move || (why.get().0 == Status::Error).then(|| view! {
                    <CheckButton call class="button"/>
                }.into_any())}
            </p>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILURES: [Failure; 7] = [
        Failure::BadRoom,
        Failure::BadName,
        Failure::UnsupportedVersion,
        Failure::Replaced,
        Failure::Unsupported,
        Failure::Origin,
        Failure::Refused,
    ];

    #[test]
    fn every_failure_has_words_of_its_own() {
        for language in Language::ALL {
            let title = |status, failure| in_words(status, failure, None, false, language).0.get(language);
            let mut titles = FAILURES.map(|failure| title(Status::Error, Some(failure))).to_vec();
            titles.push(title(Status::Full, None));
            titles.push(title(Status::Locked, None));
            titles.push(title(Status::Left, None));
            let all = titles.len();
            titles.sort_unstable();
            titles.dedup();
            assert_eq!(titles.len(), all);
        }
    }

    #[test]
    fn a_full_room_says_how_many_seats_it_has() {
        let hint = |seats, awaits| in_words(Status::Full, None, Some(seats), awaits, Language::English).1;
        assert!(hint(2, false).contains("Both seats") && hint(2, false).contains("Try again"));
        assert!(hint(6, false).contains("6 seats"));
        assert!(hint(2, true).contains("Both seats") && hint(2, true).contains("by itself"));
        assert!(hint(6, true).contains("All seats") && hint(6, true).contains("by itself"));
        assert_eq!(NextStep::after(Status::Full, None), NextStep::TryAgain);
    }

    #[test]
    fn a_locked_room_says_who_can_open_it_and_whether_the_page_tries_again() {
        let hint = |awaits| in_words(Status::Locked, None, None, awaits, Language::English).1;
        assert!(hint(true).contains("by itself") && hint(false).contains("Try again"));
        assert_eq!(NextStep::after(Status::Locked, None), NextStep::TryAgain);
    }
}
