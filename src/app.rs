//! The page around the components: document shell, routes, contexts.

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, provide_meta_context};
use leptos_router::{
    ParamSegment, StaticSegment,
    components::{Route, Router, Routes},
};

use crate::{
    request::RequestFacts,
    ui::{HomePage, NotFoundPage, PageFacts, RoomPage, Speech, mark_hydrated},
};

/// The HTML document into which the app is rendered on the server.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let facts = PageFacts::from_request(&use_context::<RequestFacts>().unwrap_or_default());
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
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options=options.clone()/>
                <HashedStylesheet options id="halloo-style"/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// The app in the browser, taking over the page that the server rendered.
#[component]
pub fn TakenOver() -> impl IntoView {
    provide_context(PageFacts::from_document());
    view! { <App/> }
}

/// The app.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let facts = use_context::<PageFacts>().unwrap_or_default();
    Speech::provide(facts.language);
    Effect::new(|_| mark_hydrated());

    view! {
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=StaticSegment("") view=HomePage/>
                <Route path=(StaticSegment("r"), ParamSegment("room")) view=RoomPage/>
            </Routes>
        </Router>
    }
}
