//! The button that sends files.

use leptos::{html, prelude::*};

use super::{handle::FilesHandle, icons};
use crate::{
    protocol::PeerId,
    ui::{
        dom,
        parts::icons::draw_path,
        reactive::State,
        text::{files as text, i18n::I18n},
    },
};

/// Chooses files and offers them.
#[component]
pub fn SendFile(files: FilesHandle, to: State<Option<PeerId>>) -> impl IntoView {
    let i18n = I18n::from_context();
    let field = NodeRef::<html::Input>::new();
    let send = move || {
        if let Some(field) = field.get_untracked() {
            files.offer(dom::chosen_files(&field), to.get_untracked());
        }
    };
    view! {
        <label class="send-file" data-testid="send-file" title=i18n.t(&text::SEND_FILE)>
            <input
                type="file"
                class="sr-only"
                multiple
                aria-label=i18n.t(&text::SEND_FILE)
                node_ref=field
                on:change=move |_| send()
            />
            {draw_path(icons::CLIP)}
        </label>
    }
}
