//! What the page itself notices: network, visibility, leaving and coming back.

use std::cell::RefCell;

use gloo_events::EventListener;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{EventTarget, VisibilityState, Window};

use super::{devices, feed::Feed, js};
use crate::{
    call::{Input, Network, SocketEvent},
    protocol::CloseCode,
};

/// Listens to the page until what is returned is dropped. `on_hide` is called when the page goes away,
/// whether or not the browser keeps it in the back/forward cache.
pub(super) fn listen(window: &Window, feed: &Feed, on_hide: impl Fn() + 'static) -> Vec<EventListener> {
    let on = |target: &EventTarget, name: &'static str, network: Network| {
        let feed = feed.clone();
        EventListener::new(target, name, move |_| feed.dispatch(Input::Network(network)))
    };
    let mut listeners = vec![
        on(window, "online", Network::Online),
        on(window, "offline", Network::Offline),
        // Back from the back/forward cache, where timers stood still.
        on(window, "pageshow", Network::Visible),
        hiding(window, feed, on_hide),
    ];
    if let Some(document) = window.document() {
        let feed = feed.clone();
        let visible = document.clone();
        listeners.push(EventListener::new(&document, "visibilitychange", move |_| {
            if visible.visibility_state() == VisibilityState::Visible {
                feed.dispatch(Input::Network(Network::Visible));
            }
        }));
    }
    listeners.extend(changing_network(window, feed));
    if let Ok(devices) = devices::devices() {
        let feed = feed.clone();
        listeners.push(EventListener::new(&devices, "devicechange", move |_| devices::report_inputs(&feed)));
    }
    listeners
}

/// `change` is also fired for every new estimate of the speed, which is no reason to look for another path.
fn changing_network(window: &Window, feed: &Feed) -> Option<EventListener> {
    let connection = js::member(&window.navigator(), "connection")?;
    let kind = |connection: &JsValue| js::member(connection, "type").and_then(|kind| kind.as_string());
    let last = RefCell::new(kind(&connection));
    let feed = feed.clone();
    let target: EventTarget = connection.clone().unchecked_into();
    Some(EventListener::new(&target, "change", move |_| {
        let now = kind(&connection);
        if last.replace(now.clone()) != now {
            feed.dispatch(Input::Network(Network::Changed));
        }
    }))
}

/// Whether this page was opened by a reload or through the history, not by a link.
pub(super) fn is_revisit(window: &Window) -> bool {
    const RELOAD: u16 = 1;
    const BACK_FORWARD: u16 = 2;
    window.performance().is_some_and(|p| matches!(p.navigation().type_(), RELOAD | BACK_FORWARD))
}

/// `beforeunload` never fires on iOS; `pagehide` does everywhere. The page has closed its socket by then, see
/// `src/ui/pages/early_join.js`.
fn hiding(window: &Window, feed: &Feed, on_hide: impl Fn() + 'static) -> EventListener {
    let feed = feed.clone();
    EventListener::new(window, "pagehide", move |_| {
        on_hide();
        feed.dispatch(Input::Socket(SocketEvent::Closed(CloseCode::GoingAway)));
    })
}
