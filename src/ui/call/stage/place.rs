//! Moves tiles to their cells.

use web_sys::HtmlElement;

use super::layout::{Cell, Layout, LayoutKind, Size, Tile, arrange};
use crate::{
    protocol::PeerId,
    ui::reactive::{Derived, State, effect},
};

/// The cells of all tiles on a stage, as they change.
#[derive(Clone, Copy)]
pub struct Places {
    peers: Derived<Vec<PeerId>>,
    size: State<Option<Size>>,
    layout: Derived<Layout>,
}

impl Places {
    /// Everybody else in this order, then this person, on a stage of a size that is not known at first.
    pub fn new(peers: Derived<Vec<PeerId>>, size: State<Option<Size>>) -> Self {
        let layout = Derived::new(move || {
            let mut tiles = vec![Tile::default(); peers.with(Vec::len)];
            tiles.push(Tile { own: true, ..Tile::default() });
            arrange(&tiles, size.get().unwrap_or_default())
        });
        Self { peers, size, layout }
    }

    /// The kind of layout.
    pub fn kind(self) -> LayoutKind {
        self.layout.with(|layout| layout.kind)
    }

    /// Keeps a tile in the cell of this peer, or in the own one.
    pub fn keep(self, tile: impl Fn() -> Option<HtmlElement> + 'static, peer: Option<PeerId>) {
        effect(move || {
            if let (Some(tile), Some(cell)) = (tile(), self.cell(peer)) {
                // Not as an attribute, which the Content-Security-Policy forbids.
                tile.style().set_css_text(&in_css(cell));
            }
        });
    }

    fn cell(self, peer: Option<PeerId>) -> Option<Cell> {
        self.size.get()?;
        let index = self.peers.with(|peers| match peer {
            Some(peer) => peers.iter().position(|other| *other == peer),
            None => Some(peers.len()),
        })?;
        self.layout.with(|layout| layout.cells.get(index).copied())
    }
}

fn in_css(Cell { x, y, size: Size { width, height } }: Cell) -> String {
    format!("left:{x}px;top:{y}px;width:{width}px;height:{height}px")
}
