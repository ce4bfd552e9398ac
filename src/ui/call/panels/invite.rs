//! The panel that invites: the room's link, to be copied, shared, sent by e-mail, and scanned.

use leptos::{html, prelude::*, tachys::html::InertElement};

use super::qr;
use crate::ui::{
    dom,
    parts::{
        copy::{CopyButton, LinkField},
        icons::{Glyph, Icon},
    },
    text::{i18n::I18n, panels as text},
};

/// The link, and the ways to hand it on.
#[component]
pub fn Invite(link: StoredValue<String>) -> impl IntoView {
    let i18n = I18n::from_context();
    let field = NodeRef::<html::Input>::new();
    let share = move |_| dom::share(&link.get_value());
    let email = move || {
        let [subject, body] =
            [i18n.get(&text::EMAIL_SUBJECT).to_owned(), i18n.fill(&text::EMAIL_BODY, &link.get_value())]
                .map(|part| String::from(js_sys::encode_uri_component(&part)));
        ["mailto:?subject=", &subject, "&body=", &body].concat()
    };
    let code = move || {
        qr::draw(&link.get_value(), i18n.get(&text::QR_CODE)).map(|code| InertElement::new(code).into_any())
    };
    view! {
        <p class="soft">{i18n.t(&text::INVITE_HINT)}</p>
        <LinkField link field/>
        <div class="actions">
            <CopyButton link field class="button primary"/>
            {dom::can_share().then(|| view! {
                <button type="button" class="button" data-testid="share-link" on:click=share>
                    <Glyph icon=Icon::Arrow/>
                    {i18n.t(&text::SHARE)}
                </button>
            })}
            // In a tab of its own: with a mail program on the web it would end the call.
            <a class="button" data-testid="email-link" href=email target="_blank" rel="noopener">
                {i18n.t(&text::EMAIL)}
            </a>
        </div>
        <div class="qr-code" data-testid="qr-code">{code}</div>
        <p class="soft">{i18n.t(&text::QR_HINT)}</p>
    }
}
