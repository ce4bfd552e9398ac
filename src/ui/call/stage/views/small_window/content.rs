//! What the small window shows: tiles, and the buttons for microphone, camera and leaving. It is drawn by
//! this page and moved into the window. Pictures have elements of their own there: those of the page play on.

use leptos::{html, prelude::*, task::spawn_local};

use super::{
    choice::Choice,
    state::{SmallWindowState, source_of},
};
use crate::{
    call::ParticipantView,
    protocol::PeerId,
    ui::{
        call::{
            controls::{
                leave::LeaveButton,
                toggle::{CameraToggle, MicrophoneToggle},
            },
            names::display_name,
            stage::{
                place::Place,
                players::interruptions,
                tile::{Avatar, HUES, NameTag},
            },
        },
        dom,
        reactive::{Derived, effect},
        text::{call as text, i18n::I18n, people, screen},
    },
};

/// Styles that the style sheet of the page does not have.
const STYLES: &str = concat!(
    include_str!("../../../../../../style/late/stage.css"),
    include_str!("../../../../../../style/late/small_window.css"),
);

/// All of it.
#[component]
pub(super) fn SmallWindowContent(small: SmallWindowState) -> impl IntoView {
    let i18n = I18n::from_context();
    let (call, content) = (small.stage.call, NodeRef::<html::Div>::new());
    effect(move || {
        let language = i18n.language().tag();
        if let Some(content) = content.get() {
            small.show(&content, STYLES, language);
        }
    });
    on_cleanup(move || {
        if let Some(content) = content.try_get_untracked().flatten() {
            content.remove();
        }
    });
    let tiles = Derived::new(move || small.choice.with(|Choice { tiles, .. }| tiles.clone()));
    let hidden = move || Some(small.choice.with(|choice| choice.hidden)).filter(|count| *count > 0);
    view! {
        // Stays where it is, so that the page can be changed while the content is elsewhere.
        <div hidden>
            <div class="small-window" data-testid="small-window-content" node_ref=content>
                <ul
                    class="small-tiles"
                    data-count=move || tiles.with(Vec::len).to_string()
                    aria-label=i18n.t(&people::PEOPLE)
                >
                    <For each=move || tiles.get() key=|place| *place let:place>
                        {source_of(place).map(|(peer, _)| view! { <SmallTile small place peer/> })}
                    </For>
                </ul>
                {move || hidden().map(|count| {
                    view! { <p class="more-people">{format!("+{count}")}</p> }.into_any()
                })}
                <div class="controls" role="group" aria-label=i18n.t(&text::CONTROLS)>
                    <MicrophoneToggle call/>
                    <CameraToggle call/>
                    <LeaveButton call/>
                </div>
            </div>
        </div>
    }
}

/// Somebody else, or a screen.
#[component]
fn SmallTile(small: SmallWindowState, place: Place, peer: PeerId) -> impl IntoView {
    let i18n = I18n::from_context();
    let (stage, call) = (small.stage, small.stage.call);
    let is_screen = matches!(place, Place::Screen(_));
    let now = call.slice(move |view| view.participants.iter().find(|other| other.id == peer).cloned());
    let has = move |what: fn(&ParticipantView) -> bool| {
        Derived::new(move || now.with(|now| now.as_ref().is_some_and(what)))
    };
    let picture = if is_screen { has(|_| true) } else { has(ParticipantView::shows_picture) };
    let muted = has(|one| !one.media.microphone);
    let muted = Derived::new(move || !is_screen && muted.get());
    let given = Derived::new(move || now.with(|now| now.as_ref().and_then(|now| now.name.clone())));
    let label = move |of_person: bool| {
        Derived::new(move || {
            let name = now.with(|now| display_name(now.as_ref(), i18n.language()));
            match (is_screen, of_person) {
                (true, _) => i18n.fill(&screen::SCREEN_OF, &name),
                (false, true) => name,
                (false, false) => i18n.fill(&people::PICTURE_OF, &name),
            }
        })
    };
    let (name, described) = (label(true), label(false));
    let video = NodeRef::<html::Video>::new();
    play_in(small, place, video);
    let speaks = move || !is_screen && stage.heard.with(|heard| heard.speaking.contains(&peer));
    view! {
        <li
            class="tile"
            class:tile-screen=is_screen
            data-testid="small-tile"
            data-main=move || small.choice.with(|choice| choice.main == Some(place)).to_string()
            data-picture=move || picture.get().to_string()
            data-speaking=move || speaks().to_string()
        >
            <video
                autoplay
                playsinline
                prop:muted=true
                aria-label=move || described.get()
                node_ref=video
            ></video>
            <div class="tile-blank">
                <Avatar name=given hue=peer.number() % HUES/>
            </div>
            <NameTag name muted/>
        </li>
    }
}

/// Keeps an element playing what the page plays of this tile.
fn play_in(small: SmallWindowState, place: Place, video: NodeRef<html::Video>) {
    let Some((peer, source)) = source_of(place) else { return };
    let call = small.stage.call;
    let path =
        call.slice(move |view| view.participants.iter().find(|one| one.id == peer).map(|one| one.path));
    let interrupted = interruptions(move || video.get().map(Into::into));
    effect(move || {
        call.players.track();
        interrupted.track();
        // A repaired connection plays something else.
        path.track();
        let Some(video) = video.get() else { return };
        let stream = call.player(peer, source).and_then(|player| player.src_object());
        if video.src_object() != stream {
            video.set_src_object(stream.as_ref());
        }
        spawn_local(async move {
            // Silent, so that no browser blocks it.
            dom::play(&video).await;
        });
    });
}
