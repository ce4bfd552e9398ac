//! What the late part of the call ([`super::super::extras`]) adds to the stage: shared screens, pinned tiles,
//! the speaker, the view that this person has chosen, the buttons of tiles, and the small window. Until it is
//! there people are placed without it.

mod arrange;
mod icons;
mod menu;
mod own;
mod person;
mod settings;
mod small_window;
mod state;
mod volume;

use leptos::prelude::*;

use self::{
    arrange::{Arrangement, Tile, arrange},
    menu::ViewMenu,
    own::OwnTools,
    person::PersonTools,
    small_window::{SmallWindowButton, SmallWindowParts, SmallWindowState},
};
pub use self::{person::PersonActions, state::StageViews};
use super::{
    layout::Size,
    place::{Layout, Place, Places, Views},
    screen::Screens,
    together::Together,
};
use crate::{
    protocol::PeerId,
    ui::{handle::CallHandle, reactive::State},
};

/// Adds all of it to the stage, and what opens the chat to the menu. Returns what this person can change of
/// it elsewhere.
pub fn add_to(
    call: CallHandle,
    places: Places,
    shortcuts: State<bool>,
    chat: impl Fn(&'static str) -> AnyView + Send + Sync + 'static,
) -> StageViews {
    let stage = StageViews::new(call, places);
    let small = SmallWindowState::new(stage, shortcuts);
    places.extend(LateStage { stage, small, chat: Box::new(chat) });
    stage
}

/// The late part of the stage, and the small window.
struct LateStage {
    stage: StageViews,
    small: SmallWindowState,
    /// Draws what opens the chat, in the popover with this id.
    chat: Box<dyn Fn(&'static str) -> AnyView + Send + Sync>,
}

#[component]
fn Content(call: CallHandle, places: Places) -> impl IntoView {
    let hidden = call.slice(move |view| {
        view.participants.iter().filter(|peer| !places.shows(Place::Person(peer.id))).count()
    });
    let more = move || Some(hidden.get()).filter(|count| *count > 0);
    view! {
        <Screens call places/>
        <Together call places/>
        {move || more().map(|count| view! { <p class="more-people">{format!("+{count}")}</p> }.into_any())}
    }
}

fn tile(stage: StageViews, place: Place, active: Option<PeerId>) -> Tile {
    match place {
        Place::Screen(_) => Tile { screen: true, ..Tile::default() },
        Place::Person(peer) => {
            Tile { pinned: stage.is_pinned(peer), speaker: active == Some(peer), ..Tile::default() }
        }
        Place::Own => Tile { own: true, ..Tile::default() },
    }
}

impl Views for LateStage {
    fn layout(&self, people: &[PeerId], stage: Size) -> Layout {
        let views = self.stage;
        let screens = views.screens.get().into_iter().map(Place::Screen);
        let people = people.iter().copied().map(Place::Person);
        let places: Vec<_> = screens.chain(people).chain([Place::Own]).collect();
        let active = views.heard.with(|heard| heard.active);
        let tiles: Vec<_> = places.iter().map(|place| tile(views, *place, active)).collect();
        let Arrangement { kind, floating, cells } = arrange(&tiles, views.settings.get(), stage);
        let shown = places.into_iter().zip(cells).filter_map(|(place, cell)| Some((place, cell?)));
        Layout { kind, floating, cells: shown.collect() }
    }

    fn over(&self, place: Place) -> AnyView {
        let stage = self.stage;
        match place {
            Place::Person(peer) => view! { <PersonTools stage peer/> }.into_any(),
            Place::Own => view! { <OwnTools stage/> }.into_any(),
            Place::Screen(_) => ().into_any(),
        }
    }

    fn content(&self) -> AnyView {
        let (StageViews { call, places, .. }, small) = (self.stage, self.small);
        view! { <Content call places/> <SmallWindowParts small/> }.into_any()
    }

    fn menu(&self) -> AnyView {
        let stage = self.stage;
        view! { <ViewMenu stage/> }.into_any()
    }

    fn chat(&self, menu: &'static str) -> AnyView {
        (self.chat)(menu)
    }

    fn actions(&self, menu: &'static str) -> AnyView {
        let small = self.small;
        view! { <SmallWindowButton small menu/> }.into_any()
    }
}
