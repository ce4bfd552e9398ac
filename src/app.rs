//! The page around the components: document shell, which page stands at which path, contexts.
//!
//! The server renders a page whole, so that it can be read before the client is there; the client then builds the same
//! page anew in its place. Building only is a third smaller to send than taking over what is there, and pages follow
//! each other by ordinary navigation, so there is no router to send either.

use leptos::prelude::*;
use leptos_meta::HashedStylesheet;

use crate::{
    request::RequestFacts,
    ui::{HomePage, NotFoundPage, Page, PageFacts, RoomPage, Speech, dom, title_of},
};

/// The HTML document into which the app is rendered on the server.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let request = use_context::<RequestFacts>().unwrap_or_default();
    let facts = PageFacts::from_request(&request);
    let page = Page::at(&request.path);
    provide_context(facts.clone());
    view! {
        <!DOCTYPE html>
        <html lang=facts.language.tag() data-facts=facts.attribute()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f5f1e8"/>
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0f1816"/>
                <title>{title_of(&page, facts.language)}</title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options=options.clone()/>
                <HashedStylesheet options id="halloo-style"/>
            </head>
            <body>
                <App page/>
            </body>
        </html>
    }
}

/// Takes over the page that the server rendered, and says so (contract with scripts and tests).
pub fn take_over() {
    dom::clear_body();
    leptos::mount::mount_to_body(|| {
        provide_context(PageFacts::from_document());
        view! { <App page=Page::at(&dom::path())/> }
    });
    dom::set_root_attribute("data-hydrated", "true");
}

/// The app.
#[component]
pub fn App(
    /// Which of the pages.
    page: Page,
) -> impl IntoView {
    let facts = use_context::<PageFacts>().unwrap_or_default();
    Speech::provide(facts.language);
    match page {
        Page::Home => view! { <HomePage/> }.into_any(),
        Page::Room(name) => view! { <RoomPage name/> }.into_any(),
        Page::Nowhere => view! { <NotFoundPage/> }.into_any(),
    }
}
