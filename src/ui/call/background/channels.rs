//! Opens the data channels while the part is drawn.

use leptos::prelude::*;

use crate::ui::{call::chat::ChatHandle, handle::CallHandle, reactive::effect};

/// Opens a chat channel to everybody, from now on, for the chat and the files of this call.
pub fn open_channels(call: CallHandle, chat: ChatHandle) {
    let Some(listen) = chat.listener() else { return };
    let (Some(listen_for_files), Some(accept)) = (chat.files.listener(), chat.files.acceptor()) else {
        return;
    };
    let report = move |peer, event| {
        listen(peer, &event);
        listen_for_files(peer, &event);
    };
    let Some(channels) = call.open_channels(report, accept) else { return };
    chat.use_channels(channels.clone());
    let channels = StoredValue::new_local(channels);
    effect(move || {
        let view = call.view.get();
        channels.with_value(|channels| channels.observe(&view));
    });
}
