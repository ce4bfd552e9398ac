//! What the server knows about the request that it renders a page for.

/// Facts about one request, provided as Leptos context while a page is rendered on the server.
#[derive(Debug, Clone, Default)]
pub struct RequestFacts {
    /// Whether `?join=now` counts: no other site started this navigation.
    pub join_allowed: bool,
    /// The `Accept-Language` header, or nothing.
    pub accept_language: String,
    /// The `Cookie` header, or nothing.
    pub cookie: String,
    /// Addresses at which other devices reach this server, if the page was asked for from a private network.
    pub private_network_addresses: Vec<String>,
}
