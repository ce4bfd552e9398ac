//! Opens the data channels while the part is drawn.

use leptos::prelude::*;

use crate::ui::{handle::CallHandle, reactive::effect};

/// Opens a chat channel to everybody, from now on.
pub fn open_channels(call: CallHandle) {
    let Some(channels) = call.open_channels(|_, _| {}, |_, channel| channel.refuse()) else { return };
    let channels = StoredValue::new_local(channels);
    effect(move || {
        let view = call.view.get();
        channels.with_value(|channels| channels.observe(&view));
    });
}
