//! What lies over the tile of somebody else: the buttons to pin it and to hear them louder or not at all.

use leptos::{html, prelude::*};

use super::{icons, state::StageViews, volume::Volume};
use crate::{
    protocol::PeerId,
    ui::{
        call::names::display_name,
        dom,
        parts::icons::draw_path,
        reactive::{Derived, effect},
        text::{Text, devices::CLOSE, i18n::I18n, stage as text},
    },
};

/// The buttons of a participant's tile, and what marks the tile.
#[component]
pub(super) fn PersonTools(stage: StageViews, peer: PeerId) -> impl IntoView {
    let i18n = I18n::from_context();
    let name = stage.call.slice(move |view| view.participants.iter().find(|other| other.id == peer).cloned());
    let name = Derived::new(move || name.with(|now| display_name(now.as_ref(), i18n.language())));
    let pinned = Derived::new(move || stage.is_pinned(peer));
    let speaks = Derived::new(move || stage.heard.with(|heard| heard.speaking.contains(&peer)));
    let muted = Derived::new(move || stage.volumes.with(|volumes| volumes.of(peer).muted));
    let tools = NodeRef::<html::Div>::new();
    effect(move || {
        if let Some(tile) = tools.get().and_then(|tools| tools.parent_element()) {
            dom::set_attribute(&tile, "data-pinned", &pinned.get().to_string());
            dom::set_attribute(&tile, "data-speaking", &speaks.get().to_string());
        }
    });
    let menu = format!("menu-of-{peer}");
    let pin_label = move || i18n.fill(&text::PIN, &name.get());
    let menu_label = move || i18n.fill(&text::VOLUME_OF, &name.get());
    view! {
        // Before the buttons, which lie over it on a small tile.
        {move || muted.get().then(|| view! {
            <p class="tile-status">
                {draw_path(icons::SOUND_OFF)}
                <span class="sr-only">{i18n.t(&text::MUTED_FOR_ME)}</span>
            </p>
        }.into_any())}
        <div class="tile-actions" node_ref=tools>
            <button
                type="button"
                class="button small round"
                data-testid="pin"
                aria-pressed=move || pinned.get().to_string()
                aria-label=pin_label
                title=pin_label
                on:click=move |_| stage.toggle_pin(peer)
            >
                {draw_path(icons::PIN)}
            </button>
            <button
                type="button"
                class="button small round"
                data-testid="open-volume"
                aria-label=menu_label
                title=menu_label
                popovertarget=menu.clone()
            >
                {move || draw_path(if muted.get() { icons::SOUND_OFF } else { icons::SOUND })}
            </button>
        </div>
        <div id=menu.clone() class="menu" popover="auto" role="dialog" aria-label=menu_label>
            <VolumeChoice stage peer name/>
            <button type="button" class="button" popovertarget=menu.clone() popovertargetaction="hide">
                {i18n.t(&CLOSE)}
            </button>
        </div>
    }
}

/// How loud somebody is.
#[component]
fn VolumeChoice(stage: StageViews, peer: PeerId, name: Derived<String>) -> impl IntoView {
    let i18n = I18n::from_context();
    let volume = Derived::new(move || stage.volumes.with(|volumes| volumes.of(peer)));
    let change = move |change: &dyn Fn(Volume) -> Volume| {
        let mut volumes = stage.volumes.get_untracked();
        volumes.set(peer, change(volumes.of(peer)));
        stage.volumes.set(volumes);
    };
    let label = |words: &'static Text| i18n.t(words);
    view! {
        <label class="choice">
            <span>{move || i18n.fill(&text::VOLUME_OF, &name.get())}</span>
            <input
                type="range"
                min="0"
                max="100"
                step="5"
                data-testid="volume"
                prop:value=move || volume.get().percent.to_string()
                on:input=move |event| change(&|now| now.slid_to(&event_target_value(&event)))
            />
        </label>
        <label class="check">
            <input
                type="checkbox"
                data-testid="mute-for-me"
                prop:checked=move || volume.get().muted
                on:change=move |event| {
                    let muted = event_target_checked(&event);
                    change(&|now| Volume { muted, ..now });
                }
            />
            <span>
                {label(&text::MUTE_FOR_ME)}
                <small>{label(&text::MUTE_FOR_ME_HINT)}</small>
            </span>
        </label>
    }
}
