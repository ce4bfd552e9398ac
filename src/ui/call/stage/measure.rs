//! The size of an element, as it changes.

use leptos::{html, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, ResizeObserver};

use super::layout::Size;
use crate::ui::reactive::{State, effect};

/// Keeps the size of the element here. It stays `None` before the element has been laid out, and in a browser
/// without `ResizeObserver`.
pub fn measure(element: NodeRef<html::Div>, size: State<Option<Size>>) {
    let observed = StoredValue::new_local(None);
    effect(move || {
        let observer =
            element.get().and_then(|element| SizeObserver::start(&element, move |now| size.set(Some(now))));
        observed.set_value(observer);
    });
}

/// Reports the size of an element after each change and once at the start, until dropped.
struct SizeObserver {
    observer: ResizeObserver,
    _callback: Closure<dyn FnMut()>,
}

impl SizeObserver {
    fn start(element: &Element, report: impl Fn(Size) + 'static) -> Option<Self> {
        let measured = element.clone();
        // The browser has laid out the page when it calls, so reading a size costs nothing.
        let callback = Closure::<dyn FnMut()>::new(move || {
            let rect = measured.get_bounding_client_rect();
            report(Size::measured(rect.width(), rect.height()));
        });
        let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self { observer, _callback: callback })
    }
}

impl Drop for SizeObserver {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
