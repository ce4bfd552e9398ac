//! People as tiles: a picture, or an initial where there is none.

use leptos::{html, prelude::*, task::spawn_local};

use crate::{
    call::{DeviceState, ParticipantView, PathState},
    protocol::{DisplayName, PeerId},
    ui::{
        call::names::display_name,
        dom::{self, Sound},
        handle::CallHandle,
        parts::icons::{Glyph, Icon},
        text::i18n::I18n,
    },
};

/// Colours that an initial can stand on.
const HUES: u64 = 6;

/// This person's own picture, mirrored. The children lie over it.
#[component]
pub fn OwnPicture(call: CallHandle, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    let i18n = I18n::from_context();
    let video = NodeRef::<html::Video>::new();
    let camera = call.slice(|view| view.camera.state);
    let on = move || camera.get() == DeviceState::On;
    Effect::new(move |_| {
        // Again after every change of the camera: a new track may want to be played anew.
        camera.track();
        if let Some(video) = video.get() {
            call.attach_local(&video);
        }
    });
    let muted =
        call.slice(|view| matches!(view.microphone.state, DeviceState::Off | DeviceState::Problem(_)));
    let note = move || match camera.get() {
        DeviceState::On => "",
        DeviceState::Starting => i18n.texts().camera_is_starting,
        DeviceState::Off | DeviceState::Problem(_) => i18n.texts().camera_is_off,
    };
    view! {
        <div class="tile tile-self" data-picture=move || on().to_string()>
            <video
                data-testid="local-video"
                class="mirrored"
                autoplay
                playsinline
                prop:muted=true
                aria-label=i18n.t(|t| t.own_picture)
                node_ref=video
            ></video>
            <div class="tile-blank">
                <Avatar name=Signal::derive(move || call.name()) hue=0/>
                <p class="tile-note">{note}</p>
            </div>
            <NameTag name=Signal::derive(move || i18n.texts().you.to_owned()) muted/>
            {children.map(|children| children())}
        </div>
    }
}

/// Somebody else.
#[component]
pub fn PeerTile(call: CallHandle, peer: PeerId) -> impl IntoView {
    let i18n = I18n::from_context();
    let now = call.slice(move |view| view.participants.iter().find(|other| other.id == peer).cloned());
    let name = Signal::derive(move || now.with(|now| display_name(now.as_ref(), i18n.texts())));
    let given = Signal::derive(move || now.with(|now| now.as_ref().and_then(|now| now.name.clone())));
    let picture = Memo::new(move |_| now.with(|now| now.as_ref().is_some_and(shows_picture)));
    let muted = Memo::new(move |_| now.with(|now| now.as_ref().is_some_and(|now| !now.media.microphone)));
    let link = Memo::new(move |_| now.with(|now| now.as_ref().map(|now| now.path)));

    let video = NodeRef::<html::Video>::new();
    Effect::new(move |_| {
        // Again after every change of the connection: a repaired one may bring a new stream.
        link.track();
        if let Some(video) = video.get() {
            call.attach_remote(peer, &video);
        }
    });
    let start = move |_| {
        let Some(video) = video.get_untracked() else { return };
        spawn_local(async move {
            if dom::play(&video).await == Sound::Blocked {
                call.sound_blocked.set(true);
            }
        });
    };
    view! {
        <li class="tile" data-picture=move || picture.get().to_string()>
            <video
                data-testid="remote-video"
                data-peer=peer.to_string()
                autoplay
                playsinline
                aria-label=move || (i18n.texts().picture_of)(&name.get())
                node_ref=video
                on:loadedmetadata=start
            ></video>
            <div class="tile-blank">
                <Avatar name=given hue=peer.number() % HUES/>
            </div>
            <PeerNote now/>
            <NameTag name muted/>
        </li>
    }
}

/// What is being waited for or repaired, at the edge of the tile; only where no picture can be is there more to read.
#[component]
fn PeerNote(now: Memo<Option<ParticipantView>>) -> impl IntoView {
    let i18n = I18n::from_context();
    let words = Memo::new(move |_| {
        let texts = i18n.texts();
        now.with(|now| {
            let name = display_name(now.as_ref(), texts);
            let now = now.as_ref()?;
            match (now.path, now.reconnecting) {
                (PathState::Failed, _) => Some(((texts.peer_failed)(&name), Some(texts.peer_failed_hint))),
                (PathState::Interrupted, _) => Some(((texts.peer_interrupted)(&name), None)),
                (_, true) => Some(((texts.peer_reconnecting)(&name), None)),
                (PathState::Connecting, false) => Some(((texts.peer_connecting)(&name), None)),
                (PathState::Connected, false) => None,
            }
        })
    });
    move || {
        words.get().map(|(title, hint)| {
            view! {
                <div class="tile-status" class:tile-status-failed=hint.is_some() role="status">
                    <p>{title}</p>
                    {hint.map(|hint| view! { <p class="tile-status-hint">{hint}</p> })}
                </div>
            }
        })
    }
}

/// A name, with a sign if nothing can be heard.
#[component]
fn NameTag(#[prop(into)] name: Signal<String>, #[prop(into)] muted: Signal<bool>) -> impl IntoView {
    let i18n = I18n::from_context();
    view! {
        <p class="name-tag">
            <Show when=move || muted.get()>
                <Glyph icon=Icon::MicrophoneOff/>
                <span class="sr-only">{i18n.t(|t| t.microphone_off)}</span>
            </Show>
            <span class="name" dir="auto">{move || name.get()}</span>
        </p>
    }
}

#[component]
fn Avatar(#[prop(into)] name: Signal<Option<DisplayName>>, hue: u64) -> impl IntoView {
    let initial = move || {
        let name = name.get()?;
        Some(name.as_str().chars().next()?.to_string())
    };
    view! {
        <span class="avatar" data-hue=hue.to_string() aria-hidden="true">
            {move || match initial() {
                Some(initial) => initial.into_any(),
                None => view! { <Glyph icon=Icon::Person/> }.into_any(),
            }}
        </span>
    }
}

fn shows_picture(peer: &ParticipantView) -> bool {
    peer.media.camera && matches!(peer.path, PathState::Connected | PathState::Interrupted)
}
