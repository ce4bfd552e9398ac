//! The people in a call, as tiles.

pub mod tile;

use leptos::prelude::*;

use self::tile::{OwnPicture, PeerTile};
use crate::ui::{
    handle::CallHandle,
    text::{i18n::I18n, people as text},
};

/// Everybody else, then this person; the children come last.
#[component]
pub fn Stage(call: CallHandle, children: Children) -> impl IntoView {
    let i18n = I18n::from_context();
    let peers = call.slice(|view| view.participants.iter().map(|peer| peer.id).collect::<Vec<_>>());
    let shape = move || peers.with(Vec::len).min(9).to_string();
    view! {
        <div class="stage" data-others=shape>
            <ul class="others" aria-label=i18n.t(&text::PEOPLE)>
                <For each=move || peers.get() key=|peer| *peer let:peer>
                    <PeerTile call peer/>
                </For>
            </ul>
            <OwnPicture call/>
            {children()}
        </div>
    }
}
