//! The page that the server sends to whoever goes straight into the call: the shape of a call, in which the
//! client shows the others before it has drawn the page. Drawing the page takes as long as connecting.

use std::{cell::Cell, rc::Rc, time::Duration};

use leptos::prelude::*;

use crate::{
    browser::EARLY_STAGE,
    call::{CallView, Status},
    ui::{
        dom,
        handle::CallHandle,
        reactive::{State, effect},
        text::{i18n::I18n, status::CONNECTING},
    },
};

/// How long drawing waits for a picture.
const PATIENCE: Duration = Duration::from_millis(400);

/// The page. Without words at first: the first layout of a text takes as long as to start the client. The
/// style sheet shows some once `<html>` has the attribute `data-slow`.
#[component]
pub fn EarlyPage() -> impl IntoView {
    let i18n = I18n::from_context();
    view! {
        <header class="bar"></header>
        <main id="content" class="page room">
            <div class="call">
                <div class="stage">
                    <div class="tiles tile" id=EARLY_STAGE aria-hidden="true"></div>
                    <p class="early-words">{i18n.t(&CONNECTING)}</p>
                </div>
                <div class="controls"></div>
            </div>
        </main>
    }
}

/// Returns whether this page is in the document.
pub fn early_page_is_up() -> bool {
    dom::has_element(EARLY_STAGE)
}

/// Draws the page in place of this one once a picture is seen, once none is to be waited for, or `PATIENCE`
/// from now.
pub fn draw_when_seen(call: CallHandle, draw: impl FnOnce() + 'static) {
    let seen = State::new(false);
    // The second frame: the picture is painted after the callbacks of the first.
    let painted = move || request_animation_frame(move || request_animation_frame(move || seen.set(true)));
    // Kept until the page is drawn.
    let listener = dom::on_pictures(EARLY_STAGE, painted);
    let waiting = Rc::new(Cell::new(Some((listener, draw))));
    let draw_once = move || {
        if let Some((_, draw)) = waiting.take() {
            draw();
        }
    };
    set_timeout(draw_once.clone(), PATIENCE);
    let is_awaited = call.slice(awaits_picture);
    effect(move || {
        if seen.get() || !is_awaited.get() {
            untrack(&draw_once);
        }
    });
}

/// Whether a picture of somebody may be on its way.
fn awaits_picture(view: &CallView) -> bool {
    let others = &view.participants;
    match view.status {
        Status::Connecting | Status::Connected => {
            others.is_empty() || others.iter().any(|other| other.media.camera)
        }
        Status::Lobby
        | Status::Waiting
        | Status::Reconnecting
        | Status::Full
        | Status::Locked
        | Status::Left
        | Status::Error => false,
    }
}
