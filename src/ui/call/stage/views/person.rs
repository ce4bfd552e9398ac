//! What can be done with somebody else: the buttons to pin their tile and to hear them louder or not at all,
//! over the tile and in the list of people.

use leptos::{html, prelude::*};

use super::{icons, state::StageViews, volume::Volume};
use crate::{
    protocol::PeerId,
    ui::{
        call::names::display_name,
        dom,
        parts::icons::draw_path,
        reactive::{Derived, effect},
        text::{devices::CLOSE, i18n::I18n, stage as text},
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
    let muted = Derived::new(move || stage.volume_of(peer).muted);
    let tools = NodeRef::<html::Div>::new();
    effect(move || {
        if let Some(tile) = tools.get().and_then(|tools| tools.parent_element()) {
            dom::set_attribute(&tile, "data-pinned", &pinned.get().to_string());
            dom::set_attribute(&tile, "data-speaking", &speaks.get().to_string());
        }
    });
    let menu = format!("menu-of-{peer}");
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
            <PinButton stage peer name/>
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

/// Keeps somebody large, or no longer.
#[component]
fn PinButton(stage: StageViews, peer: PeerId, name: Derived<String>) -> impl IntoView {
    let i18n = I18n::from_context();
    let label = move || i18n.fill(&text::PIN, &name.get());
    view! {
        <button
            type="button"
            class="button small round"
            data-testid="pin"
            aria-pressed=move || stage.is_pinned(peer).to_string()
            aria-label=label
            title=label
            on:click=move |_| stage.toggle_pin(peer)
        >
            {draw_path(icons::PIN)}
        </button>
    }
}

/// The slider for how loud somebody is.
#[component]
fn VolumeSlider(stage: StageViews, peer: PeerId, name: Derived<String>) -> impl IntoView {
    let i18n = I18n::from_context();
    view! {
        <input
            type="range"
            min="0"
            max="100"
            step="5"
            data-testid="volume"
            aria-label=move || i18n.fill(&text::VOLUME_OF, &name.get())
            prop:value=move || stage.volume_of(peer).percent.to_string()
            on:input=move |event| {
                stage.change_volume(peer, |now| now.slid_to(&event_target_value(&event)));
            }
        />
    }
}

/// The same in one row, for the list of people.
#[component]
pub fn PersonActions(stage: StageViews, peer: PeerId, name: Derived<String>) -> impl IntoView {
    let i18n = I18n::from_context();
    let muted = Derived::new(move || stage.volume_of(peer).muted);
    let label = move || i18n.fill(&text::MUTE_FOR_ME_NAMED, &name.get());
    view! {
        <div class="person-actions">
            <PinButton stage peer name/>
            <button
                type="button"
                class="button small round"
                data-testid="person-mute"
                aria-pressed=move || muted.get().to_string()
                aria-label=label
                title=label
                on:click=move |_| stage.change_volume(peer, |now| Volume { muted: !now.muted, ..now })
            >
                {move || draw_path(if muted.get() { icons::SOUND_OFF } else { icons::SOUND })}
            </button>
            <VolumeSlider stage peer name/>
        </div>
    }
}

/// How loud somebody is, in the menu of their tile.
#[component]
fn VolumeChoice(stage: StageViews, peer: PeerId, name: Derived<String>) -> impl IntoView {
    let i18n = I18n::from_context();
    view! {
        <label class="choice">
            <span>{move || i18n.fill(&text::VOLUME_OF, &name.get())}</span>
            <VolumeSlider stage peer name/>
        </label>
        <label class="check">
            <input
                type="checkbox"
                data-testid="mute-for-me"
                prop:checked=move || stage.volume_of(peer).muted
                on:change=move |event| {
                    let muted = event_target_checked(&event);
                    stage.change_volume(peer, |now| Volume { muted, ..now });
                }
            />
            <span>
                {i18n.t(&text::MUTE_FOR_ME)}
                <small>{i18n.t(&text::MUTE_FOR_ME_HINT)}</small>
            </span>
        </label>
    }
}
