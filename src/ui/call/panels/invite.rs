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
                .map(|part| percent_encoded(&part));
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

/// RFC 3986, section 2.1: everything but unreserved characters.
fn percent_encoded(text: &str) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default().to_ascii_uppercase();
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.extend(['%', digit(byte >> 4), digit(byte & 15)]),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_unreserved_is_encoded() {
        assert_eq!(percent_encoded("a-Z_0.~"), "a-Z_0.~");
        assert_eq!(percent_encoded("Join: http://x/r/é?&"), "Join%3A%20http%3A%2F%2Fx%2Fr%2F%C3%A9%3F%26");
        assert_eq!(percent_encoded("加"), "%E5%8A%A0");
    }
}
