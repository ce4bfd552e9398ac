//! The people in a call, as tiles.

mod layout;
mod measure;
mod place;
mod players;
mod screen;
pub mod tile;

use leptos::{html, prelude::*};

use self::{
    place::{Place, Places},
    screen::ScreenTile,
    tile::{OwnPicture, PeerTile},
};
use crate::{
    call::CallView,
    ui::{
        handle::CallHandle,
        text::{i18n::I18n, people as text},
    },
};

/// Shared screens, everybody else, then this person; the children come last.
#[component]
pub fn Stage(call: CallHandle, children: Children) -> impl IntoView {
    let i18n = I18n::from_context();
    let tiles = NodeRef::<html::Div>::new();
    let others = call.slice(others);
    let places = Places::new(others, measure::measured(tiles));
    view! {
        <div class="stage" data-testid="stage" data-layout=move || places.kind().as_str()>
            <div class="tiles" node_ref=tiles>
                <ul class="others" aria-label=i18n.t(&text::PEOPLE)>
                    <For each=move || others.get() key=|place| *place let:place>
                        {match place {
                            Place::Screen(peer) => view! { <ScreenTile call peer places/> }.into_any(),
                            Place::Person(peer) => view! { <PeerTile call peer places/> }.into_any(),
                            Place::Own => ().into_any(),
                        }}
                    </For>
                </ul>
                <OwnPicture call places/>
            </div>
            {children()}
        </div>
    }
}

/// What there is to see of the others.
fn others(view: &CallView) -> Vec<Place> {
    let screens = view.participants.iter().filter(|peer| peer.shows_screen());
    let people = view.participants.iter().map(|peer| Place::Person(peer.id));
    screens.map(|peer| Place::Screen(peer.id)).chain(people).collect()
}
