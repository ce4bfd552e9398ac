//! Saves a capsule.

use leptos::prelude::*;

use super::view_model::ViewModel;
use crate::{
    call::signals::Capsule,
    ui::{
        dom,
        parts::switch::Switch,
        reactive::State,
        text::{i18n::I18n, signals as text},
    },
};

/// Name of the file.
const FILE: &str = "halloo-signals.json";

/// The button, and the choice with its warning.
#[component]
pub fn Save(model: ViewModel) -> impl IntoView {
    let i18n = I18n::from_context();
    let with_addresses = State::new(false);
    let save = move |_| {
        let log = model.log.get_untracked();
        let capsule = Capsule::write(model.page.get_untracked(), &log, with_addresses.get_untracked());
        dom::save_file(FILE, "application/json", &capsule);
    };
    view! {
        <div class="save">
            <p class="soft">{i18n.t(&text::SAVE_HINT)}</p>
            <Switch
                on=with_addresses
                label=&text::WITH_ADDRESSES
                hint=&text::WITH_ADDRESSES_HINT
                test_id="capsule-addresses"
            />
            <p class="actions">
                <button type="button" class="button" data-testid="save-capsule" on:click=save>
                    {i18n.t(&text::SAVE)}
                </button>
            </p>
        </div>
    }
}
