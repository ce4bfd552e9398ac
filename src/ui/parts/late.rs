//! Parts of the client that load when they are first wanted; [`late!`](crate::late) declares them.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};

use leptos::{prelude::*, reactive::computed::ScopedFuture, task::spawn_local, wasm_split::SplitLoaderError};

use crate::ui::{
    dom,
    reactive::State,
    text::{Text, i18n::I18n, late as text},
};

/// A part that is being loaded and drawn.
type Drawing = Pin<Box<dyn Future<Output = Result<AnyView, SplitLoaderError>>>>;

/// A part of the client, as [`Late`] takes it.
#[derive(Clone)]
pub struct Part(Arc<dyn Fn() -> Drawing + Send + Sync>);

impl Part {
    /// The part that this function of [`late!`](crate::late) draws.
    pub fn new<F>(draw: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<AnyView, SplitLoaderError>> + 'static,
    {
        Self(Arc::new(move || Box::pin(draw())))
    }

    /// Starts to load and draw. Signals of the drawing live as long as this owner, whose contexts it sees.
    fn start(&self, owner: &Owner) -> Drawing {
        owner.with(|| Box::pin(ScopedFuture::new_untracked((self.0)())))
    }
}

/// The state of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    Loading,
    Loaded,
    Failed(Reason),
}

/// Why a part could not be loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    /// The server does not answer.
    Unreachable,
    /// The server answers, but no longer has this part: it has been updated since the page was loaded.
    Outdated,
}

impl Reason {
    fn text(self, in_call: bool) -> &'static Text {
        match (self, in_call) {
            (Self::Unreachable, true) => &text::UNREACHABLE_IN_CALL,
            (Self::Unreachable, false) => &text::UNREACHABLE,
            (Self::Outdated, true) => &text::OUTDATED_IN_CALL,
            (Self::Outdated, false) => &text::OUTDATED,
        }
    }
}

/// Draws a part once it is loaded. If it cannot be loaded, says why and offers to try again.
#[component]
pub fn Late(
    /// The part.
    part: Part,
    /// Whether a call is going on, which a reload of the page would interrupt.
    #[prop(optional)]
    in_call: bool,
    /// What to draw meanwhile.
    #[prop(optional)]
    meanwhile: Option<fn() -> AnyView>,
) -> impl IntoView {
    let owner = Owner::current().unwrap_or_default();
    let mut drawing = part.start(&owner);
    // Ready at once on the server, and in a browser that has loaded the part before.
    if let Poll::Ready(Ok(view)) = drawing.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        return view;
    }
    let progress = State::new(Progress::Loading);
    let loaded = Arc::new(Mutex::new(None));
    wait_for(drawing, Arc::clone(&loaded), progress);
    let content = move || match progress.get() {
        Progress::Loading => meanwhile.map(|draw| draw()),
        Progress::Loaded => loaded.lock().ok().and_then(|mut view| view.take()),
        Progress::Failed(reason) => {
            let (part, owner, loaded) = (part.clone(), owner.clone(), Arc::clone(&loaded));
            let retry = move || {
                progress.set(Progress::Loading);
                wait_for(part.start(&owner), Arc::clone(&loaded), progress);
            };
            Some(failed(reason, in_call, retry))
        }
    };
    view! { {content} }.into_any()
}

fn wait_for(drawing: Drawing, loaded: Arc<Mutex<Option<AnyView>>>, progress: State<Progress>) {
    spawn_local(async move {
        progress.set(match drawing.await {
            Ok(view) => {
                if let Ok(mut loaded) = loaded.lock() {
                    *loaded = Some(view);
                }
                Progress::Loaded
            }
            Err(_) if dom::server_answers().await => Progress::Failed(Reason::Outdated),
            Err(_) => Progress::Failed(Reason::Unreachable),
        });
    });
}

fn failed(reason: Reason, in_call: bool, retry: impl Fn() + 'static) -> AnyView {
    let i18n = I18n::from_context();
    let reload = (reason == Reason::Outdated && !in_call).then(|| {
        view! {
            <button type="button" class="button small" on:click=|_| dom::reload()>
                {i18n.t(&text::RELOAD)}
            </button>
        }
        .into_any()
    });
    view! {
        <div class="notice" role="alert" data-testid="part-failed">
            <p class="notice-words">{i18n.t(reason.text(in_call))}</p>
            <div class="notice-actions">
                <button type="button" class="button small" data-testid="part-retry" on:click=move |_| retry()>
                    {i18n.t(&text::TRY_AGAIN)}
                </button>
                {reload}
            </div>
        </div>
    }
    .into_any()
}
