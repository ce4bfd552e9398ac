//! Notices: what is wrong and what to do about it, beside the picture and never over it.

pub mod devices;
mod screen;

use leptos::prelude::*;

use crate::{
    call::Trouble,
    ui::{
        diagnosis::CheckButton,
        dom,
        handle::CallHandle,
        parts::{
            icons::{Glyph, Icon},
            late::{Late, Part},
        },
        reactive::Derived,
        text::{i18n::I18n, notices as text},
    },
};

/// Notices about the own devices and the shared screen.
#[component]
pub fn DeviceNotices(call: CallHandle) -> impl IntoView {
    let any = call.slice(|view| devices::has_problem(view) || screen::has_note(view));
    let part = Part::new(move || devices::draw(call));
    let content =
        move || any.get().then(|| view! { <Late part=part.clone() in_call=call.is_going_on()/> }.into_any());
    view! { <div class="notices" aria-live="polite">{content}</div> }
}

/// Notices about the connection to the server and about blocked sound.
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
    // There is sound only if somebody else is there.
    let accompanied = call.slice(|view| !view.participants.is_empty());
    let silenced = Derived::new(move || call.sound_blocked.get() && accompanied.get());
    let with_sound = move |_| {
        call.sound_blocked.set(false);
        dom::play_everybody();
    };
    view! {
        <div class="notices" aria-live="polite">
            {move || words.get().map(|(title, hint)| view! {
                <Notice
                    title=Derived::new(move || i18n.get(title).to_owned())
                    hint=Derived::new(move || i18n.get(hint))
                >
                    <CheckButton call class="button small"/>
                </Notice>
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

/// One notice; the children are its buttons.
#[component]
pub fn Notice(
    title: Derived<String>,
    hint: Derived<&'static str>,
    /// Nothing is wrong: a screen is shared.
    #[prop(optional)]
    calm: bool,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class=if calm { "notice calm" } else { "notice" }>
            <Glyph icon=if calm { Icon::Screen } else { Icon::Warning }/>
            <p class="notice-words">
                <strong>{move || title.get()}</strong>
                " "
                <span>{move || hint.get()}</span>
            </p>
            {children.map(|children| children())}
        </div>
    }
}
