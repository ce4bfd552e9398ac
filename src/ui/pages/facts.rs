//! What a page must know before its first line is drawn: the same on the server and while it is taken over.

use serde::{Deserialize, Serialize};

use crate::{
    request::RequestFacts,
    ui::{dom, text::language::Language},
};

/// Attribute of `<html>` that carries the facts into the browser; [`crate::app::shell`] writes it.
const FACTS_ATTRIBUTE: &str = "data-facts";

/// Facts about the page, from the request; the browser reads them back from `<html>`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PageFacts {
    /// The language to start in.
    pub language: Language,
    /// The facts that have no attribute of their own in HTML.
    pub carried: CarriedFacts,
}

/// The part of [`PageFacts`] that travels in an attribute.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CarriedFacts {
    /// Whether `?join=now` counts.
    pub join_allowed: bool,
    /// Addresses for other devices in a private network.
    pub addresses: Vec<String>,
}

impl PageFacts {
    /// On the server: from the request.
    pub fn from_request(request: &RequestFacts) -> Self {
        Self {
            language: Language::negotiate(&request.cookie, &request.accept_language),
            carried: CarriedFacts {
                join_allowed: request.join_allowed,
                addresses: request.private_network_addresses.clone(),
            },
        }
    }

    /// In the browser: from the document that [`crate::app::shell`] wrote.
    pub fn from_document() -> Self {
        let carried = dom::root_attribute(FACTS_ATTRIBUTE).unwrap_or_default();
        Self {
            language: dom::root_attribute("lang")
                .and_then(|tag| Language::from_tag(&tag))
                .unwrap_or_default(),
            carried: serde_json::from_str(&carried).unwrap_or_default(),
        }
    }

    /// The value of the attribute `data-facts`.
    pub fn attribute(&self) -> String {
        serde_json::to_string(&self.carried).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn facts_survive_the_way_into_the_browser() {
        let facts = PageFacts::from_request(&RequestFacts {
            path: String::new(),
            join_allowed: true,
            accept_language: "zh".into(),
            cookie: String::new(),
            private_network_addresses: vec!["http://192.168.1.7:8080".into()],
        });
        assert_eq!(facts.language, Language::SimplifiedChinese);
        assert_eq!(serde_json::from_str::<CarriedFacts>(&facts.attribute()).unwrap(), facts.carried);
    }
}
