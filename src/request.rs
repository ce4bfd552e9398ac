//! What a page may know about its request. Filled by [`crate::server`], read while rendering on the server.

/// Facts of one page request, provided as a context for every render on the server; absent in the browser.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestFacts {
    /// The path of the page.
    pub path: String,
    /// The parameter `name` of the address, unchecked.
    pub name: Option<String>,
    /// The address says `join=now`, and no other site started this navigation.
    pub join_now: bool,
    /// Another site started this navigation, or the browser does not say (Fetch Metadata).
    pub by_other_site: bool,
    /// The `Accept-Language` header, or nothing.
    pub accept_language: String,
    /// The `Cookie` header, or nothing.
    pub cookie: String,
    /// Base URLs at which other devices of the same private network reach this server; empty on a public
    /// host.
    pub private_network_addresses: Vec<String>,
}
