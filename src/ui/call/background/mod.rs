//! What goes on beside a call and is not needed to have one: sounds, the chosen loudspeaker, hints about the
//! microphone, keys for more than the two devices, readings of the connections, and what is sent less of. In
//! the late part of the call ([`super::extras`]).

pub mod channels;
mod data_saver;
mod keys;
mod microphone;
pub mod readings;
pub mod sounds;
mod viewing;

use leptos::prelude::*;

pub use self::data_saver::DataSaverChoice;
use self::{
    data_saver::{DataSaverOffer, restore_data_saver},
    keys::{ShortcutList, listen_for_more_keys},
    microphone::MicrophoneHints,
    sounds::{keep_loudspeaker, play_sounds},
    viewing::send_sizes,
};
use super::stage::views::StageViews;
use crate::{
    call::quality::Quality,
    ui::{dom, handle::CallHandle, parts::switch::is_on, reactive::State},
};

/// Storage key: this person's own picture is a mirror.
pub const MIRROR_KEY: &str = "halloo.mirror";

/// All of it.
#[component]
pub fn Background(
    call: CallHandle,
    stage: StageViews,
    quality: State<Quality>,
    shortcuts: State<bool>,
) -> impl IntoView {
    restore_data_saver(call);
    send_sizes(call, stage);
    show_mirrored(is_on(MIRROR_KEY));
    play_sounds(call);
    keep_loudspeaker(call);
    listen_for_more_keys(call, shortcuts);
    view! {
        <MicrophoneHints call/>
        <DataSaverOffer call quality/>
        <ShortcutList/>
    }
}

/// Shows the own picture as in a mirror, or as the others see it.
pub fn show_mirrored(on: bool) {
    dom::set_root_attribute("data-mirror", if on { "on" } else { "off" });
}
