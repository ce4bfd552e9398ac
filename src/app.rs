//! The document around the pages, on the server and in the browser.
//!
//! The server renders a page whole, so that it can be read before the client is there; the client then builds
//! the same page anew in its place. Of a call that is joined at once the server renders only the shape, see
//! [`EarlyPage`]. Building only is a third smaller to send than taking over what is there,
//! and pages follow each other by ordinary navigation, so there is no router to send either.

use std::time::Duration;

use any_spawner::Executor;
use leptos::{nonce::use_nonce, prelude::*};

use crate::{
    protocol::{CloseCode, RoomName},
    request::RequestFacts,
    ui::{
        EarlyJoin, EarlyPage, I18n, NotStarted, Page, PageContent, PageFacts, begin_call, dom,
        draw_when_seen, early_page_is_up, fetch, room_in_path, room_path, title_of,
    },
};

// The server answers the forms of the home page with it, where the client is not there.
pub use crate::ui::{Language, links};

/// Paths of the files that make up the client.
#[derive(Debug, Clone)]
pub struct ClientFiles {
    /// The glue that `wasm-bindgen` generated.
    pub script: String,
    /// The script that loads parts, which the glue imports. Absent where the client is one file.
    pub loader: Option<String>,
    /// The client itself.
    pub wasm: String,
    /// Its styles.
    pub style: String,
}

/// Returns whether there is a page at this path.
pub fn has_page(path: &str) -> bool {
    let page = Page::at(path);
    matches!(page, Page::Home | Page::Signals) || page.room().is_some()
}

/// The room to which a path leads, and the path of its page. The path may be what messengers have made of it.
pub fn room_at(path: &str) -> Option<(RoomName, String)> {
    let room = room_in_path(path.strip_prefix("/r/")?)?;
    let canonical = room_path(&room);
    Some((room, canonical))
}

/// The HTML document into which the app is rendered on the server.
pub fn shell(options: LeptosOptions, files: ClientFiles) -> impl IntoView {
    let request = use_context::<RequestFacts>().unwrap_or_default();
    let facts = PageFacts::from_request(&request);
    let page = Page::at(&request.path);
    let joins_at_once = facts.join_now && page.room().is_some();
    provide_context(facts.clone());
    I18n::provide(facts.language);
    view! {
        <!DOCTYPE html>
        <html
            lang=facts.language.tag()
            data-join-now=facts.join_now_attribute()
            data-by-other-site=facts.by_other_site_attribute()
            data-addresses=facts.addresses_attribute()
        >
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f5f1e8"/>
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0f1816"/>
                <title>{title_of(&page, facts.language)}</title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                {page
                    .room()
                    .map(|room| view! { <EarlyJoin room join_now=facts.join_now name=request.name/> })}
                // Before the styles, for which scripts wait.
                <ClientScript files=files.clone()/>
                <link rel="stylesheet" href=files.style/>
                <AutoReload options/>
            </head>
            <body>
                <NotStarted/>
                {if joins_at_once {
                    view! { <EarlyPage/> }.into_any()
                } else {
                    view! { <App page/> }.into_any()
                }}
            </body>
        </html>
    }
}

/// Close code of a page whose client does not start.
const PAGE_CLOSED: u16 = CloseCode::PageClosed.number();

/// After this time a page that waits for its client says so. Unit: millisecond.
const SLOW_MS: u32 = 700;

/// Starts the client as soon as its files are there: `async`, because a call need not wait for styles and
/// layout. It is compiled while the glue is on its way.
#[component]
fn ClientScript(files: ClientFiles) -> impl IntoView {
    let ClientFiles { script, loader, wasm, .. } = files;
    // A proxy may have changed its type. The glue then compiles it from its bytes.
    let compile = format!(
        r#"globalThis.hallooClient = WebAssembly.compileStreaming(fetch("{wasm}"))
  .catch(() => fetch("{wasm}"));
setTimeout(() => {{ document.documentElement.dataset.slow = ""; }}, {SLOW_MS});"#
    );
    let start = format!(
        r#"try {{
  const {{ default: start, hydrate }} = await import("{script}");
  await start({{ module_or_path: hallooClient }});
  globalThis.hallooWatched = "client started";
  if (document.readyState === "loading")
    await new Promise((go) => document.addEventListener("DOMContentLoaded", go));
  hydrate();
}} catch (error) {{
  document.documentElement.dataset.notStarted = "";
  globalThis.hallooSocket?.close({PAGE_CLOSED});
  throw error;
}}"#
    );
    let preload = |href: String| view! { <link rel="modulepreload" href=href nonce=use_nonce()/> };
    view! {
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
        <script nonce=use_nonce()>{compile}</script>
        {preload(script)}
        {loader.map(preload)}
        <script type="module" r#async nonce=use_nonce()>
            {start}
        </script>
    }
}

/// Takes over the page that the server rendered.
pub async fn take_over() {
    // Effects run before anything is mounted. Fails only if it is initialised already.
    let _ = Executor::init_wasm_bindgen();
    let root = Owner::new();
    let facts = PageFacts::from_document();
    let page = Page::at(&dom::path());
    let call = root.with(|| match &page {
        // Before anything is drawn: socket, camera and microphone take time to open.
        Page::Room(name) => begin_call(name, &facts),
        Page::Home | Page::Signals | Page::Nowhere => None,
    });
    let owner = root.clone();
    let build = move || build(owner, facts, page);
    match call {
        Some(call) if early_page_is_up() => root.with(|| draw_when_seen(call, build)),
        _ => {
            fetch(call).await;
            when_released(build, LOOKS);
        }
    }
}

/// How often to look whether a button of the server's HTML is held down, and after how many looks to replace
/// it nevertheless.
const LOOK_EVERY: Duration = Duration::from_millis(20);
const LOOKS: u32 = 100;

/// Builds the page once no button is held down. The click would get lost with the button.
fn when_released(build: impl FnOnce() + 'static, looks: u32) {
    if looks > 0 && dom::is_pressed() {
        set_timeout(move || when_released(build, looks - 1), LOOK_EVERY);
    } else {
        build();
    }
}

/// Builds the page in place of the server's HTML, and says so (contract with scripts and tests).
fn build(root: Owner, facts: PageFacts, page: Page) {
    let typed = dom::FormSnapshot::take();
    root.clone().with(|| {
        leptos::mount::mount_to_body(|| {
            // The call lives as long as the page.
            StoredValue::new(root);
            provide_context(facts);
            dom::clear_body();
            view! { <App page/> }
        });
    });
    typed.restore();
    dom::set_root_attribute("data-hydrated", "true");
}

/// The page with its contexts.
#[component]
pub fn App(
    /// The page to draw.
    page: Page,
) -> impl IntoView {
    let facts = use_context::<PageFacts>().unwrap_or_default();
    I18n::provide(facts.language);
    view! { <PageContent page/> }
}
