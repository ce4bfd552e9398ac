//! Notices about problems of microphone and camera.

use leptos::prelude::*;

use super::{Notice, screen::ScreenNotice};
use crate::{
    call::{CallView, DeviceKind, DeviceState, MediaProblem},
    ui::{
        dom,
        handle::CallHandle,
        links,
        parts::copy::CopyButton,
        reactive::{Derived, State, effect},
        text::{Text, devices, i18n::I18n, language::Language, late::TRY_AGAIN, notices as text},
    },
};

/// A device problem; the same problem of both devices is one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Problem {
    kinds: Vec<DeviceKind>,
    why: MediaProblem,
}

/// Returns whether a device has a problem.
pub fn has_problem(view: &CallView) -> bool {
    [view.camera.state, view.microphone.state].iter().any(|state| matches!(state, DeviceState::Problem(_)))
}

/// The device problems of this view.
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
            MediaProblem::NotOffered => &text::PROBLEM_NOT_OFFERED,
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
            MediaProblem::NotOffered => &text::PROBLEM_NOT_OFFERED_HINT,
            MediaProblem::Other => &text::PROBLEM_OTHER_HINT,
        }
    }

    /// Trying again does not help where there are no devices for pages, nor while the system pauses one.
    fn can_be_tried_again(&self) -> bool {
        !matches!(self.why, MediaProblem::Insecure | MediaProblem::NotOffered | MediaProblem::Paused)
    }
}

late! { extras => fn draw(call: CallHandle) { view! { <Problems call/> <ScreenNotice call/> } } }

/// A notice for each problem, until it is solved or dismissed.
#[component]
fn Problems(call: CallHandle) -> impl IntoView {
    let current = call.slice(problems);
    let dismissed = State::new(Vec::<Problem>::new());
    // A problem that was solved and comes back is shown again.
    effect(move || {
        let current = current.get();
        dismissed.set(dismissed.get_untracked().into_iter().filter(|one| current.contains(one)).collect());
    });
    let shown = Derived::new(move || {
        dismissed.with(|dismissed| {
            current.get().into_iter().filter(|one| !dismissed.contains(one)).collect::<Vec<_>>()
        })
    });
    move || {
        let shown = shown.get().into_iter();
        shown.map(|problem| notice(call, problem, dismissed)).collect::<Vec<_>>()
    }
}

fn notice(call: CallHandle, problem: Problem, dismissed: State<Vec<Problem>>) -> AnyView {
    let i18n = I18n::from_context();
    let titled = problem.clone();
    let hint = problem.hint();
    let again = problem.clone();
    let again = move |_| again.kinds.iter().for_each(|kind| call.switch(*kind, true));
    let retry = problem.can_be_tried_again().then(|| {
        view! {
            <button type="button" class="button small" on:click=again>
                {i18n.t(&TRY_AGAIN)}
            </button>
        }
        .into_any()
    });
    let link = (problem.why == MediaProblem::NotOffered).then(|| {
        let link = StoredValue::new(dom::absolute_link(&links::room_path(&call.room())));
        view! { <CopyButton link field=NodeRef::new() class="button small"/> }.into_any()
    });
    let dismiss = move |_| {
        let mut all = dismissed.get_untracked();
        all.push(problem.clone());
        dismissed.set(all);
    };
    view! {
        <Notice
            title=Derived::new(move || titled.title(i18n.language()))
            hint=Derived::new(move || i18n.get(hint))
        >
            <div class="notice-actions">
                {retry}
                {link}
                <button type="button" class="button small quiet" on:click=dismiss>
                    {i18n.t(&text::DISMISS)}
                </button>
            </div>
        </Notice>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::DeviceView;

    fn view(camera: DeviceState, microphone: DeviceState) -> CallView {
        CallView {
            camera: DeviceView { state: camera, ..DeviceView::default() },
            microphone: DeviceView { state: microphone, ..DeviceView::default() },
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
