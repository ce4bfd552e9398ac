//! The page around the components: document shell, routes, contexts.

use leptos::prelude::*;

/// The HTML document into which the app is rendered on the server.
pub fn shell(_options: LeptosOptions) -> impl IntoView {
    view! { <!DOCTYPE html> <html lang="en"><head></head><body><App/></body></html> }
}

/// The app.
#[component]
pub fn App() -> impl IntoView {
    view! { <main>"halloo"</main> }
}
