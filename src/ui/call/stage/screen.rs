//! A screen that somebody shares, as a tile.

use leptos::{html, prelude::*};

use super::{
    place::{Place, Places},
    players::keep_playing,
};
use crate::{
    protocol::{PeerId, TrackSource},
    ui::{
        call::names::display_name,
        dom,
        handle::CallHandle,
        parts::icons::{Glyph, Icon},
        reactive::{Derived, State},
        text::{i18n::I18n, screen as text},
    },
};

/// The screens that the others share.
#[component]
pub fn Screens(call: CallHandle, places: Places) -> impl IntoView {
    let i18n = I18n::from_context();
    let peers = call.slice(|view| {
        let shown = view.participants.iter().filter(|peer| peer.shows_screen());
        shown.map(|peer| peer.id).collect::<Vec<_>>()
    });
    view! {
        <ul class="others" aria-label=i18n.t(&text::SCREENS)>
            <For each=move || peers.get() key=|peer| *peer let:peer>
                <ScreenTile call peer places/>
            </For>
        </ul>
    }
}

/// The screen of a participant, whole or, if this person wants, pixel by pixel.
#[component]
fn ScreenTile(call: CallHandle, peer: PeerId, places: Places) -> impl IntoView {
    let i18n = I18n::from_context();
    let now = call.slice(move |view| view.participants.iter().find(|other| other.id == peer).cloned());
    let path = Derived::new(move || now.with(|now| now.as_ref().map(|now| now.path)));
    let label = Derived::new(move || {
        i18n.fill(&text::SCREEN_OF, &now.with(|now| display_name(now.as_ref(), i18n.language())))
    });
    let (tile, players) = (NodeRef::<html::Li>::new(), NodeRef::<html::Div>::new());
    places.keep(move || tile.get().map(Into::into), Place::Screen(peer));
    keep_playing(call, peer, [TrackSource::Screen, TrackSource::ScreenAudio], players, path, label);
    let actual_size = State::new(false);
    let full_screen = move |_| {
        if let Some(tile) = tile.get_untracked() {
            dom::toggle_full_screen(&tile);
        }
    };
    view! {
        <li class="tile tile-screen" class:actual-size=move || actual_size.get() node_ref=tile>
            // Scrolled by keyboard while the screen is larger than its tile.
            <div
                class="players"
                tabindex=move || if actual_size.get() { "0" } else { "-1" }
                node_ref=players
            ></div>
            <p class="name-tag">
                <Glyph icon=Icon::Screen/>
                <span class="name" dir="auto">{move || label.get()}</span>
            </p>
            <div class="tile-actions">
                <button
                    type="button"
                    class="button small"
                    aria-pressed=move || actual_size.get().to_string()
                    on:click=move |_| actual_size.set(!actual_size.get_untracked())
                >
                    {i18n.t(&text::ACTUAL_SIZE)}
                </button>
                {dom::has_full_screen().then(|| view! {
                    <button type="button" class="button small" on:click=full_screen>
                        {i18n.t(&text::FULL_SCREEN)}
                    </button>
                })}
            </div>
        </li>
    }
}
