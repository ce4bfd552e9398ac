//! What the late part of the call ([`super::super::extras`]) adds to the stage: shared screens, pinned tiles,
//! the speaker, the view that this person has chosen, and the buttons of tiles. Until it is there people are
//! placed without it.

mod arrange;
mod icons;
mod menu;
mod own;
mod person;
mod settings;
mod state;
mod volume;

use leptos::prelude::*;

use self::{
    arrange::{Arrangement, Tile, arrange},
    menu::ViewMenu,
    own::OwnTools,
    person::PersonTools,
    state::StageViews,
};
use super::{
    layout::Size,
    place::{Layout, Place, Places, Views},
    screen::Screens,
    together::Together,
};
use crate::{protocol::PeerId, ui::handle::CallHandle};

/// Adds all of it to the stage.
pub fn add_to(call: CallHandle, places: Places) {
    places.extend(StageViews::new(call, places));
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

impl Views for StageViews {
    fn layout(&self, people: &[PeerId], stage: Size) -> Layout {
        let screens = self.screens.get().into_iter().map(Place::Screen);
        let people = people.iter().copied().map(Place::Person);
        let places: Vec<_> = screens.chain(people).chain([Place::Own]).collect();
        let active = self.heard.with(|heard| heard.active);
        let tiles: Vec<_> = places.iter().map(|place| tile(*self, *place, active)).collect();
        let Arrangement { kind, floating, cells } = arrange(&tiles, self.settings.get(), stage);
        let shown = places.into_iter().zip(cells).filter_map(|(place, cell)| Some((place, cell?)));
        Layout { kind, floating, cells: shown.collect() }
    }

    fn over(&self, place: Place) -> AnyView {
        let stage = *self;
        match place {
            Place::Person(peer) => view! { <PersonTools stage peer/> }.into_any(),
            Place::Own => view! { <OwnTools stage/> }.into_any(),
            Place::Screen(_) => ().into_any(),
        }
    }

    fn content(&self) -> AnyView {
        let Self { call, places, .. } = *self;
        view! { <Content call places/> }.into_any()
    }

    fn menu(&self) -> AnyView {
        let stage = *self;
        view! { <ViewMenu stage/> }.into_any()
    }
}
