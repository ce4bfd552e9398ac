//! The waterfall: the steps from navigation to the first picture.

use leptos::prelude::*;

use super::{
    view_model::{ViewModel, peer_name},
    words,
};
use crate::{
    call::signals::Bar,
    ui::{
        reactive::Derived,
        text::{i18n::I18n, signal_words, signals as text},
    },
};

/// The steps, each with a bar on one axis.
#[component]
pub fn Steps(model: ViewModel) -> impl IntoView {
    let i18n = I18n::from_context();
    let bars = Derived::new(move || model.bars());
    let total = Derived::new(move || bars.with(|bars| end_of(bars)));
    let rows = move || {
        let total = total.get();
        bars.get().into_iter().map(|bar| row(model, bar, total)).collect_view()
    };
    let axis = move || {
        let total = total.get();
        (0..=2).map(|half| view! { <span>{words::time(total / 2 * half)}</span> }).collect_view()
    };
    let empty =
        move || bars.with(Vec::is_empty).then(|| view! { <p class="soft">{i18n.t(&text::NOTHING)}</p> });
    view! {
        {empty}
        <div class="waterfall" data-testid="waterfall">
            <div class="axis" aria-hidden="true">{axis}</div>
            <ol>{rows}</ol>
        </div>
    }
}

fn end_of(bars: &[Bar]) -> u64 {
    bars.iter().map(|bar| bar.end_us.unwrap_or(bar.start_us)).max().unwrap_or_default().max(1)
}

fn row(model: ViewModel, bar: Bar, total: u64) -> AnyView {
    let i18n = I18n::from_context();
    let end = bar.end_us;
    let share = |us: u64| [&(us * 1000 / total).to_string(), "e-1%"].concat();
    let (start, width) = (share(bar.start_us), share(end.unwrap_or(total).saturating_sub(bar.start_us)));
    let name = move || bar.peer.map(|peer| [" · ", &peer_name(model, i18n, peer)].concat());
    let times = move || match end {
        Some(end) => [
            &words::time(bar.start_us),
            " – ",
            &words::time(end),
            " (",
            &words::time(end.saturating_sub(bar.start_us)),
            ")",
        ]
        .concat(),
        None => [&words::time(bar.start_us), " – ", i18n.get(&text::NOT_DONE)].concat(),
    };
    view! {
        <li
            data-testid="waterfall-step"
            data-step=bar.step.mark()
            data-start=(bar.start_us / 1000).to_string()
            data-end=end.map(|end| (end / 1000).to_string())
            data-of=if bar.peer.is_some() { "peer" } else { "me" }
        >
            <span class="step-name">
                <strong>{i18n.t(signal_words::step(bar.step))}</strong>
                <span dir="auto">{name}</span>
            </span>
            <span class="step-bar" aria-hidden="true">
                <span style:--start=start style:--width=width></span>
            </span>
            <span class="step-times">{times}</span>
            <span class="step-about soft">{i18n.t(signal_words::about_step(bar.step))}</span>
        </li>
    }
    .into_any()
}
