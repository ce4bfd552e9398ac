//! What is wrong and what to do about it, beside the picture and never over it.

use leptos::prelude::*;

use crate::{
    call::{CallView, DeviceKind, DeviceState, MediaProblem, Trouble},
    ui::{
        dom,
        handle::CallHandle,
        parts::icons::{Glyph, Icon},
        text::Texts,
        text::i18n::I18n,
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
    fn title(&self, texts: &Texts) -> String {
        let device = match self.kinds.as_slice() {
            [DeviceKind::Camera] => texts.camera,
            [DeviceKind::Microphone] => texts.microphone,
            _ => texts.microphone_and_camera,
        };
        let title = match self.why {
            MediaProblem::Denied => texts.problem_denied,
            MediaProblem::NotFound => texts.problem_not_found,
            MediaProblem::InUse => texts.problem_in_use,
            MediaProblem::Paused => texts.problem_paused,
            MediaProblem::Insecure => texts.problem_insecure,
            MediaProblem::Other => texts.problem_other,
        };
        title(&device.to_ascii_lowercase())
    }

    fn hint(&self, texts: &Texts) -> &'static str {
        match self.why {
            MediaProblem::Denied => texts.problem_denied_hint,
            MediaProblem::NotFound => texts.problem_not_found_hint,
            MediaProblem::InUse => texts.problem_in_use_hint,
            MediaProblem::Paused => texts.problem_paused_hint,
            MediaProblem::Insecure => texts.problem_insecure_hint,
            MediaProblem::Other => texts.problem_other_hint,
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
    let i18n = I18n::from_context();
    let current = call.slice(problems);
    let put_aside = RwSignal::new(Vec::<Problem>::new());
    // What is solved and comes back is said again.
    Effect::new(move |_| {
        current.with(|current| put_aside.update(|aside| aside.retain(|problem| current.contains(problem))));
    });
    let shown = Memo::new(move |_| {
        let mut shown = current.get();
        put_aside.with(|aside| shown.retain(|problem| !aside.contains(problem)));
        shown
    });
    let draw = move |problem: Problem| {
        let titled = problem.clone();
        let hinted = problem.clone();
        let again = problem.clone();
        let again = move |_| again.kinds.iter().for_each(|kind| call.switch(*kind, true));
        let retry = problem.can_be_tried_again().then(|| {
            view! { <button type="button" class="button small" on:click=again>{i18n.t(|t| t.try_again)}</button> }
        });
        view! {
            <Notice
                title=Signal::derive(move || titled.title(i18n.texts()))
                hint=Signal::derive(move || hinted.hint(i18n.texts()))
            >
                {retry}
                <button
                    type="button"
                    class="button small quiet"
                    on:click=move |_| put_aside.update(|aside| aside.push(problem.clone()))
                >
                    {i18n.t(|t| t.dismiss)}
                </button>
            </Notice>
        }
    };
    view! {
        <div class="notices" aria-live="polite">
            {move || shown.get().into_iter().map(draw).collect_view()}
        </div>
    }
}

/// What is wrong with the call itself.
#[component]
pub fn CallNotices(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let trouble = call.slice(|view| view.trouble);
    let was_seated = call.slice(|view| view.me.is_some());
    let in_words = move |texts: &Texts| match (trouble.get(), was_seated.get()) {
        (Some(Trouble::Offline), _) => [texts.offline, texts.offline_hint],
        (Some(Trouble::ServerUnreachable), true) => [texts.server_unreachable, texts.server_unreachable_hint],
        (Some(Trouble::ServerUnreachable), false) => {
            [texts.server_unreachable, texts.server_not_reached_hint]
        }
        (None, _) => ["", ""],
    };
    // Without anybody there is no sound to turn on.
    let silent = call.slice(|view| view.participants.is_empty());
    let silenced = move || call.sound_blocked.get() && !silent.get();
    let with_sound = move |_| {
        call.sound_blocked.set(false);
        dom::unmute_remote_videos();
    };
    view! {
        <div class="notices" aria-live="polite">
            <Show when=move || trouble.with(Option::is_some)>
                <Notice
                    title=Signal::derive(move || in_words(i18n.texts())[0].to_owned())
                    hint=Signal::derive(move || in_words(i18n.texts())[1])
                />
            </Show>
            <Show when=silenced>
                <p class="notice">
                    <Glyph icon=Icon::Sound/>
                    <span class="notice-words">{i18n.t(|t| t.sound_blocked)}</span>
                    <button type="button" class="button small" data-testid="turn-on-sound" on:click=with_sound>
                        {i18n.t(|t| t.turn_on_sound)}
                    </button>
                </p>
            </Show>
        </div>
    }
}

#[component]
fn Notice(
    #[prop(into)] title: Signal<String>,
    #[prop(into)] hint: Signal<&'static str>,
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
            {children.map(|children| view! { <div class="notice-actions">{children()}</div> })}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::DeviceView;
    use crate::ui::text;

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
        assert_eq!(found[0].title(&text::ENGLISH), "No permission to use your camera or microphone");
    }

    #[test]
    fn different_problems_are_said_one_by_one() {
        let found = problems(&view(
            DeviceState::Problem(MediaProblem::NotFound),
            DeviceState::Problem(MediaProblem::InUse),
        ));
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].title(&text::SIMPLIFIED_CHINESE), "没有找到摄像头");
        assert_eq!(found[1].title(&text::ENGLISH), "Another program is using your microphone");
    }

    #[test]
    fn devices_that_are_off_by_choice_are_no_problem() {
        assert!(problems(&view(DeviceState::Off, DeviceState::On)).is_empty());
    }
}
