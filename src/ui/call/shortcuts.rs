//! Keyboard shortcuts during a call.

use leptos::{ev, prelude::*};
use web_sys::KeyboardEvent;

use crate::{
    call::DeviceKind,
    ui::{dom, handle::CallHandle, reactive::State},
};

/// Listens for single keys, except while typing; they can be disabled (WCAG 2.1.4).
pub fn listen_for_keys(call: CallHandle, shortcuts: State<bool>) {
    let listener = window_event_listener(ev::keydown, move |event| press(call, &event, shortcuts));
    on_cleanup(move || listener.remove());
}

/// Does what this key press stands for.
pub fn press(call: CallHandle, event: &KeyboardEvent, shortcuts: State<bool>) {
    match single_key(event, shortcuts).as_deref() {
        Some("m" | "M" | "KeyM") => call.toggle(DeviceKind::Microphone),
        Some("v" | "V" | "KeyV") => call.toggle(DeviceKind::Camera),
        _ => {}
    }
}

/// The key of this press, if it is meant as a shortcut: `KeyboardEvent.key`, or `code` on a layout without
/// Latin letters.
pub fn single_key(event: &KeyboardEvent, shortcuts: State<bool>) -> Option<String> {
    let modified = event.ctrl_key() || event.alt_key() || event.meta_key();
    // A key may be a step of an input method.
    let typing = dom::is_typing(event) || event.is_composing();
    if modified || typing || event.repeat() || !shortcuts.get_untracked() {
        return None;
    }
    let key = event.key();
    Some(if key.is_ascii() { key } else { event.code() })
}
