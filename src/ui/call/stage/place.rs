//! Moves tiles to their cells.

use web_sys::HtmlElement;

use super::layout::{Cell, Layout, LayoutKind, Size, Tile, arrange};
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

/// The cells of all tiles on a stage, as they change.
#[derive(Clone, Copy)]
pub struct Places {
    others: Derived<Vec<Place>>,
    size: State<Option<Size>>,
    layout: Derived<Layout>,
}

impl Places {
    /// All others in this order, then this person, on a stage of a size that is not known at first.
    pub fn new(others: Derived<Vec<Place>>, size: State<Option<Size>>) -> Self {
        let layout = Derived::new(move || {
            let tile = |place: &Place| Tile { screen: matches!(place, Place::Screen(_)), ..Tile::default() };
            let mut tiles: Vec<_> = others.with(|others| others.iter().map(tile).collect());
            tiles.push(Tile { own: true, ..Tile::default() });
            arrange(&tiles, size.get().unwrap_or_default())
        });
        Self { others, size, layout }
    }

    /// The kind of layout.
    pub fn kind(self) -> LayoutKind {
        self.layout.with(|layout| layout.kind)
    }

    /// Keeps a tile in the cell of this place.
    pub fn keep(self, tile: impl Fn() -> Option<HtmlElement> + 'static, place: Place) {
        effect(move || {
            if let (Some(tile), Some(cell)) = (tile(), self.cell(place)) {
                // Not as an attribute, which the Content-Security-Policy forbids.
                tile.style().set_css_text(&in_css(cell));
            }
        });
    }

    fn cell(self, place: Place) -> Option<Cell> {
        self.size.get()?;
        let index = self.others.with(|others| match place {
            Place::Own => Some(others.len()),
            Place::Screen(_) | Place::Person(_) => others.iter().position(|other| *other == place),
        })?;
        self.layout.with(|layout| layout.cells.get(index).copied())
    }
}

fn in_css(Cell { x, y, size: Size { width, height } }: Cell) -> String {
    format!("left:{x}px;top:{y}px;width:{width}px;height:{height}px")
}
