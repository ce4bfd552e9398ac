//! A small window over those of all programs: Document Picture-in-Picture (WICG), or one video (W3C
//! picture-in-picture) where the browser has only that.

use std::future::Future;

use gloo_events::EventListener;
use js_sys::Promise;
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlMediaElement, KeyboardEvent, Window};

use super::{
    by_name::{dictionary, invoke, member},
    document::{put_into, set_attribute},
    styles,
};

/// What the browser shows in a small window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmallWindowKind {
    /// Whatever the page puts into it.
    Document,
    /// One video.
    Video,
}

impl SmallWindowKind {
    /// What this browser offers, if it has small windows at all.
    pub fn offered() -> Option<Self> {
        let enabled =
            || member(&document(), "pictureInPictureEnabled").is_some_and(|enabled| enabled.is_truthy());
        if member(&window(), "documentPictureInPicture").is_some() {
            Some(Self::Document)
        } else {
            enabled().then_some(Self::Video)
        }
    }
}

/// A small window. Dropping it closes it.
pub enum SmallWindow {
    /// With a document of its own.
    Document(DocumentWindow),
    /// With one video.
    Video(#[expect(dead_code, reason = "closes the window when it is dropped")] VideoWindow),
}

/// A small window with a document of its own.
pub struct DocumentWindow {
    window: Window,
    _listeners: [EventListener; 2],
}

impl DocumentWindow {
    /// Opens a window of this size in CSS pixels. To be called in the handler of a click, or of the
    /// [`MediaAction`] for that. `None` if the browser refuses.
    pub fn open(
        (width, height): (u32, u32),
        on_close: impl Fn() + 'static,
        on_key: impl Fn(&KeyboardEvent) + 'static,
    ) -> impl Future<Output = Option<Self>> {
        let options = dictionary(&[("width", width.into()), ("height", height.into())]);
        let asked = member(&window(), "documentPictureInPicture")
            .and_then(|windows| invoke(&windows, "requestWindow", &[options]).ok());
        async move {
            let window: Window =
                JsFuture::from(asked?.unchecked_into::<Promise>()).await.ok()?.unchecked_into();
            let listeners = [
                EventListener::new(&window, "pagehide", move |_| on_close()),
                // Events of another window are of no class that this one has.
                EventListener::new(&window, "keydown", move |event| on_key(event.unchecked_ref())),
            ];
            Some(Self { window, _listeners: listeners })
        }
    }

    /// Moves an element into the window, with the styles of the page and some of its own.
    pub fn show(&self, element: &Element, own_styles: &str) {
        // A window that cannot adopt styles shows the element without.
        let _ = styles::adopt(&self.window, &styles::loaded_rules());
        let _ = styles::adopt(&self.window, own_styles);
        let Some(document) = self.window.document() else { return };
        document.set_title(&leptos::prelude::document().title());
        if let Some(body) = document.body() {
            put_into(&body, element);
        }
    }

    /// Says in which language the window is.
    pub fn set_language(&self, tag: &str) {
        if let Some(root) = self.window.document().and_then(|document| document.document_element()) {
            set_attribute(&root, "lang", tag);
        }
    }
}

impl Drop for DocumentWindow {
    fn drop(&mut self) {
        // One that the person has closed stays so.
        let _ = invoke(&self.window, "close", &[]);
    }
}

/// A small window that shows one video of the page.
pub struct VideoWindow {
    element: HtmlMediaElement,
    _left: EventListener,
}

impl VideoWindow {
    /// Opens it. To be called in the handler of a click. `None` if the browser refuses, or if there is no
    /// picture yet.
    pub fn open(
        element: HtmlMediaElement,
        on_close: impl Fn() + 'static,
    ) -> impl Future<Output = Option<Self>> {
        let asked = invoke(&element, "requestPictureInPicture", &[]);
        async move {
            JsFuture::from(asked.ok()?.unchecked_into::<Promise>()).await.ok()?;
            let left = EventListener::new(&element, "leavepictureinpicture", move |_| on_close());
            Some(Self { element, _left: left })
        }
    }
}

impl Drop for VideoWindow {
    fn drop(&mut self) {
        let document = document();
        if member(&document, "pictureInPictureElement").as_ref() != Some(self.element.as_ref()) {
            return;
        }
        if let Ok(promise) = invoke(&document, "exitPictureInPicture", &[]) {
            spawn_local(async move {
                let _ = JsFuture::from(promise.unchecked_into::<Promise>()).await;
            });
        }
    }
}

/// Handles something that the browser offers to the person beside the page (W3C mediasession), until dropped.
pub struct MediaAction {
    session: JsValue,
    name: &'static str,
    _handler: Closure<dyn FnMut()>,
}

impl MediaAction {
    /// `None` if the browser does not offer this.
    pub fn handle(name: &'static str, run: impl FnMut() + 'static) -> Option<Self> {
        let session = member(&window().navigator(), "mediaSession")?;
        let handler = Closure::<dyn FnMut()>::new(run);
        invoke(&session, "setActionHandler", &[name.into(), handler.as_ref().clone()]).ok()?;
        Some(Self { session, name, _handler: handler })
    }
}

impl Drop for MediaAction {
    fn drop(&mut self) {
        let _ = invoke(&self.session, "setActionHandler", &[self.name.into(), JsValue::NULL]);
    }
}
