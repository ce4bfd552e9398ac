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
        if modified || event.repeat() || dom::is_typing(&event) || !shortcuts.get_untracked() {
            return;
        }
        match event.key().as_str() {
            "m" | "M" => call.toggle(DeviceKind::Microphone),
            "v" | "V" => call.toggle(DeviceKind::Camera),
            _ => {}
        }
    });
    on_cleanup(move || listener.remove());
}
