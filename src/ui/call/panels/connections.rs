//! The panel of connections: the verdict on each, its numbers, and how they were in the last two minutes.

use leptos::{prelude::*, tachys::html::InertElement, task::spawn_local};

use super::{
    graph,
    marks::standing,
    people::Verdict,
    words::{self, Standing},
};
use crate::{
    call::quality::{Flow, Quality, Sample},
    protocol::PeerId,
    ui::{
        call::names::display_name,
        dom,
        handle::CallHandle,
        parts::switch::Switch,
        reactive::{Derived, State},
        text::{Text, i18n::I18n, language::Language, panels as text},
    },
};

/// All connections, and the report.
#[component]
pub fn Connections(call: CallHandle, quality: State<Quality>) -> impl IntoView {
    let i18n = I18n::from_context();
    let peers = call.slice(|view| view.participants.iter().map(|peer| peer.id).collect::<Vec<_>>());
    let nobody =
        move || peers.with(Vec::is_empty).then(|| view! { <p class="soft">{i18n.t(&text::NOBODY_ELSE)}</p> });
    view! {
        {nobody}
        <ul class="panel-list">
            <For each=move || peers.get() key=|peer| *peer let:peer>
                <ConnectionCard call peer quality/>
            </For>
        </ul>
        <Report quality/>
    }
}

/// One connection.
#[component]
fn ConnectionCard(call: CallHandle, peer: PeerId, quality: State<Quality>) -> impl IntoView {
    let i18n = I18n::from_context();
    let now = call.slice(move |view| view.participants.iter().find(|other| other.id == peer).cloned());
    let standing = standing(call, quality, peer);
    let hint = move || standing.get().and_then(Standing::hint).map(|hint| i18n.get(hint));
    let samples = Derived::new(move || quality.with(|quality| quality.samples(peer).to_vec()));
    view! {
        <li class="connection" data-testid="connection">
            <h3 dir="auto">{move || now.with(|now| display_name(now.as_ref(), i18n.language()))}</h3>
            <p><Verdict standing/></p>
            <p class="soft">{hint}</p>
            <div class="graphs">
                {graph(samples, &text::ROUND_TRIP, 200, |one| one.round_trip_ms, words::milliseconds)}
                {graph(samples, &text::LOSS, 50, worst_loss, words::percent)}
                {graph(
                    samples,
                    &text::RECEIVED,
                    500,
                    |one| Some(one.received.kilobits),
                    |kilobits| kilobits.map(words::bitrate).unwrap_or_default(),
                )}
            </div>
            <Numbers samples/>
        </li>
    }
}

fn worst_loss(sample: &Sample) -> Option<u32> {
    sample.received.loss().max(sample.sent.loss())
}

/// A graph, with its newest value.
fn graph(
    samples: Derived<Vec<Sample>>,
    name: &'static Text,
    least_top: u32,
    pick: fn(&Sample) -> Option<u32>,
    in_words: fn(Option<u32>) -> String,
) -> AnyView {
    let i18n = I18n::from_context();
    let drawn = move || {
        let values: Vec<_> = samples.with(|samples| samples.iter().map(pick).collect());
        InertElement::new(graph::draw(&values, least_top))
    };
    let newest = move || samples.with(|samples| in_words(samples.last().and_then(pick)));
    view! {
        <p title=move || i18n.fill(&text::LAST_MINUTES, i18n.get(name))>
            <span class="soft">{i18n.t(name)}</span>
            <strong>{newest}</strong>
            {move || drawn().into_any()}
        </p>
    }
    .into_any()
}

/// The newest numbers, each way.
#[component]
fn Numbers(samples: Derived<Vec<Sample>>) -> impl IntoView {
    let i18n = I18n::from_context();
    let last = Derived::new(move || samples.with(|samples| samples.last().copied().unwrap_or_default()));
    let path = move || last.with(|last| words::path(last, i18n.language()));
    let row = move |name: &'static Text, in_words: fn(&Flow, Language) -> String| {
        view! {
            <tr>
                <th scope="row">{i18n.t(name)}</th>
                <td>{move || last.with(|last| in_words(&last.received, i18n.language()))}</td>
                <td>{move || last.with(|last| in_words(&last.sent, i18n.language()))}</td>
            </tr>
        }
        .into_any()
    };
    view! {
        <table>
            <thead>
                <tr>
                    <th scope="col"><span class="sr-only">{i18n.t(&text::MEASURE)}</span></th>
                    <th scope="col">{i18n.t(&text::RECEIVED)}</th>
                    <th scope="col">{i18n.t(&text::SENT)}</th>
                </tr>
            </thead>
            <tbody>
                <tr>
                    <th scope="row">{i18n.t(&text::PATH)}</th>
                    <td colspan="2">{path}</td>
                </tr>
                {row(&text::BITRATE, |flow, _| words::bitrate(flow.kilobits))}
                {row(&text::LOSS, |flow, _| words::percent(flow.loss()))}
                {row(&text::JITTER, |flow, _| words::milliseconds(flow.jitter_ms))}
                {row(&text::PICTURE, |flow, _| words::picture(flow))}
                {row(&text::FRAME_RATE, |flow, _| words::frame_rate(flow))}
                {row(&text::CODEC, |flow, _| words::codec(flow))}
                {row(&text::LIMITED_BY, words::limit)}
            </tbody>
        </table>
    }
}

/// Copies all numbers as a text, for whoever helps.
#[component]
fn Report(quality: State<Quality>) -> impl IntoView {
    let i18n = I18n::from_context();
    let with_addresses = State::new(false);
    let outcome = State::new(None::<bool>);
    let copy = move |_| {
        let report = quality.with(|quality| quality.report(with_addresses.get_untracked()));
        let done = dom::copy_text(report.into(), None);
        spawn_local(async move { outcome.set(Some(done.await)) });
    };
    let said = move || match outcome.get() {
        None => "",
        Some(true) => i18n.get(&text::REPORT_COPIED),
        Some(false) => i18n.get(&text::REPORT_NOT_COPIED),
    };
    view! {
        <Switch
            on=with_addresses
            label=&text::WITH_ADDRESSES
            hint=&text::WITH_ADDRESSES_HINT
            test_id="report-addresses"
        />
        <p class="actions">
            <button type="button" class="button" data-testid="copy-report" on:click=copy>
                {i18n.t(&text::COPY_REPORT)}
            </button>
            <span class="soft" role="status">{said}</span>
        </p>
    }
}
