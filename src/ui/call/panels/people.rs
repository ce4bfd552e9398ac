//! The panel of people: who is here, with microphone, camera and connection, and what this person can do
//! about them.

use leptos::prelude::*;

use super::{marks::standing, words::Standing};
use crate::{
    call::{DeviceKind, ParticipantView, quality::Quality},
    protocol::{DisplayName, PeerId},
    ui::{
        call::{
            names::display_name,
            stage::{
                tile::{Avatar, HUES},
                views::{PersonActions, StageViews},
            },
        },
        handle::{CallHandle, is_wanted},
        parts::icons::{Icon, bars},
        reactive::{Derived, State},
        text::{Text, i18n::I18n, panels as text, people, together::HAND_IS_UP},
    },
};

/// Everybody, this person first.
#[component]
pub fn People(call: CallHandle, quality: State<Quality>, stage: StageViews) -> impl IntoView {
    let i18n = I18n::from_context();
    let peers = call.slice(|view| view.participants.iter().map(|peer| peer.id).collect::<Vec<_>>());
    let own = move |kind| call.slice(move |view| is_wanted(view, kind));
    view! {
        <ul class="panel-list" aria-label=i18n.t(&people::PEOPLE)>
            <Person
                name=Derived::new(move || call.name())
                shown=Derived::new(move || own_name(call, i18n))
                hue=0
                microphone=own(DeviceKind::Microphone)
                camera=own(DeviceKind::Camera)
                hand=hand(call, None)
            />
            <For each=move || peers.get() key=|peer| *peer let:peer>
                {participant(call, peer, quality, stage)}
            </For>
        </ul>
    }
}

fn own_name(call: CallHandle, i18n: I18n) -> String {
    let you = || i18n.get(&people::YOU).to_owned();
    call.name().map_or_else(you, |name| i18n.fill(&people::OWN_NAME, name.as_str()))
}

fn participant(call: CallHandle, peer: PeerId, quality: State<Quality>, stage: StageViews) -> AnyView {
    let i18n = I18n::from_context();
    let now = call.slice(move |view| view.participants.iter().find(|other| other.id == peer).cloned());
    let has = move |what: fn(&ParticipantView) -> bool| {
        Derived::new(move || now.with(|now| now.as_ref().is_some_and(what)))
    };
    let shown = Derived::new(move || now.with(|now| display_name(now.as_ref(), i18n.language())));
    view! {
        <Person
            name=Derived::new(move || now.with(|now| now.as_ref().and_then(|now| now.name.clone())))
            shown
            hue=peer.number() % HUES
            microphone=has(|one| one.media.microphone)
            camera=has(|one| one.media.camera)
            hand=hand(call, Some(peer))
            standing=standing(call, quality, peer)
        >
            <PersonActions stage peer name=shown/>
        </Person>
    }
    .into_any()
}

/// The place in the order of raised hands; of this person if nobody is named.
fn hand(call: CallHandle, peer: Option<PeerId>) -> Derived<Option<usize>> {
    call.slice(move |view| {
        let whose = peer.or(view.me);
        view.raised_hands().iter().position(|up| Some(*up) == whose).map(|at| at + 1)
    })
}

fn raised(i18n: I18n, number: usize) -> AnyView {
    view! {
        <span class="person-hand" data-testid="person-hand">
            <span class="sr-only">{i18n.t(&HAND_IS_UP)}" "</span>
            <span aria-hidden="true">"\u{270b} "</span>
            {number}
        </span>
    }
    .into_any()
}

/// One person.
#[component]
fn Person(
    name: Derived<Option<DisplayName>>,
    shown: Derived<String>,
    hue: u64,
    microphone: Derived<bool>,
    camera: Derived<bool>,
    /// The number of the hand, if it is up.
    hand: Derived<Option<usize>>,
    /// Of this person there is none.
    #[prop(optional)]
    standing: Option<Derived<Option<Standing>>>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let i18n = I18n::from_context();
    let device = move |on: bool, icons: [Icon; 2], words: [&'static Text; 2]| {
        let index = usize::from(!on);
        view! {
            <span class="person-device" data-on=on.to_string()>
                {icons[index].draw()}
                <span class="sr-only">{i18n.t(words[index])}</span>
            </span>
        }
        .into_any()
    };
    view! {
        <li class="person" data-testid="person">
            <Avatar name hue/>
            <span class="person-words">
                <span class="name" dir="auto">{move || shown.get()}</span>
                {standing.map(|standing| view! { <Verdict standing/> })}
            </span>
            {move || hand.get().map(|number| raised(i18n, number))}
            {move || device(
                microphone.get(),
                [Icon::Microphone, Icon::MicrophoneOff],
                [&text::MICROPHONE_ON, &people::MICROPHONE_OFF],
            )}
            {move || device(
                camera.get(),
                [Icon::Camera, Icon::CameraOff],
                [&text::CAMERA_ON, &text::CAMERA_OFF],
            )}
            {children.map(|children| children())}
        </li>
    }
}

/// How good a connection is, as a mark and in words.
#[component]
pub fn Verdict(standing: Derived<Option<Standing>>) -> impl IntoView {
    let i18n = I18n::from_context();
    let words = move || standing.get().map(|standing| standing.in_words(i18n.language()));
    view! {
        <span class="verdict" data-testid="verdict" data-grade=move || standing.get().map(Standing::as_str)>
            {bars()}
            <span>{words}</span>
        </span>
    }
}
