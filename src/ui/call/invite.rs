//! The link to send, while nobody else is there.

use leptos::{html, prelude::*};

use super::names::display_name;
use crate::{
    call::Status,
    ui::{
        handle::CallHandle,
        parts::copy::{CopyButton, LinkField},
        reactive::Derived,
        text::{call as text, i18n::I18n},
    },
};

/// The link to send, and who left last.
#[component]
pub fn Invitation(call: CallHandle, link: StoredValue<String>, field: NodeRef<html::Input>) -> impl IntoView {
    let i18n = I18n::from_context();
    let alone = call.slice(|view| view.participants.is_empty() && view.status == Status::Waiting);
    let left_by = call.slice(|view| view.left_by.clone());
    let words = Derived::new(move || match left_by.get() {
        Some(peer) => (
            i18n.fill(&text::LEFT_BY, &display_name(Some(&peer), i18n.language())),
            i18n.get(&text::LEFT_BY_HINT),
        ),
        None => (i18n.get(&text::ALONE).to_owned(), i18n.get(&text::ALONE_HINT)),
    });
    view! {
        {move || alone.get().then(|| view! {
            <section class="invite">
                <div role="status">
                    <h2>{move || words.get().0}</h2>
                </div>
                <p>{move || words.get().1}</p>
                <LinkField link field/>
                <CopyButton link field class="button primary"/>
            </section>
        }.into_any())}
    }
}
