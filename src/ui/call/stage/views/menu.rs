//! What can be chosen for the stage.

use leptos::prelude::*;

use super::{
    settings::{Settings, ViewChoice},
    state::StageViews,
};
use crate::ui::text::{Text, i18n::I18n, stage as text};

impl ViewChoice {
    const fn text(self) -> &'static Text {
        match self {
            Self::Automatic => &text::AUTOMATIC,
            Self::Grid => &text::GRID,
            Self::Speaker => &text::SPEAKER,
        }
    }
}

/// The view, and whether the own picture is part of it.
#[component]
pub(super) fn ViewMenu(stage: StageViews) -> impl IntoView {
    let i18n = I18n::from_context();
    let options = move || {
        let chosen = stage.settings.get().choice;
        let option = |choice: ViewChoice| {
            view! {
                <option value=choice.as_str() selected=choice == chosen>{i18n.t(choice.text())}</option>
            }
        };
        ViewChoice::ALL.map(option).collect_view()
    };
    let choose = move |event| {
        let word = event_target_value(&event);
        if let Some(choice) = ViewChoice::ALL.into_iter().find(|choice| choice.as_str() == word) {
            stage.choose(Settings { choice, ..stage.settings.get_untracked() });
        }
    };
    view! {
        <div class="choice">
            <label for="choose-view">{i18n.t(&text::VIEW)}</label>
            <select id="choose-view" on:change=choose>{options}</select>
        </div>
        <label class="check">
            <input
                type="checkbox"
                data-testid="show-own-picture"
                prop:checked=move || !stage.settings.get().own_hidden
                on:change=move |event| {
                    let own_hidden = !event_target_checked(&event);
                    stage.choose(Settings { own_hidden, ..stage.settings.get_untracked() });
                }
            />
            <span>{i18n.t(&text::SHOW_OWN_PICTURE)}</span>
        </label>
    }
}
