//! Keyboard shortcuts during a call.

use leptos::{ev, prelude::*};

use crate::{
    call::DeviceKind,
    ui::{dom, handle::CallHandle, reactive::State},
};

/// Listens for single keys, except while typing; they can be disabled (WCAG 2.1.4).
pub fn listen_for_keys(call: CallHandle, shortcuts: State<bool>) {
    let listener = window_event_listener(ev::keydown, move |event| {
        let modified = event.ctrl_key() || event.alt_key() || event.meta_key();
        // A key may be a step of an input method.
        let typing = dom::is_typing(&event) || event.is_composing();
        if modified || typing || event.repeat() || !shortcuts.get_untracked() {
            return;
        }
        let key = event.key();
        // On a layout without Latin letters the key where the letter is on others.
        let key = if key.is_ascii() { key } else { event.code() };
        match key.as_str() {
            "m" | "M" | "KeyM" => call.toggle(DeviceKind::Microphone),
            "v" | "V" | "KeyV" => call.toggle(DeviceKind::Camera),
            _ => {}
        }
    });
    on_cleanup(move || listener.remove());
}
