//! Keys for more than the two devices: talk while a key is held, and the list of all keys.

use leptos::{ev, prelude::*};

use crate::{
    call::DeviceKind,
    ui::{
        call::shortcuts::single_key,
        dom,
        handle::{CallHandle, is_wanted},
        reactive::State,
        text::{Text, i18n::I18n, shortcuts as text},
    },
};

/// Id of the list of all keys.
const LIST: &str = "shortcut-list";

/// All keys, and what they do.
const KEYS: [(&str, &Text); 4] =
    [("M", &text::MICROPHONE), ("V", &text::CAMERA), ("T", &text::TALK), ("?", &text::LIST)];

/// Listens for keys. The microphone is on for as long as the key to talk is held, if it was off before.
pub fn listen_for_more_keys(call: CallHandle, shortcuts: State<bool>) {
    let talking = State::new(false);
    let stop = move || {
        if talking.get_untracked() {
            talking.set(false);
            call.switch(DeviceKind::Microphone, false);
        }
    };
    let down =
        window_event_listener(ev::keydown, move |event| match single_key(&event, shortcuts).as_deref() {
            Some("t" | "T" | "KeyT") if !is_wanted(&call.view.get_untracked(), DeviceKind::Microphone) => {
                talking.set(true);
                call.switch(DeviceKind::Microphone, true);
            }
            Some("?") => dom::toggle_popover(LIST),
            _ => {}
        });
    let up = window_event_listener(ev::keyup, move |event| {
        if event.code() == "KeyT" || event.key().eq_ignore_ascii_case("t") {
            stop();
        }
    });
    // The release of the key is told to another window then.
    let blur = window_event_listener(ev::blur, move |_| stop());
    on_cleanup(move || {
        down.remove();
        up.remove();
        blur.remove();
    });
}

/// The list of all keys, opened by a key.
#[component]
pub fn ShortcutList() -> impl IntoView {
    let i18n = I18n::from_context();
    let rows = KEYS.map(|(key, does)| view! { <dt><kbd>{key}</kbd></dt> <dd>{i18n.t(does)}</dd> });
    view! {
        <div id=LIST class="menu" popover="auto" role="dialog" aria-label=i18n.t(&text::SHORTCUTS)>
            <dl class="keys">{rows.into_iter().collect_view()}</dl>
            <button type="button" class="button" popovertarget=LIST popovertargetaction="hide">
                {i18n.t(&text::CLOSE)}
            </button>
        </div>
    }
}
