//! The people in a call, as tiles.

mod layout;
mod measure;
mod place;
mod players;
pub mod screen;
pub mod tile;

use leptos::{html, prelude::*};

use self::{
    place::{Place, Places},
    tile::{OwnPicture, PeerTile},
};
use crate::{
    call::{CallView, ParticipantView},
    ui::{
        handle::CallHandle,
        parts::late::{Late, Part},
        text::{i18n::I18n, people as text},
    },
};

/// Everybody else, this person, then shared screens; the children come last.
#[component]
pub fn Stage(call: CallHandle, children: Children) -> impl IntoView {
    let i18n = I18n::from_context();
    let tiles = NodeRef::<html::Div>::new();
    let peers = call.slice(|view| view.participants.iter().map(|peer| peer.id).collect::<Vec<_>>());
    let places = Places::new(call.slice(others), measure::measured(tiles));
    let any_screen = call.slice(|view| view.participants.iter().any(ParticipantView::shows_screen));
    let part = Part::new(move || screen::draw(call, places));
    let screens =
        move || any_screen.get().then(|| view! { <Late part=part.clone() in_call=true/> }.into_any());
    view! {
        <div class="stage" data-testid="stage" data-layout=move || places.kind().as_str()>
            <div class="tiles" node_ref=tiles>
                <ul class="others" aria-label=i18n.t(&text::PEOPLE)>
                    <For each=move || peers.get() key=|peer| *peer let:peer>
                        <PeerTile call peer places/>
                    </For>
                </ul>
                <OwnPicture call places/>
                {screens}
            </div>
            {children()}
        </div>
    }
}

/// What there is to see of the others. Screens come first.
fn others(view: &CallView) -> Vec<Place> {
    let screens = view.participants.iter().filter(|peer| peer.shows_screen());
    let people = view.participants.iter().map(|peer| Place::Person(peer.id));
    screens.map(|peer| Place::Screen(peer.id)).chain(people).collect()
}
