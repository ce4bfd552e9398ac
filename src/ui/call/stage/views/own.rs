//! What lies over the own tile: the buttons to move it into another corner and to hide it. It can be dragged,
//! too, while it lies over another tile.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{
    icons,
    settings::{Corner, Settings},
    state::StageViews,
};
use crate::ui::{
    dom::{self, Drag},
    parts::icons::draw_path,
    reactive::{Derived, effect},
    text::{i18n::I18n, stage as text},
};

/// The buttons of the own tile. None while this person is alone.
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
    view! { <div class="tile-actions" node_ref=tools>{move_button} {hide_button}</div> }
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
