//! Saves a capsule.

use leptos::prelude::*;

use super::story::Story;
use crate::{
    call::signals::Capsule,
    ui::{
        dom,
        reactive::State,
        text::{i18n::I18n, signals as text},
    },
};

/// Name of the file.
const FILE: &str = "halloo-signals.json";

/// The button, and the choice with its warning.
#[component]
pub fn Save(story: Story) -> impl IntoView {
    let i18n = I18n::from_context();
    let with_addresses = State::new(false);
    let save = move |_| {
        let log = story.log.get_untracked();
        let capsule = Capsule::write(story.page.get_untracked(), &log, with_addresses.get_untracked());
        dom::save_file(FILE, "application/json", &capsule);
    };
    view! {
        <div class="save">
            <p class="soft">{i18n.t(&text::SAVE_HINT)}</p>
            <label class="check">
                <input
                    type="checkbox"
                    data-testid="capsule-addresses"
                    on:change=move |event| with_addresses.set(event_target_checked(&event))
                />
                <span>
                    {i18n.t(&text::WITH_ADDRESSES)}
                    <small>{i18n.t(&text::WITH_ADDRESSES_HINT)}</small>
                </span>
            </label>
            <p class="actions">
                <button type="button" class="button" data-testid="save-capsule" on:click=save>
                    {i18n.t(&text::SAVE)}
                </button>
            </p>
        </div>
    }
}
