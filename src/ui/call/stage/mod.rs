//! The people in a call, as tiles.

mod layout;
mod measure;
pub mod place;
mod players;
mod screen;
pub mod tile;
pub mod views;

use leptos::{html, prelude::*};

use self::{
    place::Places,
    tile::{OwnPicture, PeerTile},
};
use crate::{
    call::ParticipantView,
    protocol::PeerId,
    ui::{
        handle::CallHandle,
        parts::late::{Late, Part},
        reactive::{Derived, effect},
        text::{i18n::I18n, people as text},
    },
};

/// Everybody else, this person, then what the late part adds; the children come last.
#[component]
pub fn Stage(
    call: CallHandle,
    /// Everybody else.
    peers: Derived<Vec<PeerId>>,
    places: Places,
    children: Children,
) -> impl IntoView {
    let i18n = I18n::from_context();
    let tiles = NodeRef::<html::Div>::new();
    measure::measure(tiles, places.size);
    let any_screen = call.slice(|view| view.participants.iter().any(ParticipantView::shows_screen));
    effect(move || {
        if any_screen.get() {
            places.want_views();
        }
    });
    let part = Part::new(move || views::draw(call, places));
    let views =
        move || places.wants_views().then(|| view! { <Late part=part.clone() in_call=true/> }.into_any());
    view! {
        <div
            class="stage"
            data-testid="stage"
            data-layout=move || places.kind().as_str()
            data-floating=move || places.is_own_floating().to_string()
        >
            <div class="tiles" node_ref=tiles>
                <ul class="others" aria-label=i18n.t(&text::PEOPLE)>
                    <For each=move || peers.get() key=|peer| *peer let:peer>
                        <PeerTile call peer places/>
                    </For>
                </ul>
                <OwnPicture call places/>
                {views}
            </div>
            {children()}
        </div>
    }
}
