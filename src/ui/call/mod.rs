//! The call itself: the people, the link while nobody else is there, the controls.

pub mod controls;
pub mod ended;
pub mod notices;
pub mod stage;

use leptos::{html, prelude::*};

use crate::call::Status;
use crate::ui::{
    call::controls::ControlBar,
    call::notices::{CallNotices, DeviceNotices},
    call::stage::tile::{OwnPicture, PeerTile, display_name},
    dom, links,
    pages::frame::Announced,
    pages::room::Call,
    parts::copy::{CopyButton, LinkField},
    text::language::Speech,
};

/// The page during a call.
#[component]
pub fn CallScreen(call: Call) -> impl IntoView {
    let speech = Speech::from_context();
    let link = StoredValue::new(dom::absolute_link(&links::room_path(&call.room())));
    let field = NodeRef::<html::Input>::new();
    let alone = call.slice(|view| view.peers.is_empty() && view.status == Status::Waiting);
    let peers = call.slice(|view| view.peers.iter().map(|peer| peer.id).collect::<Vec<_>>());
    let left_by = call.slice(|view| view.left_by.clone());
    let invitation = move || {
        let texts = speech.texts();
        match left_by.get() {
            Some(peer) => ((texts.left_by)(&display_name(Some(&peer), texts)), texts.left_by_hint),
            None => (texts.alone.to_owned(), texts.alone_hint),
        }
    };
    let shape = move || peers.with(Vec::len).min(9).to_string();
    let room = call.room().to_string();
    view! {
        <div class="call">
            <Announced hidden=true text=Signal::derive(move || (speech.texts().room_named)(&room))/>
            <CallNotices call/>
            <DeviceNotices call/>
            <div class="stage" data-others=shape>
                <ul class="others" aria-label=speech.say(|t| t.people)>
                    <For each=move || peers.get() key=|peer| *peer let:peer>
                        <PeerTile call peer/>
                    </For>
                </ul>
                <OwnPicture call/>
                <Show when=move || alone.get()>
                    <section class="invite">
                        <div role="status">
                            <h2>{move || invitation().0}</h2>
                        </div>
                        <p>{move || invitation().1}</p>
                        <LinkField link field/>
                        <CopyButton link field class="button primary"/>
                    </section>
                </Show>
            </div>
            <ControlBar call link field/>
        </div>
    }
}
