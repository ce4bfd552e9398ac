//! What goes on beside a call and is not needed to have one: sounds, the chosen loudspeaker, hints about the
//! microphone, keys for more than the two devices. In the late part of the call ([`super::extras`]).

mod keys;
mod microphone;
pub mod sounds;

use leptos::prelude::*;

use self::{
    keys::{ShortcutList, listen_for_more_keys},
    microphone::MicrophoneHints,
    sounds::{keep_loudspeaker, play_sounds},
};
use crate::ui::{dom, handle::CallHandle, parts::switch::is_on, reactive::State};

/// Storage key: this person's own picture is a mirror.
pub const MIRROR_KEY: &str = "halloo.mirror";

/// All of it.
#[component]
pub fn Background(call: CallHandle, shortcuts: State<bool>) -> impl IntoView {
    show_mirrored(is_on(MIRROR_KEY));
    play_sounds(call);
    keep_loudspeaker(call);
    listen_for_more_keys(call, shortcuts);
    view! {
        <MicrophoneHints call/>
        <ShortcutList/>
    }
}

/// Shows the own picture as in a mirror, or as the others see it.
pub fn show_mirrored(on: bool) {
    dom::set_root_attribute("data-mirror", if on { "on" } else { "off" });
}
