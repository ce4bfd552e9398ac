//! Keeps what is received from somebody playing inside of a tile.

use leptos::{html, prelude::*, task::spawn_local};
use web_sys::Element;

use crate::{
    call::PathState,
    protocol::{PeerId, TrackSource},
    ui::{
        dom::{self, Playback},
        handle::CallHandle,
        reactive::{Derived, State, effect},
    },
};

/// Puts the elements that play these sources of a participant into a tile, as they come. `path` is that to
/// the participant, `label` says to screen readers what the picture is.
pub fn keep_playing(
    call: CallHandle,
    peer: PeerId,
    sources: [TrackSource; 2],
    tile: NodeRef<html::Div>,
    path: Derived<Option<PathState>>,
    label: Derived<String>,
) {
    let [picture, sound] = sources;
    let interrupted = interruptions(move || tile.get().map(Into::into));
    effect(move || {
        call.players.track();
        interrupted.track();
        // A repaired connection plays something else in the same elements.
        path.track();
        let Some(tile) = tile.get() else { return };
        for source in sources {
            let Some(player) = call.player(peer, source) else { continue };
            dom::put_into(&tile, &player);
            spawn_local(async move {
                if dom::play(&player).await == Playback::Blocked && source == sound {
                    call.sound_blocked.set(true);
                }
            });
        }
    });
    effect(move || {
        call.players.track();
        let label = label.get();
        if let Some(picture) = call.player(peer, picture) {
            dom::set_label(&picture, &label);
        }
    });
}

/// Changes whenever media inside of an element does not play on. The page never pauses any. Browsers do: when
/// it is moved, when its source changes, when a key of a headset is pressed.
pub fn interruptions(element: impl Fn() -> Option<Element> + 'static) -> State<()> {
    let interrupted = State::new(());
    let watch = StoredValue::new_local(None);
    effect(move || {
        let element = element();
        watch.set_value(element.map(|element| dom::on_interruptions(&element, move || interrupted.set(()))));
    });
    interrupted
}
