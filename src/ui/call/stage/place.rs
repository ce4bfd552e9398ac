//! Moves tiles to their cells.

use std::sync::Arc;

use leptos::prelude::*;
use web_sys::HtmlElement;

use super::layout::{Cell, LayoutKind, Size, arrange};
use crate::{
    protocol::PeerId,
    ui::reactive::{Derived, State, effect},
};

/// What a tile shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// The screen of a participant.
    Screen(PeerId),
    /// A participant.
    Person(PeerId),
    /// This person.
    Own,
}

/// The cells of all tiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The kind of layout.
    pub kind: LayoutKind,
    /// Whether the own tile lies over another one.
    pub floating: bool,
    /// The others, then this person. A tile without a cell is not shown.
    pub cells: Vec<(Place, Cell)>,
}

/// What the late part of the stage adds to it: see [`super::views`].
pub trait Views: Send + Sync {
    /// Places these people, and whatever else there is to see. Tracked.
    fn layout(&self, people: &[PeerId], stage: Size) -> Layout;
    /// Draws what lies over a tile: its buttons.
    fn over(&self, place: Place) -> AnyView;
    /// Draws what lies on the stage besides people.
    fn content(&self) -> AnyView;
    /// Draws what can be chosen for the stage.
    fn menu(&self) -> AnyView;
    /// Draws what opens the chat, in the popover with this id.
    fn chat(&self, menu: &'static str) -> AnyView;
    /// Draws what can be done with the stage, in the popover with this id.
    fn actions(&self, menu: &'static str) -> AnyView;
}

/// The late part, once it is loaded.
#[derive(Clone)]
struct Loaded(Arc<dyn Views>);

impl PartialEq for Loaded {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// The cells of all tiles on a stage, as they change.
#[derive(Clone, Copy)]
pub struct Places {
    /// The size of the stage, once it is known.
    pub size: State<Option<Size>>,
    layout: Derived<Layout>,
    views: State<Option<Loaded>>,
}

impl Places {
    /// These others in this order, then this person, on a stage of a size that is not known at first.
    pub fn new(others: Derived<Vec<PeerId>>) -> Self {
        let (size, views) = (State::new(None), State::new(None::<Loaded>));
        let layout = Derived::new(move || {
            let (people, stage) = (others.get(), size.get().unwrap_or_default());
            views.get().map_or_else(|| plain(&people, stage), |views| views.0.layout(&people, stage))
        });
        Self { size, layout, views }
    }

    /// The kind of layout.
    pub fn kind(self) -> LayoutKind {
        self.layout.with(|layout| layout.kind)
    }

    /// Whether the own tile lies over another one.
    pub fn is_own_floating(self) -> bool {
        self.layout.with(|layout| layout.floating)
    }

    /// Whether a tile is shown.
    pub fn shows(self, place: Place) -> bool {
        self.layout.with(|layout| layout.cells.iter().any(|(of, _)| *of == place))
    }

    /// The size of each tile that is shown; `None` before the stage is drawn. Tracked.
    pub fn sizes(self) -> Option<Vec<(Place, Size)>> {
        self.size.get()?;
        let sizes = |layout: &Layout| layout.cells.iter().map(|(of, cell)| (*of, cell.size)).collect();
        Some(self.layout.with(sizes))
    }

    /// Takes what the late part adds.
    pub fn extend(self, views: impl Views + 'static) {
        self.views.set(Some(Loaded(Arc::new(views))));
    }

    /// Draws something of the late part, once it is loaded. Tracked.
    pub fn late(self, draw: impl FnOnce(&dyn Views) -> AnyView) -> Option<AnyView> {
        self.views.get().map(|views| draw(&*views.0))
    }

    /// Keeps a tile in the cell of this place.
    pub fn keep(self, tile: impl Fn() -> Option<HtmlElement> + 'static, place: Place) {
        effect(move || {
            if let (Some(tile), Some(_)) = (tile(), self.size.get()) {
                let cell = self
                    .layout
                    .with(|layout| layout.cells.iter().find(|(of, _)| *of == place).map(|(_, cell)| *cell));
                // Not as an attribute, which the Content-Security-Policy forbids.
                tile.style().set_css_text(&cell.map_or_else(|| "display:none".to_owned(), in_css));
            }
        });
    }
}

/// How people are placed until the late part is loaded.
fn plain(people: &[PeerId], stage: Size) -> Layout {
    let places = people.iter().map(|peer| Place::Person(*peer)).chain([Place::Own]);
    let kind = LayoutKind::of(people.len() + 1);
    let cells = places.zip(arrange(people.len() + 1, stage)).collect();
    Layout { kind, floating: kind == LayoutKind::Pair, cells }
}

fn in_css(Cell { x, y, size: Size { width, height } }: Cell) -> String {
    format!("left:{x}px;top:{y}px;width:{width}px;height:{height}px")
}
