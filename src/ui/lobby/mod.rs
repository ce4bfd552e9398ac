//! The page before joining: preview, name, devices.

mod join_form;
mod meter;

use leptos::{prelude::*, task::spawn_local};

use self::{join_form::JoinForm, meter::MicrophoneMeter};
use crate::{
    browser,
    call::DeviceKind,
    ui::{
        call::{
            controls::{
                devices::DeviceChoice,
                sound::LobbySound,
                toggle::{CameraToggle, MicrophoneToggle},
            },
            notices::DeviceNotices,
            stage::tile::OwnPicture,
        },
        diagnosis::{self, CheckButton},
        dom,
        handle::CallHandle,
        reactive::State,
        text::{i18n::I18n, late::LOADING, lobby as text, people::OWN_PICTURE},
    },
};

late! { lobby, fetch => fn draw(call: CallHandle) { view! { <Lobby call/> } } }

/// The page before joining.
#[component]
fn Lobby(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let elsewhere = State::new(false);
    spawn_local(async move { elsewhere.set(browser::is_in_call_elsewhere(call.room()).await) });
    // Also there when the server goes away. A missing part is reported where it is drawn.
    dom::when_idle(|| spawn_local(async { drop(diagnosis::fetch().await) }));
    let awaits_consent = call.slice(|view| view.awaits_consent);
    let controls = move || {
        if awaits_consent.get() {
            view! { <ConsentButton call/> }.into_any()
        } else {
            view! {
                <MicrophoneToggle call/>
                <MicrophoneMeter call/>
                <CameraToggle call/>
            }
            .into_any()
        }
    };
    view! {
        <div class="lobby">
            <section class="preview" aria-label=i18n.t(&OWN_PICTURE)>
                <OwnPicture call>
                    <div class="preview-controls">{controls}</div>
                </OwnPicture>
                <DeviceNotices call/>
            </section>
            <section class="join-card">
                <h1 class="title">{i18n.t(&text::READY)}</h1>
                {move || elsewhere.get().then(|| view! {
                    <p class="notice" role="status" data-testid="in-call-elsewhere">
                        <span class="notice-words">{i18n.t(&text::IN_CALL_ELSEWHERE)}</span>
                    </p>
                }.into_any())}
                <JoinForm call/>
                <DeviceChoice call kind=DeviceKind::Camera/>
                <DeviceChoice call kind=DeviceKind::Microphone/>
                <LobbySound call/>
                <CheckButton call class="button quiet small"/>
            </section>
        </div>
    }
}

/// Switches both devices on, where another site has led here.
#[component]
fn ConsentButton(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    view! {
        <button
            type="button"
            class="button primary"
            data-testid="use-devices"
            on:click=move |_| call.switch_on_both()
        >
            {i18n.t(&text::USE_DEVICES)}
        </button>
    }
}

/// The outline of this page, until the client has taken over and this part is loaded.
pub fn placeholder() -> AnyView {
    let i18n = I18n::from_context();
    view! {
        <div class="lobby">
            <section class="preview">
                <div class="tile tile-self">
                    <div class="tile-blank">
                        <p class="tile-note">{i18n.t(&LOADING)}</p>
                    </div>
                </div>
            </section>
            <section class="join-card">
                <h1 class="title">{i18n.t(&text::READY)}</h1>
            </section>
        </div>
    }
    .into_any()
}
