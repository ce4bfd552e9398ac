//! The people in a call, as tiles.

pub mod layout;
mod measure;
pub mod place;
mod players;
mod screen;
pub mod tile;
pub mod together;
pub mod views;

use leptos::{html, prelude::*};

use self::{
    place::Places,
    tile::{OwnPicture, PeerTile},
};
use crate::{
    protocol::PeerId,
    ui::{
        handle::CallHandle,
        reactive::Derived,
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
                {move || places.late(|views| views.content())}
            </div>
            {children()}
        </div>
    }
}
