//! What lies over the own tile: the buttons for the next camera, to move the tile into another corner and to
//! hide it. It can be dragged, too, while it lies over another tile.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{
    icons,
    settings::{Corner, Settings},
    state::StageViews,
};
use crate::{
    call::{DeviceKind, DeviceState},
    ui::{
        dom::{self, Drag},
        handle::CallHandle,
        parts::icons::draw_path,
        reactive::{Derived, effect},
        text::{i18n::I18n, stage as text},
    },
};

/// The buttons of the own tile.
#[component]
pub(super) fn OwnTools(stage: StageViews) -> impl IntoView {
    let i18n = I18n::from_context();
    let tools = NodeRef::<html::Div>::new();
    let alone = stage.call.slice(|view| view.participants.is_empty());
    // The buttons stay, and the focus with them, when only the corner changes.
    let floating = Derived::new(move || stage.places.is_own_floating());
    let move_to = move |corner: Corner| {
        stage.choose(Settings { corner, ..stage.settings.get_untracked() });
    };
    drag_to_corner(tools, move || floating.get_untracked(), move_to);
    let corner = move || stage.settings.get_untracked().corner;
    let press = move |event: web_sys::KeyboardEvent| {
        if let Some(corner) = corner().after_key(&event.key()) {
            event.prevent_default();
            move_to(corner);
        }
    };
    let hide = move |_| {
        stage.choose(Settings { own_hidden: true, ..stage.settings.get_untracked() });
        // The button is hidden, too: where it can be shown again is the next best.
        dom::focus_first("[data-testid=open-devices]");
    };
    let move_button = move || {
        floating.get().then(|| {
            view! {
                <button
                    type="button"
                    class="button small round"
                    data-testid="move-own"
                    aria-label=i18n.t(&text::MOVE_OWN)
                    title=i18n.t(&text::MOVE_OWN)
                    on:click=move |_| move_to(corner().next())
                    on:keydown=press
                >
                    {draw_path(icons::MOVE)}
                </button>
            }
            .into_any()
        })
    };
    let hide_button = move || {
        (!alone.get()).then(|| {
            view! {
                <button
                    type="button"
                    class="button small round"
                    data-testid="hide-own"
                    aria-label=i18n.t(&text::HIDE_OWN)
                    title=i18n.t(&text::HIDE_OWN)
                    on:click=hide
                >
                    {draw_path(icons::HIDE)}
                </button>
            }
            .into_any()
        })
    };
    view! {
        <div class="tile-actions" node_ref=tools>
            <NextCamera call=stage.call/> {move_button} {hide_button}
        </div>
    }
}

/// Uses the next camera: on phones the one at the other side. Only where there are several, and one is on.
#[component]
fn NextCamera(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let next = call.slice(|view| {
        let cameras: Vec<_> =
            view.inputs.iter().filter(|one| one.kind == DeviceKind::Camera && !one.id.is_empty()).collect();
        let used = view.camera.device.as_ref().filter(|_| view.camera.state == DeviceState::On)?;
        let at = cameras.iter().position(|camera| camera.id == *used)?;
        let next = cameras.get((at + 1) % cameras.len())?;
        (next.id != *used).then(|| next.id.clone())
    });
    let use_next = move |_| {
        if let Some(id) = next.get_untracked() {
            call.choose(DeviceKind::Camera, id);
        }
    };
    // It stays, and the focus with it, while the next camera starts.
    let is_there = call.slice(|view| {
        let is_used = matches!(view.camera.state, DeviceState::On | DeviceState::Starting);
        is_used && view.inputs.iter().filter(|one| one.kind == DeviceKind::Camera).count() > 1
    });
    move || {
        is_there.get().then(|| {
            view! {
                <button
                    type="button"
                    class="button small round"
                    data-testid="next-camera"
                    aria-label=i18n.t(&text::NEXT_CAMERA)
                    title=i18n.t(&text::NEXT_CAMERA)
                    on:click=use_next
                >
                    {draw_path(icons::TURN)}
                </button>
            }
            .into_any()
        })
    }
}

/// Lets the tile of these tools be dragged by mouse, finger or pen, and calls `drop` with the corner nearest
/// to where it is let go.
fn drag_to_corner(
    tools: NodeRef<html::Div>,
    enabled: impl Fn() -> bool + Copy + 'static,
    drop: impl Fn(Corner) + Copy + 'static,
) {
    let drag = StoredValue::new_local(None);
    effect(move || {
        let tile = tools.get().and_then(|tools| tools.parent_element()?.dyn_into::<HtmlElement>().ok());
        drag.set_value(
            tile.map(|tile| Drag::listen(&tile, enabled, move |(x, y)| drop(Corner::nearest(x, y)))),
        );
    });
}
