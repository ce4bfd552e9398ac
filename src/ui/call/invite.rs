//! The link to send, while nobody else is there.

use leptos::{html, prelude::*};

use super::names::display_name;
use crate::{
    call::Status,
    ui::{
        handle::CallHandle,
        parts::copy::{CopyButton, LinkField},
        text::i18n::I18n,
    },
};

/// The link to send, and who left last.
#[component]
pub fn Invitation(call: CallHandle, link: StoredValue<String>, field: NodeRef<html::Input>) -> impl IntoView {
    let i18n = I18n::from_context();
    let alone = call.slice(|view| view.participants.is_empty() && view.status == Status::Waiting);
    let left_by = call.slice(|view| view.left_by.clone());
    let words = move || {
        let texts = i18n.texts();
        match left_by.get() {
            Some(peer) => ((texts.left_by)(&display_name(Some(&peer), texts)), texts.left_by_hint),
            None => (texts.alone.to_owned(), texts.alone_hint),
        }
    };
    view! {
        <Show when=move || alone.get()>
            <section class="invite">
                <div role="status">
                    <h2>{move || words().0}</h2>
                </div>
                <p>{move || words().1}</p>
                <LinkField link field/>
                <CopyButton link field class="button primary"/>
            </section>
        </Show>
    }
}
