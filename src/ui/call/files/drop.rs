//! Files that are dropped anywhere on the page: it would be left for them otherwise.

use leptos::prelude::*;
use wasm_bindgen::JsValue;

use super::icons;
use crate::ui::{
    dom::{self, Dragged},
    parts::icons::draw_path,
    reactive::{Derived, State},
    text::{files as text, i18n::I18n},
};

/// Says that files can be dropped, while some are over the page, and takes them.
#[component]
pub fn FileDrop(
    /// The name of the one person who gets them.
    to: Derived<Option<String>>,
    take: impl Fn(Vec<JsValue>) + 'static,
) -> impl IntoView {
    let i18n = I18n::from_context();
    let over = State::new(false);
    let dragged = move |dragged| {
        let is_over = matches!(dragged, Dragged::Over);
        if is_over != over.get_untracked() {
            over.set(is_over);
        }
        if let Dragged::Dropped(files) = dragged {
            take(files);
        }
    };
    let _listeners = StoredValue::new_local(dom::on_files_dragged(dragged));
    let words = move || match to.get() {
        Some(name) => i18n.fill(&text::DROP_TO, &name),
        None => i18n.get(&text::DROP).to_owned(),
    };
    move || {
        over.get().then(|| {
            view! {
                <div class="file-drop" data-testid="file-drop" aria-hidden="true">
                    <p>{draw_path(icons::CLIP)} <span dir="auto">{words}</span></p>
                </div>
            }
            .into_any()
        })
    }
}
