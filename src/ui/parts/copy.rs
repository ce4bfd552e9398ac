//! The link to a call, and a button that copies it.

use leptos::{html, prelude::*, task::spawn_local};

use crate::ui::{
    dom,
    parts::icons::Icon,
    reactive::State,
    text::{call as text, i18n::I18n},
};

/// The result of copying.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Copied {
    #[default]
    NotYet,
    Yes,
    Failed,
}

/// The link in a field. [`CopyButton`] copies its selection where there is no clipboard API.
#[component]
pub fn LinkField(
    /// The link.
    link: StoredValue<String>,
    /// The field, for [`CopyButton`].
    field: NodeRef<html::Input>,
) -> impl IntoView {
    let i18n = I18n::from_context();
    let select = move |_| {
        if let Some(field) = field.get_untracked() {
            field.select();
        }
    };
    view! {
        <input
            class="link-field"
            type="text"
            readonly
            aria-label=i18n.t(&text::LINK_TO_CALL)
            prop:value=link.get_value()
            node_ref=field
            on:focus=select
        />
    }
}

/// A button that copies a link and shows the result.
#[component]
pub fn CopyButton(
    /// The link.
    link: StoredValue<String>,
    /// The field that contains the link.
    field: NodeRef<html::Input>,
    /// The button's class.
    class: &'static str,
    /// The `data-testid` of the button.
    #[prop(optional)]
    test_id: Option<&'static str>,
) -> impl IntoView {
    let i18n = I18n::from_context();
    let copied = State::new(Copied::default());
    let copy = move |_| {
        let done = dom::copy_text(link.get_value().into(), field.get_untracked());
        spawn_local(async move {
            let worked = done.await;
            copied.set(if worked { Copied::Yes } else { Copied::Failed });
            set_timeout(move || copied.set(Copied::NotYet), std::time::Duration::from_secs(4));
        });
    };
    let glyph = move || match copied.get() {
        Copied::Yes => Icon::Check.draw(),
        Copied::NotYet | Copied::Failed => Icon::Link.draw(),
    };
    let outcome = move || match copied.get() {
        Copied::NotYet => "",
        Copied::Yes => i18n.get(&text::COPIED),
        Copied::Failed => i18n.get(&text::COPY_FAILED),
    };
    view! {
        <span class="copy">
            <button type="button" class=class data-testid=test_id on:click=copy>
                {move || glyph()}
                <span class="label">{i18n.t(&text::COPY_LINK)}</span>
            </button>
            <span class="toast" role="status">{move || outcome()}</span>
        </span>
    }
}
