//! The people in a call, as tiles.

mod layout;
mod measure;
mod place;
pub mod tile;

use leptos::{html, prelude::*};

use self::{
    place::Places,
    tile::{OwnPicture, PeerTile},
};
use crate::ui::{
    handle::CallHandle,
    text::{i18n::I18n, people as text},
};

/// Everybody else, then this person; the children come last.
#[component]
pub fn Stage(call: CallHandle, children: Children) -> impl IntoView {
    let i18n = I18n::from_context();
    let tiles = NodeRef::<html::Div>::new();
    let peers = call.slice(|view| view.participants.iter().map(|peer| peer.id).collect::<Vec<_>>());
    let places = Places::new(peers, measure::measured(tiles));
    view! {
        <div class="stage" data-testid="stage" data-layout=move || places.kind().as_str()>
            <div class="tiles" node_ref=tiles>
                <ul class="others" aria-label=i18n.t(&text::PEOPLE)>
                    <For each=move || peers.get() key=|peer| *peer let:peer>
                        <PeerTile call peer places/>
                    </For>
                </ul>
                <OwnPicture call places/>
            </div>
            {children()}
        </div>
    }
}
