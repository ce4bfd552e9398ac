//! What the late part of the stage knows.

use leptos::prelude::*;

use super::{
    super::place::{Place, Places},
    settings::Settings,
    volume::{Volume, Volumes},
};
use crate::{
    browser,
    call::Heard,
    protocol::PeerId,
    ui::{
        dom,
        handle::CallHandle,
        reactive::{Derived, State, effect},
    },
};

/// Storage key: what this person has chosen for the stage.
const SETTINGS_KEY: &str = "halloo.stage";
/// Storage key of this tab: how loud the others are.
const VOLUMES_KEY: &str = "halloo.volumes";

/// What the late part of the stage knows.
#[derive(Clone, Copy)]
pub struct StageViews {
    pub(super) call: CallHandle,
    pub places: Places,
    pub(super) screens: Derived<Vec<PeerId>>,
    pub(super) settings: State<Settings>,
    pinned: State<Vec<PeerId>>,
    pub(super) heard: State<Heard>,
    volumes: State<Volumes>,
    /// What the small window shows, while it is open.
    pub(super) in_small_window: State<Vec<Place>>,
}

impl StageViews {
    pub(super) fn new(call: CallHandle, places: Places) -> Self {
        let screens = call.slice(|view| {
            let shown = view.participants.iter().filter(|peer| peer.shows_screen());
            shown.map(|peer| peer.id).collect::<Vec<_>>()
        });
        let remembered = browser::remembered(SETTINGS_KEY).unwrap_or_default();
        let views = Self {
            call,
            places,
            screens,
            settings: State::new(Settings::parse(&remembered)),
            pinned: State::new(Vec::new()),
            heard: State::new(Heard::default()),
            volumes: State::new(Volumes::parse(&browser::kept(VOLUMES_KEY).unwrap_or_default())),
            in_small_window: State::new(Vec::new()),
        };
        let watch = call.watch_speakers(move |heard| views.heard.set(heard));
        // Both end with the stage.
        StoredValue::new_local((watch, dom::mark_tapped(".tile")));
        views.forget_who_leaves();
        views.apply_volumes();
        views
    }

    /// Takes what this person has chosen, and remembers it.
    pub(super) fn choose(self, settings: Settings) {
        browser::remember(SETTINGS_KEY, &settings.to_text());
        self.settings.set(settings);
    }

    /// Whether this is shown in the small window, even if the page is hidden. Tracked.
    pub fn is_in_small_window(self, place: Place) -> bool {
        self.in_small_window.with(|places| places.contains(&place))
    }

    /// Whether somebody is kept large. Tracked.
    pub(super) fn is_pinned(self, peer: PeerId) -> bool {
        self.pinned.with(|pinned| pinned.contains(&peer))
    }

    /// Keeps somebody large, or no longer.
    pub(super) fn toggle_pin(self, peer: PeerId) {
        let mut pinned = self.pinned.get_untracked();
        let count = pinned.len();
        pinned.retain(|other| *other != peer);
        if pinned.len() == count {
            pinned.push(peer);
        }
        self.pinned.set(pinned);
    }

    /// How loud somebody is. Tracked.
    pub(super) fn volume_of(self, peer: PeerId) -> Volume {
        self.volumes.with(|volumes| volumes.of(peer))
    }

    /// Changes how loud somebody is.
    pub(super) fn change_volume(self, peer: PeerId, change: impl FnOnce(Volume) -> Volume) {
        let mut volumes = self.volumes.get_untracked();
        volumes.set(peer, change(volumes.of(peer)));
        self.volumes.set(volumes);
    }

    /// What was chosen for somebody ends when they leave.
    fn forget_who_leaves(self) {
        let people = self.call.slice(|view| view.participants.iter().map(|peer| peer.id).collect::<Vec<_>>());
        effect(move || {
            let people = people.get();
            let mut pinned = self.pinned.get_untracked();
            let count = pinned.len();
            pinned.retain(|peer| people.contains(peer));
            if pinned.len() < count {
                self.pinned.set(pinned);
            }
            let mut volumes = self.volumes.get_untracked();
            if volumes.retain(|peer| people.contains(&peer)) {
                self.volumes.set(volumes);
            }
        });
    }

    fn apply_volumes(self) {
        effect(move || {
            // A new element is as loud as any.
            self.call.players.track();
            self.volumes.with(|volumes| {
                volumes.apply(self.call);
                browser::keep(VOLUMES_KEY, Some(&volumes.to_text()));
            });
        });
    }
}
