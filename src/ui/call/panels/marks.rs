//! A mark on the tile of somebody to whom the connection is not good.

use leptos::{html, prelude::*};

use super::words::Standing;
use crate::{
    call::quality::{Grade, Quality, Verdict},
    protocol::{PeerId, TrackSource},
    ui::{
        dom,
        handle::CallHandle,
        parts::icons::bars,
        reactive::{Derived, State, effect},
        text::{i18n::I18n, panels as text},
    },
};

/// The marks of everybody.
#[component]
pub fn Marks(call: CallHandle, quality: State<Quality>) -> impl IntoView {
    let peers = call.slice(|view| view.participants.iter().map(|peer| peer.id).collect::<Vec<_>>());
    view! {
        <div hidden>
            <For each=move || peers.get() key=|peer| *peer let:peer>
                <Mark call peer quality/>
            </For>
        </div>
    }
}

/// The connection to a participant. `None` once they are gone.
pub fn standing(call: CallHandle, quality: State<Quality>, peer: PeerId) -> Derived<Option<Standing>> {
    let now = call.slice(move |view| view.participants.iter().find(|other| other.id == peer).cloned());
    Derived::new(move || {
        let verdict = quality.with(|quality| quality.verdict(peer));
        now.with(|now| now.as_ref().map(|now| Standing::of(now, verdict)))
    })
}

/// The mark of a participant. It is moved into the tile, beside the elements that play.
#[component]
fn Mark(call: CallHandle, peer: PeerId, quality: State<Quality>) -> impl IntoView {
    let i18n = I18n::from_context();
    let mark = NodeRef::<html::Span>::new();
    let shown = standing(call, quality, peer);
    let shown = Derived::new(move || shown.get().filter(|standing| is_worth_a_mark(*standing)));
    effect(move || {
        call.players.track();
        shown.track();
        let player = call.player(peer, TrackSource::Camera);
        let tile = player.and_then(|player| player.parent_element());
        if let (Some(mark), Some(tile)) = (mark.get(), tile) {
            dom::put_into(&tile, &mark);
        }
    });
    on_cleanup(move || {
        if let Some(mark) = mark.try_get_untracked().flatten() {
            mark.remove();
        }
    });
    let words = move || {
        let standing = shown.get().map(|standing| standing.in_words(i18n.language()));
        standing.map(|standing| i18n.fill(&text::CONNECTION_IS, &standing)).unwrap_or_default()
    };
    view! {
        // Stays where it is, so that the list can be changed while the mark is elsewhere.
        <div>
            <span
                class="quality-mark"
                data-testid="quality-mark"
                data-grade=move || shown.get().map(Standing::as_str)
                hidden=move || shown.get().is_none()
                title=words
                node_ref=mark
            >
                {bars()}
                <span class="sr-only">{words}</span>
            </span>
        </div>
    }
}

/// A good connection needs none, and one without a path says so on the tile.
fn is_worth_a_mark(standing: Standing) -> bool {
    matches!(standing, Standing::Judged(Verdict { grade: Grade::Fair | Grade::Poor, .. }))
}
