//! The view: its shapes, and what is in them.

use leptos::{ev::KeyboardEvent, prelude::*};

use super::{
    entries::{Entries, focus_entry},
    steps::Steps,
    toolbar::Toolbar,
    view_model::{Shape, ViewModel},
};
use crate::ui::{
    dom,
    parts::icons::{Glyph, Icon},
    text::{Text, i18n::I18n, signals as text},
};

/// Everything about a model.
#[component]
pub fn SignalsView(
    model: ViewModel,
    /// Of the toolbar.
    children: Children,
) -> impl IntoView {
    let i18n = I18n::from_context();
    let content = move || match model.shape.get() {
        Shape::Diagram | Shape::List => view! { <Entries model/> }.into_any(),
        Shape::Waterfall => view! { <Steps model/> }.into_any(),
    };
    let is_waterfall = move || (model.shape.get() == Shape::Waterfall).to_string();
    let dropped = move || model.log.with(|log| log.dropped);
    view! {
        <div class="signals" data-testid="signals" data-waterfall=is_waterfall>
            <Shapes model/>
            <Toolbar model>{children()}</Toolbar>
            {move || (dropped() > 0).then(|| view! {
                <p class="soft">{i18n.fill(&text::DROPPED, &dropped().to_string())}</p>
            })}
            {content}
        </div>
    }
}

#[component]
fn Shapes(model: ViewModel) -> impl IntoView {
    let i18n = I18n::from_context();
    let button = move |shape: Shape, name: &'static Text, test_id: &'static str| {
        view! {
            <button
                type="button"
                data-testid=test_id
                aria-pressed=move || (model.shape.get() == shape).to_string()
                on:click=move |_| model.shape.set(shape)
            >
                {i18n.t(name)}
            </button>
        }
        .into_any()
    };
    view! {
        <div class="shapes" role="group" aria-label=i18n.t(&text::VIEWS)>
            {button(Shape::Diagram, &text::DIAGRAM, "signals-diagram")}
            {button(Shape::List, &text::LIST, "signals-list")}
            {button(Shape::Waterfall, &text::WATERFALL, "signals-waterfall")}
        </div>
    }
}

/// Goes from entry to entry.
#[component]
pub fn Stepper(model: ViewModel) -> impl IntoView {
    let i18n = I18n::from_context();
    let place = move || {
        let (at, count) = model.place();
        [&at.to_string(), i18n.get(&text::OF), &count.to_string()].concat()
    };
    let step = move |by: isize| move |_| go(model, by);
    let is_first = move || model.place().0 <= 1;
    let is_last = move || {
        let (at, count) = model.place();
        at >= count
    };
    view! {
        <div class="stepper" role="group" aria-label=i18n.t(&text::STEPS)>
            <button
                type="button"
                class="button"
                data-testid="step-back"
                disabled=is_first
                on:click=step(-1)
            >
                <span class="turned"><Glyph icon=Icon::Arrow/></span>
                {i18n.t(&text::PREVIOUS)}
            </button>
            <output data-testid="step-place">{place}</output>
            <button
                type="button"
                class="button"
                data-testid="step-on"
                disabled=is_last
                on:click=step(1)
            >
                {i18n.t(&text::NEXT)}
                <Glyph icon=Icon::Arrow/>
            </button>
        </div>
    }
}

fn go(model: ViewModel, by: isize) {
    if let Some(number) = model.step(by) {
        dom::show_element(&super::entries::id(number));
    }
}

/// Arrow keys go from entry to entry, except while somebody types.
pub fn step_by_key(model: ViewModel, event: &KeyboardEvent) {
    if dom::is_typing(event) || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let by = match event.key().as_str() {
        "ArrowLeft" => -1,
        "ArrowRight" => 1,
        _ => return,
    };
    if let Some(number) = model.step(by) {
        event.prevent_default();
        focus_entry(number);
    }
}
