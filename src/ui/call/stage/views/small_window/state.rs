//! The small window: opened by a click, or by the browser when the tab is left.

use std::future::Future;

use leptos::{prelude::*, task::spawn_local};
use web_sys::{HtmlElement, KeyboardEvent};

use super::{super::state::StageViews, choice::Choice};
use crate::{
    protocol::{PeerId, TrackSource},
    ui::{
        call::{shortcuts, stage::place::Place},
        dom::{DocumentWindow, MediaAction, SmallWindow, SmallWindowKind, VideoWindow},
        reactive::{Derived, State, effect},
    },
};

/// What Chromium calls the small window that it opens by itself.
const ACTION: &str = "enterpictureinpicture";
/// The window for one person, and for several. The browser may choose another size. Unit: CSS pixel.
const SIZES: [(u32, u32); 2] = [(384, 300), (384, 420)];

/// Whether the window is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Closed,
    Opening,
    Open(SmallWindowKind),
    /// The browser refused.
    Failed,
}

/// The small window of a call, as long as the late part of the stage is there.
#[derive(Clone, Copy)]
pub(in super::super) struct SmallWindowState {
    pub(super) stage: StageViews,
    pub(super) phase: State<Phase>,
    pub(super) choice: Derived<Choice>,
    people: Derived<Vec<PeerId>>,
    shortcuts: State<bool>,
    window: StoredValue<Option<SmallWindow>, LocalStorage>,
}

impl SmallWindowState {
    pub(in super::super) fn new(stage: StageViews, shortcuts: State<bool>) -> Self {
        let people =
            stage.call.slice(|view| view.participants.iter().map(|peer| peer.id).collect::<Vec<_>>());
        let choice = Derived::new(move || {
            let active = stage.heard.with(|heard| heard.active);
            Choice::of(&stage.screens.get(), &people.get(), |peer| stage.is_pinned(peer), active)
        });
        let window = StoredValue::new_local(None);
        let small = Self { stage, phase: State::new(Phase::Closed), choice, people, shortcuts, window };
        small.close_when_alone();
        small.drop_when_closed();
        small.note_what_is_shown();
        small.open_when_left();
        small
    }

    /// Whether there is anything to show. Tracked.
    pub(super) fn has_content(self) -> bool {
        self.people.with(|people| !people.is_empty())
    }

    /// Opens the window, or closes it. To be called in the handler of a click. `opened` is called once the
    /// window is open.
    pub(super) fn toggle(self, opened: impl Fn() + 'static) {
        match (self.phase.get_untracked(), SmallWindowKind::offered()) {
            (Phase::Open(_), _) => self.phase.set(Phase::Closed),
            (Phase::Opening, _) | (_, None) => {}
            (Phase::Closed | Phase::Failed, Some(kind)) => self.open(kind, Phase::Failed, opened),
        }
    }

    /// Moves what the window shows into it.
    pub(super) fn show(self, content: &HtmlElement, styles: &str, language: &str) {
        self.window.with_value(|window| {
            if let Some(SmallWindow::Document(window)) = window {
                window.show(content, styles);
                window.set_language(language);
            }
        });
    }

    fn open(self, kind: SmallWindowKind, otherwise: Phase, opened: impl Fn() + 'static) {
        self.phase.set(Phase::Opening);
        let asked = self.request(kind);
        spawn_local(async move {
            let window = asked.await;
            // The call may have ended, or everybody may have left: then the window is closed again.
            if self.phase.is_disposed() {
                return;
            }
            if self.people.get_untracked().is_empty() {
                self.phase.set(Phase::Closed);
            } else if window.is_some() {
                self.window.set_value(window);
                self.phase.set(Phase::Open(kind));
                opened();
            } else {
                self.phase.set(otherwise);
            }
        });
    }

    /// Asks the browser for the window, before this returns.
    fn request(self, kind: SmallWindowKind) -> impl Future<Output = Option<SmallWindow>> {
        let Self { stage, phase, shortcuts, .. } = self;
        let on_close = move || phase.set(Phase::Closed);
        let on_key = move |event: &KeyboardEvent| shortcuts::press(stage.call, event, shortcuts);
        let several = usize::from(self.choice.get_untracked().tiles.len() > 1);
        let document = (kind == SmallWindowKind::Document)
            .then(|| DocumentWindow::open(SIZES[several], on_close, on_key));
        let video = (kind == SmallWindowKind::Video)
            .then(|| Some(VideoWindow::open(self.first_picture()?, on_close)))
            .flatten();
        async move {
            match (document, video) {
                (Some(document), _) => document.await.map(SmallWindow::Document),
                (None, Some(video)) => video.await.map(SmallWindow::Video),
                (None, None) => None,
            }
        }
    }

    /// What is shown where there is room for one video.
    fn first_picture(self) -> Option<web_sys::HtmlMediaElement> {
        let choice = self.choice.get_untracked();
        let view = self.stage.call.view.get_untracked();
        let is_seen = |place: &Place| match *place {
            Place::Screen(_) => true,
            Place::Person(peer) => view.participants.iter().any(|one| one.id == peer && one.shows_picture()),
            Place::Own => false,
        };
        let place = choice.main.into_iter().chain(choice.tiles).find(is_seen)?;
        let (peer, source) = source_of(place)?;
        self.stage.call.player(peer, source)
    }

    fn close_when_alone(self) {
        effect(move || {
            if !self.has_content() && matches!(self.phase.get_untracked(), Phase::Open(_)) {
                self.phase.set(Phase::Closed);
            }
        });
    }

    /// A video that is seen by itself counts as a page that is seen: see [`dom::is_hidden`](crate::ui::dom).
    fn note_what_is_shown(self) {
        let shown = Derived::new(move || match self.phase.get() {
            Phase::Open(SmallWindowKind::Document) => self.choice.with(|choice| choice.tiles.clone()),
            Phase::Open(SmallWindowKind::Video) | Phase::Closed | Phase::Opening | Phase::Failed => {
                Vec::new()
            }
        });
        effect(move || self.stage.in_small_window.set(shown.get()));
    }

    /// Not in the listener of the window, which would drop itself.
    fn drop_when_closed(self) {
        effect(move || {
            if matches!(self.phase.get(), Phase::Closed | Phase::Failed) {
                self.window.set_value(None);
            }
        });
    }

    /// Only where the browser opens windows with a document. A refusal is not shown: no button was pressed.
    fn open_when_left(self) {
        let action = StoredValue::new_local(None);
        let kind = SmallWindowKind::Document;
        let open = move || {
            if matches!(self.phase.get_untracked(), Phase::Closed | Phase::Failed) {
                self.open(kind, Phase::Closed, || {});
            }
        };
        let wanted = Derived::new(move || self.has_content() && SmallWindowKind::offered() == Some(kind));
        effect(move || {
            // The old one takes the handler away when it is dropped, also one that is newer.
            action.set_value(None);
            action.set_value(wanted.get().then(|| MediaAction::handle(ACTION, open)).flatten());
        });
    }
}

/// What of whom a tile shows.
pub(super) fn source_of(place: Place) -> Option<(PeerId, TrackSource)> {
    match place {
        Place::Screen(peer) => Some((peer, TrackSource::Screen)),
        Place::Person(peer) => Some((peer, TrackSource::Camera)),
        Place::Own => None,
    }
}
