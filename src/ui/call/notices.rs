//! What is wrong and what to do about it, beside the picture and never over it.

use leptos::prelude::*;

use crate::{
    call::{CallView, DeviceKind, DeviceState, MediaProblem, Trouble},
    ui::{
        dom,
        handle::CallHandle,
        parts::icons::{Glyph, Icon},
        reactive::{Derived, State, effect},
        text::{Text, devices, i18n::I18n, language::Language, notices as text},
    },
};

/// A device problem; one for both devices if they have the same.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Problem {
    kinds: Vec<DeviceKind>,
    why: MediaProblem,
}

/// What is wrong with the devices of this view.
fn problems(view: &CallView) -> Vec<Problem> {
    let of = |kind| match view.device(kind).state {
        DeviceState::Problem(why) => Some((kind, why)),
        DeviceState::Off | DeviceState::Starting | DeviceState::On => None,
    };
    match (of(DeviceKind::Camera), of(DeviceKind::Microphone)) {
        (Some((camera, why)), Some((microphone, same))) if why == same => {
            vec![Problem { kinds: vec![camera, microphone], why }]
        }
        (camera, microphone) => [camera, microphone]
            .into_iter()
            .flatten()
            .map(|(kind, why)| Problem { kinds: vec![kind], why })
            .collect(),
    }
}

impl Problem {
    fn title(&self, language: Language) -> String {
        let device = match self.kinds.as_slice() {
            [DeviceKind::Camera] => &devices::CAMERA,
            [DeviceKind::Microphone] => &devices::MICROPHONE,
            _ => &devices::MICROPHONE_AND_CAMERA,
        };
        let title = match self.why {
            MediaProblem::Denied => &text::PROBLEM_DENIED,
            MediaProblem::NotFound => &text::PROBLEM_NOT_FOUND,
            MediaProblem::InUse => &text::PROBLEM_IN_USE,
            MediaProblem::Paused => &text::PROBLEM_PAUSED,
            MediaProblem::Insecure => &text::PROBLEM_INSECURE,
            MediaProblem::Other => &text::PROBLEM_OTHER,
        };
        title.fill(language, &device.get(language).to_ascii_lowercase())
    }

    fn hint(&self) -> &'static Text {
        match self.why {
            MediaProblem::Denied => &text::PROBLEM_DENIED_HINT,
            MediaProblem::NotFound => &text::PROBLEM_NOT_FOUND_HINT,
            MediaProblem::InUse => &text::PROBLEM_IN_USE_HINT,
            MediaProblem::Paused => &text::PROBLEM_PAUSED_HINT,
            MediaProblem::Insecure => &text::PROBLEM_INSECURE_HINT,
            MediaProblem::Other => &text::PROBLEM_OTHER_HINT,
        }
    }

    /// Trying again can't turn an insecure address into a secure one, nor end what holds a device back.
    fn can_be_tried_again(&self) -> bool {
        !matches!(self.why, MediaProblem::Insecure | MediaProblem::Paused)
    }
}

/// Problems of the own devices, each until it is solved or put aside.
#[component]
pub fn DeviceNotices(call: CallHandle) -> impl IntoView {
    let current = call.slice(problems);
    let put_aside = State::new(Vec::<Problem>::new());
    // A problem that was solved and comes back is shown again.
    effect(move || {
        let current = current.get();
        put_aside.set(put_aside.get_untracked().into_iter().filter(|one| current.contains(one)).collect());
    });
    let shown = Derived::new(move || {
        put_aside
            .with(|aside| current.get().into_iter().filter(|one| !aside.contains(one)).collect::<Vec<_>>())
    });
    view! {
        <div class="notices" aria-live="polite">
            {move || {
                let shown = shown.get().into_iter();
                shown.map(|problem| draw(call, problem, put_aside)).collect::<Vec<_>>()
            }}
        </div>
    }
}

fn draw(call: CallHandle, problem: Problem, put_aside: State<Vec<Problem>>) -> AnyView {
    let i18n = I18n::from_context();
    let titled = problem.clone();
    let hint = problem.hint();
    let again = problem.clone();
    let again = move |_| again.kinds.iter().for_each(|kind| call.switch(*kind, true));
    let retry = problem.can_be_tried_again().then(|| {
        view! {
            <button type="button" class="button small" on:click=again>
                {i18n.t(&text::TRY_AGAIN)}
            </button>
        }
        .into_any()
    });
    let dismiss = move |_| {
        let mut aside = put_aside.get_untracked();
        aside.push(problem.clone());
        put_aside.set(aside);
    };
    view! {
        <Notice
            title=Derived::new(move || titled.title(i18n.language()))
            hint=Derived::new(move || i18n.get(hint))
        >
            <div class="notice-actions">
                {retry}
                <button type="button" class="button small quiet" on:click=dismiss>
                    {i18n.t(&text::DISMISS)}
                </button>
            </div>
        </Notice>
    }
    .into_any()
}

/// What is wrong with the call itself.
#[component]
pub fn CallNotices(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let trouble = call.slice(|view| (view.trouble, view.me.is_some()));
    let words = Derived::new(move || match trouble.get() {
        (Some(Trouble::Offline), _) => Some((&text::OFFLINE, &text::OFFLINE_HINT)),
        (Some(Trouble::ServerUnreachable), true) => {
            Some((&text::SERVER_UNREACHABLE, &text::SERVER_UNREACHABLE_HINT))
        }
        (Some(Trouble::ServerUnreachable), false) => {
            Some((&text::SERVER_UNREACHABLE, &text::SERVER_NOT_REACHED_HINT))
        }
        (None, _) => None,
    });
    // Without anybody there is no sound to turn on.
    let accompanied = call.slice(|view| !view.participants.is_empty());
    let silenced = Derived::new(move || call.sound_blocked.get() && accompanied.get());
    let with_sound = move |_| {
        call.sound_blocked.set(false);
        dom::unmute_remote_videos();
    };
    view! {
        <div class="notices" aria-live="polite">
            {move || words.get().map(|(title, hint)| view! {
                <Notice
                    title=Derived::new(move || i18n.get(title).to_owned())
                    hint=Derived::new(move || i18n.get(hint))
                />
            }.into_any())}
            {move || silenced.get().then(|| view! {
                <p class="notice">
                    <Glyph icon=Icon::Sound/>
                    <span class="notice-words">{i18n.t(&text::SOUND_BLOCKED)}</span>
                    <button
                        type="button"
                        class="button small"
                        data-testid="turn-on-sound"
                        on:click=with_sound
                    >
                        {i18n.t(&text::TURN_ON_SOUND)}
                    </button>
                </p>
            }.into_any())}
        </div>
    }
}

#[component]
fn Notice(
    title: Derived<String>,
    hint: Derived<&'static str>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="notice">
            <Glyph icon=Icon::Warning/>
            <p class="notice-words">
                <strong>{move || title.get()}</strong>
                " "
                <span>{move || hint.get()}</span>
            </p>
            {children.map(|children| children())}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::DeviceView;

    fn view(camera: DeviceState, microphone: DeviceState) -> CallView {
        CallView {
            camera: DeviceView { state: camera, device: None },
            microphone: DeviceView { state: microphone, device: None },
            ..CallView::default()
        }
    }

    #[test]
    fn the_same_problem_of_both_devices_is_said_once() {
        let denied = DeviceState::Problem(MediaProblem::Denied);
        let found = problems(&view(denied, denied));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].title(Language::English), "No permission to use your camera or microphone");
    }

    #[test]
    fn different_problems_are_said_one_by_one() {
        let found = problems(&view(
            DeviceState::Problem(MediaProblem::NotFound),
            DeviceState::Problem(MediaProblem::InUse),
        ));
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].title(Language::SimplifiedChinese), "没有找到摄像头");
        assert_eq!(found[1].title(Language::English), "Another program is using your microphone");
    }

    #[test]
    fn devices_that_are_off_by_choice_are_no_problem() {
        assert!(problems(&view(DeviceState::Off, DeviceState::On)).is_empty());
    }
}
