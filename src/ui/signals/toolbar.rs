//! What is shown of a model: search and filters.

use leptos::prelude::*;

use super::{
    view_model::{ViewModel, peer_name},
    words,
};
use crate::{
    call::signals::Kind,
    ui::{
        reactive::Derived,
        text::{Text, i18n::I18n, signals as text},
    },
};

/// Search, filters, and whether credentials are shown.
#[component]
pub fn Toolbar(
    model: ViewModel,
    /// Further buttons.
    children: Children,
) -> impl IntoView {
    let i18n = I18n::from_context();
    let is_filtered = Derived::new(move || {
        model.filter.with(|filter| filter.after > 0 || filter.kind.is_some() || filter.peer.is_some())
    });
    let show_all = move |_| {
        model.change_filter(|filter| (filter.after, filter.kind, filter.peer) = (0, None, None));
    };
    view! {
        <div class="signals-tools">
            {children()}
            {move || is_filtered.get().then(|| view! {
                <button type="button" class="button" data-testid="signals-all" on:click=show_all>
                    {i18n.t(&text::SHOW_ALL)}
                </button>
            })}
            <span class="soft count" role="status" data-testid="signals-count">
                {move || i18n.fill(&text::COUNT, &model.shown.with(Vec::len).to_string())}
            </span>
        </div>
        <div class="signals-filter">
            <input
                type="search"
                data-testid="signals-search"
                autocomplete="off"
                spellcheck="false"
                aria-label=i18n.t(&text::SEARCH)
                placeholder=i18n.t(&text::SEARCH)
                on:input=move |event| model.change_filter(|filter| filter.search = event_target_value(&event))
            />
            <KindChoice model/>
            <PeerChoice model/>
        </div>
    }
}

#[component]
fn KindChoice(model: ViewModel) -> impl IntoView {
    let i18n = I18n::from_context();
    let kinds = Derived::new(move || model.log.with(|log| Kind::all(&log.entries)));
    let choose = move |event| {
        let at = event_target_value(&event).parse::<usize>().ok();
        model.change_filter(|filter| {
            filter.kind = at.and_then(|at| kinds.with(|kinds| kinds.get(at).cloned()))
        });
    };
    let options = move |name: &'static Text, wanted: fn(&Kind) -> bool| {
        let options = move || {
            let chosen = model.filter.with(|filter| filter.kind.clone());
            let kinds = kinds.get().into_iter().enumerate().filter(|(_, kind)| wanted(kind));
            kinds
                .map(|(at, kind)| {
                    let selected = chosen.as_ref() == Some(&kind);
                    view! {
                        <option value=at.to_string() selected=selected>
                            {words::kind(&kind, i18n.language())}
                        </option>
                    }
                })
                .collect_view()
        };
        view! { <optgroup label=i18n.t(name)>{options}</optgroup> }.into_any()
    };
    view! {
        <select data-testid="signals-kind" aria-label=i18n.t(&text::TYPE) on:change=choose>
            <option value="" selected=move || model.filter.with(|filter| filter.kind.is_none())>
                {i18n.t(&text::ALL_TYPES)}
            </option>
            {options(&text::MESSAGES, |kind| matches!(kind, Kind::Message(_)))}
            {options(&text::STATES, |kind| matches!(kind, Kind::State(_)))}
        </select>
    }
}

#[component]
fn PeerChoice(model: ViewModel) -> impl IntoView {
    let i18n = I18n::from_context();
    let choose = move |event| {
        model.change_filter(|filter| filter.peer = event_target_value(&event).parse().ok());
    };
    let options = move || {
        let chosen = model.filter.with(|filter| filter.peer);
        let peers =
            model.diagram.with(|diagram| diagram.peers.iter().map(|one| one.peer).collect::<Vec<_>>());
        peers
            .into_iter()
            .map(|peer| {
                view! {
                    <option value=peer.to_string() selected=chosen == Some(peer)>
                        {peer_name(model, i18n, peer)}
                    </option>
                }
            })
            .collect_view()
    };
    view! {
        <select data-testid="signals-peer" aria-label=i18n.t(&text::PEER) on:change=choose>
            <option value="" selected=move || model.filter.with(|filter| filter.peer.is_none())>
                {i18n.t(&text::ALL_PEERS)}
            </option>
            {options}
        </select>
    }
}
