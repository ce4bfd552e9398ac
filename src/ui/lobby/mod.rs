//! Before joining: how one looks and sounds, and what to be called.

pub mod meter;

use leptos::{ev::SubmitEvent, html, prelude::*};

use crate::ui::{
    call::controls::devices::DeviceChoice,
    call::controls::{CameraToggle, MicrophoneToggle},
    call::notices::DeviceNotices,
    call::stage::tile::OwnPicture,
    dom,
    lobby::meter::MicrophoneMeter,
    pages::room::Call,
    text::language::Speech,
};
use crate::{call::DeviceKind, protocol::DisplayName};

/// Where the browser remembers the name.
pub const NAME_KEY: &str = "halloo.name";

/// The page before joining.
#[component]
pub fn Lobby(call: Call) -> impl IntoView {
    let speech = Speech::from_context();
    view! {
        <div class="lobby">
            <section class="preview" aria-label=speech.say(|t| t.own_picture)>
                <OwnPicture call>
                    <div class="preview-controls">
                        <MicrophoneToggle call/>
                        <MicrophoneMeter call/>
                        <CameraToggle call/>
                    </div>
                </OwnPicture>
                <DeviceNotices call/>
            </section>
            <section class="join-card">
                <h1 class="title">{speech.say(|t| t.ready)}</h1>
                <JoinForm call/>
                <DeviceChoice call kind=DeviceKind::Camera/>
                <DeviceChoice call kind=DeviceKind::Microphone/>
            </section>
        </div>
    }
}

/// A name is welcome, not needed.
#[component]
fn JoinForm(call: Call) -> impl IntoView {
    let speech = Speech::from_context();
    let field = NodeRef::<html::Input>::new();
    let initial = call.name_untracked().map(|name| name.to_string()).unwrap_or_default();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = field.get_untracked().map(|field| field.value()).unwrap_or_default();
        let name = DisplayName::from_typed(&typed);
        dom::remember(NAME_KEY, name.as_ref().map_or("", DisplayName::as_str));
        call.join_as(name);
    };
    view! {
        <form class="join-form" novalidate on:submit=submit>
            <label for="name">{speech.say(|t| t.your_name)}</label>
            <input
                id="name"
                type="text"
                autocomplete="nickname"
                dir="auto"
                data-testid="name-input"
                node_ref=field
                prop:value=initial
                placeholder=speech.say(|t| t.name_placeholder)
            />
            <button class="button primary large" type="submit" data-testid="join">{speech.say(|t| t.join)}</button>
            <p class="soft">{speech.say(|t| t.join_without)}</p>
        </form>
    }
}

/// The same shape without a session, for the server and the moment of taking over.
#[component]
pub fn LobbyPlaceholder() -> impl IntoView {
    let speech = Speech::from_context();
    view! {
        <div class="lobby">
            <section class="preview">
                <div class="tile tile-self">
                    <p class="tile-note">{speech.say(|t| t.loading)}</p>
                </div>
            </section>
            <section class="join-card">
                <h1 class="title">{speech.say(|t| t.ready)}</h1>
            </section>
        </div>
    }
}
