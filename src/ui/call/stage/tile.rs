//! People as tiles: a picture, or an initial where there is none.

use leptos::{html, prelude::*};

use super::{
    place::{Place, Places},
    players::keep_playing,
};
use crate::{
    call::{DeviceState, ParticipantView, PathState},
    protocol::{DisplayName, PeerId, TrackSource},
    ui::{
        call::names::display_name,
        diagnosis::CheckButton,
        dom,
        handle::CallHandle,
        parts::icons::{Glyph, Icon},
        reactive::{Derived, effect},
        text::{i18n::I18n, people as text},
    },
};

/// The number of avatar colours in the style sheet.
pub const HUES: u64 = 6;

/// This person's own picture, mirrored unless the camera faces away. The children lie over it.
#[component]
pub fn OwnPicture(
    call: CallHandle,
    /// The cells of the stage. Outside a stage the style sheet places the tile.
    #[prop(optional)]
    places: Option<Places>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let i18n = I18n::from_context();
    let (tile, video) = (NodeRef::<html::Div>::new(), NodeRef::<html::Video>::new());
    let camera = call.slice(|view| (view.camera.state, view.camera.faces_away));
    let on = move || camera.get().0 == DeviceState::On;
    let small = call.slice(|view| view.participants.len() > 2);
    effect(move || {
        // Repeated after every change of the camera: a new track may have to be played again.
        camera.track();
        if let Some(video) = video.get() {
            call.attach_local(&video, small.get());
        }
    });
    if let Some(places) = places {
        places.keep(move || tile.get().map(Into::into), Place::Own);
    }
    let muted =
        call.slice(|view| matches!(view.microphone.state, DeviceState::Off | DeviceState::Problem(_)));
    let note = move || match camera.get().0 {
        DeviceState::On => "",
        DeviceState::Starting => i18n.get(&text::CAMERA_IS_STARTING),
        DeviceState::Off | DeviceState::Problem(_) => i18n.get(&text::CAMERA_IS_OFF),
    };
    view! {
        <div class="tile tile-self" data-picture=move || on().to_string() node_ref=tile>
            <video
                data-testid="local-video"
                class:mirrored=move || !camera.get().1
                autoplay
                playsinline
                prop:muted=true
                aria-label=i18n.t(&text::OWN_PICTURE)
                node_ref=video
            ></video>
            <div class="tile-blank">
                <Avatar name=Derived::new(move || call.name()) hue=0/>
                <p class="tile-note">{note}</p>
            </div>
            <NameTag name=Derived::new(move || i18n.get(&text::YOU).to_owned()) muted/>
            {places.map(|places| move || places.late(|views| views.over(Place::Own)))}
            {children.map(|children| children())}
        </div>
    }
}

/// Somebody else.
#[component]
pub fn PeerTile(call: CallHandle, peer: PeerId, places: Places) -> impl IntoView {
    let i18n = I18n::from_context();
    let now = call.slice(move |view| view.participants.iter().find(|other| other.id == peer).cloned());
    let name = Derived::new(move || now.with(|now| display_name(now.as_ref(), i18n.language())));
    let given = Derived::new(move || now.with(|now| now.as_ref().and_then(|now| now.name.clone())));
    let picture =
        Derived::new(move || now.with(|now| now.as_ref().is_some_and(ParticipantView::shows_picture)));
    let muted = Derived::new(move || now.with(|now| now.as_ref().is_some_and(|now| !now.media.microphone)));
    let path = Derived::new(move || now.with(|now| now.as_ref().map(|now| now.path)));

    let (tile, players) = (NodeRef::<html::Li>::new(), NodeRef::<html::Div>::new());
    places.keep(move || tile.get().map(Into::into), Place::Person(peer));
    let label = Derived::new(move || i18n.fill(&text::PICTURE_OF, &name.get()));
    keep_playing(call, peer, [TrackSource::Camera, TrackSource::Microphone], players, path, label);
    view! {
        <li class="tile" data-picture=move || picture.get().to_string() node_ref=tile>
            <div class="players" node_ref=players></div>
            <div class="tile-blank">
                <Avatar name=given hue=peer.number() % HUES/>
            </div>
            <PeerNote call now/>
            <NameTag name muted/>
            {move || places.late(|views| views.over(Place::Person(peer)))}
        </li>
    }
}

/// The state of a connection that does not work. A failed one has a hint as well.
#[component]
fn PeerNote(call: CallHandle, now: Derived<Option<ParticipantView>>) -> impl IntoView {
    let i18n = I18n::from_context();
    let words = Derived::new(move || {
        let language = i18n.language();
        now.with(|now| {
            let name = display_name(now.as_ref(), language);
            let now = now.as_ref()?;
            match (now.path, now.reconnecting) {
                (PathState::Failed, _) => Some((
                    text::PEER_FAILED.fill(language, &name),
                    Some(
                        if call.view.with(|view| view.ice_servers_refused) {
                            &text::PEER_FAILED_REFUSED
                        } else {
                            &text::PEER_FAILED_HINT
                        }
                        .get(language),
                    ),
                )),
                (PathState::Interrupted, _) => Some((text::PEER_INTERRUPTED.fill(language, &name), None)),
                (_, true) => Some((text::PEER_RECONNECTING.fill(language, &name), None)),
                (PathState::Connecting, false) => Some((text::PEER_CONNECTING.fill(language, &name), None)),
                (PathState::Connected, false) => None,
            }
        })
    });
    move || {
        words.get().map(|(title, hint)| {
            view! {
                <div class="tile-status" class:tile-status-failed=hint.is_some() role="status">
                    <p>{title}</p>
                    {hint.map(|hint| view! {
                        <p class="tile-status-hint">{hint}</p>
                        <CheckButton call class="button small"/>
                    }.into_any())}
                </div>
            }
            .into_any()
        })
    }
}

/// A name, with an icon if the microphone is off.
#[component]
pub fn NameTag(name: Derived<String>, muted: Derived<bool>) -> impl IntoView {
    let i18n = I18n::from_context();
    view! {
        <p class="name-tag">
            {move || muted.get().then(|| view! {
                <Glyph icon=Icon::MicrophoneOff/>
                <span class="sr-only">{i18n.t(&text::MICROPHONE_OFF)}</span>
            }.into_any())}
            <span class="name" dir="auto">{move || name.get()}</span>
        </p>
    }
}

/// The initial of a name, on one of [`HUES`] colours.
#[component]
pub fn Avatar(name: Derived<Option<DisplayName>>, hue: u64) -> impl IntoView {
    let initial = move || dom::first_grapheme(name.get()?.as_str());
    view! {
        <span class="avatar" data-hue=hue.to_string() aria-hidden="true">
            {move || match initial() {
                Some(initial) => initial.into_any(),
                None => view! { <Glyph icon=Icon::Person/> }.into_any(),
            }}
        </span>
    }
}
