//! Dragging an element with mouse, finger or pen (W3C pointerevents).

use std::{cell::Cell, rc::Rc};

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, PointerEvent};

/// A shorter way is a click. Unit: CSS pixel.
const CLICK_PX: i32 = 8;

/// What an event of a pointer does to the element.
type Handler = Box<dyn Fn(&HtmlElement, &PointerEvent)>;

/// An element that can be dragged, until this is dropped.
pub struct Drag {
    _listeners: [EventListener; 4],
}

impl Drag {
    /// `drop` is called with where the centre of the element is let go, as parts of the width and height of
    /// the element in which it lies. Buttons in the element are no handles.
    pub fn listen(
        element: &HtmlElement,
        enabled: impl Fn() -> bool + 'static,
        drop: impl Fn((f64, f64)) + 'static,
    ) -> Self {
        let from = Rc::new(Cell::new(None::<(i32, i32)>));
        let on = |name: &'static str, run: Handler| {
            let moved = element.clone();
            EventListener::new(element, name, move |event: &Event| {
                if let Some(event) = event.dyn_ref() {
                    run(&moved, event);
                }
            })
        };
        let (began, moved, ended, cancelled) =
            (Rc::clone(&from), Rc::clone(&from), Rc::clone(&from), Rc::clone(&from));
        let down = move |element: &HtmlElement, event: &PointerEvent| {
            if enabled() && !is_on_button(event) {
                began.set(Some((event.client_x(), event.client_y())));
                // Refused for a pointer that is gone already.
                let _ = element.set_pointer_capture(event.pointer_id());
            }
        };
        let follow = move |element: &HtmlElement, event: &PointerEvent| {
            if let Some(way) = moved.get().and_then(|from| way(from, event)) {
                shift(element, Some(way));
            }
        };
        let up = move |element: &HtmlElement, event: &PointerEvent| {
            let dragged = ended.take().and_then(|from| way(from, event)).is_some();
            if let Some(place) = place(element).filter(|_| dragged) {
                drop(place);
            }
            shift(element, None);
        };
        let cancel = move |element: &HtmlElement, _: &PointerEvent| {
            cancelled.take();
            shift(element, None);
        };
        Self {
            _listeners: [
                on("pointerdown", Box::new(down)),
                on("pointermove", Box::new(follow)),
                on("pointerup", Box::new(up)),
                on("pointercancel", Box::new(cancel)),
            ],
        }
    }
}

fn is_on_button(event: &PointerEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| target.closest("button").ok().flatten().is_some())
}

/// How far the pointer has been moved. `None` for a click.
fn way((x, y): (i32, i32), event: &PointerEvent) -> Option<(i32, i32)> {
    let way = (event.client_x() - x, event.client_y() - y);
    (way.0.abs().max(way.1.abs()) > CLICK_PX).then_some(way)
}

fn shift(element: &HtmlElement, way: Option<(i32, i32)>) {
    let to = way.map_or_else(String::new, |(x, y)| format!("{x}px {y}px"));
    // Fails only for styles that cannot be changed.
    let _ = element.style().set_property("translate", &to);
}

fn place(element: &HtmlElement) -> Option<(f64, f64)> {
    let (own, around) =
        (element.get_bounding_client_rect(), element.parent_element()?.get_bounding_client_rect());
    let x = own.x() + own.width() / 2.0 - around.x();
    let y = own.y() + own.height() / 2.0 - around.y();
    Some((x / around.width(), y / around.height()))
}
