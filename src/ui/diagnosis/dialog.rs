//! The dialog: the verdict, the list of checks, and the report.

use std::cell::RefCell;

use leptos::{html, prelude::*, task::spawn_local};

use super::{report, words};
use crate::{
    browser::DiagnosisDriver,
    call::diagnosis::{Check, CheckState, DiagnosisView, Outlook, Verdict},
    ui::{
        dom,
        handle::CallHandle,
        parts::icons::{Glyph, Icon, draw_path},
        reactive::{Derived, State, effect},
        text::{
            diagnosis as text,
            i18n::I18n,
            panels::{REPORT_COPIED, REPORT_NOT_COPIED},
        },
    },
};

/// Path data of icons that only this dialog needs.
const DASH: &str = "M6 12h12";
const DOTS: &str = "M5 12h.8M11.6 12h.8M18.2 12h.8";

// Outlive the dialog, so that closing it does not shorten the time between two runs.
thread_local! {
    static DRIVER: RefCell<Option<DiagnosisDriver>> = const { RefCell::new(None) };
    static VIEW: (Owner, State<DiagnosisView>) = {
        let owner = Owner::default();
        let view = owner.with(|| State::new(DiagnosisView { may_repeat: true, ..DiagnosisView::default() }));
        (owner, view)
    };
}

/// The last run, and what it has found.
#[derive(Clone, Copy)]
struct Run {
    call: CallHandle,
    view: State<DiagnosisView>,
}

impl Run {
    /// Begins anew.
    fn start(self) {
        let shown = self.call.view.get_untracked();
        let devices = [shown.microphone.state, shown.camera.state];
        // The one before ends first, so that nothing more is heard of it.
        drop(DRIVER.take());
        let view = self.view;
        DRIVER.set(Some(DiagnosisDriver::start(devices, move |now| view.set(now))));
    }
}

/// Ends what still runs.
fn stop() {
    DRIVER.with_borrow(|driver| {
        if let Some(driver) = driver {
            driver.stop();
        }
    });
}

/// The dialog. Closing it ends what still runs.
#[component]
pub(super) fn CheckDialog(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let run = Run { call, view: VIEW.with(|(_, view)| *view) };
    on_cleanup(stop);
    let dialog = NodeRef::<html::Dialog>::new();
    effect(move || {
        if let Some(dialog) = dialog.get() {
            dom::show_modal(&dialog);
            if run.view.get_untracked().may_repeat {
                run.start();
            }
        }
    });
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dom::close_dialog(&dialog);
        }
    };
    view! {
        <dialog
            class="check-dialog"
            data-testid="connection-check"
            aria-labelledby="check-title"
            node_ref=dialog
            on:close=move |_| call.checking.set(false)
        >
            <div class="check-head">
                <h2 id="check-title">{i18n.t(&text::TITLE)}</h2>
                <button
                    type="button"
                    class="check-close"
                    data-testid="close-check"
                    aria-label=i18n.t(&text::CLOSE)
                    on:click=close
                >
                    <Glyph icon=Icon::Close/>
                </button>
            </div>
            <VerdictBox view=run.view/>
            <CheckList view=run.view/>
            <Operator view=run.view/>
            <Actions run/>
        </dialog>
    }
}

/// What it means and what to do, once everything has ended.
#[component]
fn VerdictBox(view: State<DiagnosisView>) -> impl IntoView {
    let i18n = I18n::from_context();
    let verdict = Derived::new(move || view.with(|view| view.verdict));
    let said = move || verdict.get().map(words::verdict);
    let title = move || i18n.get(said().map_or(&text::CHECKING, |said| &said.title));
    let advice = move || i18n.get(said().map_or(&text::CHECKING_HINT, |said| &said.advice));
    let outlook = move || match verdict.get().map(Verdict::outlook) {
        Some(Outlook::Good) => "good",
        Some(Outlook::Limited) => "limited",
        Some(Outlook::Bad) => "bad",
        Some(Outlook::Unknown) => "unknown",
        None => "checking",
    };
    let icon = move || match verdict.get().map(Verdict::outlook) {
        Some(Outlook::Good) => Icon::Check.draw(),
        Some(Outlook::Limited | Outlook::Bad) => Icon::Warning.draw(),
        Some(Outlook::Unknown) => draw_path(DASH),
        None => draw_path(DOTS),
    };
    view! {
        <div
            class="check-verdict"
            role="status"
            data-testid="check-verdict"
            data-verdict=move || verdict.get().map(Verdict::code)
            data-outlook=outlook
        >
            {icon}
            <p>
                <strong>{title}</strong>
                " "
                <span>{advice}</span>
            </p>
        </div>
    }
}

/// Every check with its state and its time.
#[component]
fn CheckList(view: State<DiagnosisView>) -> impl IntoView {
    let i18n = I18n::from_context();
    let row = move |check: Check| {
        let state = Derived::new(move || {
            view.with(|view| view.checks.iter().find(|(other, _)| *other == check).map(|(_, state)| *state))
                .unwrap_or_default()
        });
        let icon = move || match state.get() {
            CheckState::Passed { .. } => Icon::Check.draw(),
            CheckState::Failed { .. } => Icon::Close.draw(),
            CheckState::Waiting | CheckState::Running => draw_path(DOTS),
            CheckState::Skipped(_) | CheckState::Aborted => draw_path(DASH),
        };
        let time = move || report::time(state.get()).map(|ms| i18n.fill(&text::MILLISECONDS, &ms));
        view! {
            <li
                data-testid="check"
                data-check=check.code()
                data-state=move || state.get().code()
                data-reason=move || state.get().reason().map(|reason| reason.code())
            >
                {icon}
                <span class="check-name">{i18n.t(words::name(check))}</span>
                <span class="check-state">{move || i18n.get(words::state(state.get()))}</span>
                <span class="check-time">{time}</span>
            </li>
        }
        .into_any()
    };
    view! {
        <ul class="check-list" aria-label=i18n.t(&text::CHECKS)>
            {Vec::from(Check::ALL.map(row))}
        </ul>
    }
}

/// What whoever runs the server can do, with the codes of the documents.
#[component]
fn Operator(view: State<DiagnosisView>) -> impl IntoView {
    let i18n = I18n::from_context();
    let verdict = Derived::new(move || view.with(|view| view.verdict));
    move || {
        verdict.get().map(|verdict| {
            view! {
                <div class="check-operator" data-testid="check-operator">
                    <h3>{i18n.t(&text::FOR_OPERATOR)}</h3>
                    <p>
                        <code>{verdict.code()}</code>
                        " "
                        {i18n.t(&words::verdict(verdict).operator)}
                    </p>
                </div>
            }
            .into_any()
        })
    }
}

/// Stops, begins anew, and copies the report.
#[component]
fn Actions(run: Run) -> impl IntoView {
    let i18n = I18n::from_context();
    let is_over = Derived::new(move || run.view.with(|view| view.verdict.is_some()));
    let may_press = Derived::new(move || run.view.with(|view| view.verdict.is_none() || view.may_repeat));
    let outcome = State::new(None::<bool>);
    let toggle = move |_| {
        if may_press.get_untracked() {
            outcome.set(None);
            if is_over.get_untracked() { run.start() } else { stop() }
        }
    };
    let copy = move |_| {
        let report = report::write(&run.view.get_untracked(), &dom::user_agent(), i18n.language());
        let done = dom::copy_text(report.into(), None);
        spawn_local(async move { outcome.set(Some(done.await)) });
    };
    let label = move || match (is_over.get(), may_press.get()) {
        (false, _) => &text::STOP,
        (true, false) => &text::AGAIN_SOON,
        (true, true) => &text::AGAIN,
    };
    let said = move || match outcome.get() {
        None => i18n.get(&text::COPY_HINT),
        Some(true) => i18n.get(&REPORT_COPIED),
        Some(false) => i18n.get(&REPORT_NOT_COPIED),
    };
    view! {
        <p class="check-actions">
            <button
                type="button"
                class="button"
                data-testid="check-again"
                // One that is disabled would lose the focus.
                aria-disabled=move || (!may_press.get()).then_some("true")
                on:click=toggle
            >
                {move || i18n.get(label())}
            </button>
            <button
                type="button"
                class="button primary"
                data-testid="copy-check"
                disabled=move || !is_over.get()
                on:click=copy
            >
                {i18n.t(&text::COPY_REPORT)}
            </button>
        </p>
        <p class="soft check-said" role="status">{said}</p>
    }
}
