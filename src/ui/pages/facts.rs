//! What a page must know before it is drawn, the same on the server and in the browser.

use crate::{
    request::RequestFacts,
    ui::{dom, text::language::Language},
};

/// Facts about the page, from the request. [`crate::app::shell`] writes them into attributes of `<html>`,
/// from which the browser reads them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PageFacts {
    /// The language to start in.
    pub language: Language,
    /// The page goes straight into the room.
    pub join_now: bool,
    /// Another site has led here, as far as is known.
    pub by_other_site: bool,
    /// Base URLs for other devices in a private network.
    pub addresses: Vec<String>,
}

impl PageFacts {
    /// On the server: from the request.
    pub fn from_request(request: &RequestFacts) -> Self {
        Self {
            language: Language::negotiate(&request.cookie, &request.accept_language),
            join_now: request.join_now,
            by_other_site: request.by_other_site,
            addresses: request.private_network_addresses.clone(),
        }
    }

    /// In the browser: from the document.
    pub fn from_document() -> Self {
        Self::from_attributes(dom::root_attribute)
    }

    fn from_attributes(attribute: impl Fn(&str) -> Option<String>) -> Self {
        let addresses = attribute("data-addresses").unwrap_or_default();
        Self {
            language: attribute("lang").and_then(|tag| Language::from_tag(&tag)).unwrap_or_default(),
            join_now: attribute("data-join-now").as_deref() == Some("true"),
            by_other_site: attribute("data-by-other-site").as_deref() == Some("true"),
            addresses: addresses.split_ascii_whitespace().map(str::to_owned).collect(),
        }
    }

    /// The value of the attribute `data-join-now`.
    pub const fn join_now_attribute(&self) -> &'static str {
        if self.join_now { "true" } else { "false" }
    }

    /// The value of the attribute `data-by-other-site`, if the page has it.
    pub fn by_other_site_attribute(&self) -> Option<&'static str> {
        self.by_other_site.then_some("true")
    }

    /// The value of the attribute `data-addresses`. No URL contains a space.
    pub fn addresses_attribute(&self) -> String {
        self.addresses.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_survive_the_way_into_the_browser() {
        let facts = PageFacts::from_request(&RequestFacts {
            path: String::new(),
            name: None,
            join_now: true,
            by_other_site: true,
            accept_language: "zh".into(),
            cookie: String::new(),
            private_network_addresses: vec!["http://192.168.1.7:8080".into(), "http://[fd00::7]:8080".into()],
        });
        assert_eq!(facts.language, Language::SimplifiedChinese);
        let attribute = |name: &str| match name {
            "lang" => Some(facts.language.tag().to_owned()),
            "data-join-now" => Some(facts.join_now_attribute().to_owned()),
            "data-by-other-site" => facts.by_other_site_attribute().map(str::to_owned),
            "data-addresses" => Some(facts.addresses_attribute()),
            _ => None,
        };
        assert_eq!(PageFacts::from_attributes(attribute), facts);
        assert_eq!(PageFacts::from_attributes(|_| None), PageFacts::default());
    }
}
