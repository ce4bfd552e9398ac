//! Where the tiles of a call are placed on the stage: a pure function of the tiles and the size of the stage.
//!
//! All lengths are whole CSS pixels. Tiles keep the order in which they are given, whatever the layout.

/// Space between two tiles.
const GAP: u32 = 12;
/// The widest tile of a grid, as width to height.
const WIDEST: (u32, u32) = (17, 9);
/// The narrowest tile of a grid.
const NARROWEST: (u32, u32) = (4, 3);
/// The narrowest tile of a grid on a stage taller than wide: the shape that a phone held upright sends.
/// With wider tiles half of such a stage would stay empty.
const NARROWEST_UPRIGHT: (u32, u32) = (3, 4);
/// Limits to the width of the own tile in a corner.
const CORNER_WIDTH: (u32, u32) = (104, 272);
/// Limits to the width of the strip of small tiles, or to its height.
const STRIP: (u32, u32) = (96, 320);

/// Longer sides are cut to this, so that no calculation overflows.
const LONGEST_SIDE: u32 = 1 << 14;

/// A width and a height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

/// A rectangle on the stage, measured from its top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cell {
    pub x: u32,
    pub y: u32,
    pub size: Size,
}

/// One picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tile {
    /// This person's own camera.
    pub own: bool,
    /// A shared screen.
    pub screen: bool,
    /// Kept large by this person.
    pub pinned: bool,
}

/// The kinds of layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LayoutKind {
    /// One tile at most.
    Alone,
    /// The other person fills the stage, the own tile floats in a corner.
    Pair,
    /// Tiles of one size.
    Grid,
    /// Pinned tiles are large, the others stand in a strip.
    Speaker,
    /// Shared screens and pinned tiles are large, the others stand in a strip.
    Screen,
}

/// Places for all tiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    pub kind: LayoutKind,
    /// In the order of the tiles.
    pub cells: Vec<Cell>,
}

impl LayoutKind {
    fn of(tiles: &[Tile]) -> Self {
        if tiles.iter().any(|tile| tile.screen) {
            Self::Screen
        } else if tiles.iter().any(|tile| tile.pinned) {
            Self::Speaker
        } else {
            match tiles.len() {
                0 | 1 => Self::Alone,
                2 => Self::Pair,
                _ => Self::Grid,
            }
        }
    }

    /// The value of `data-layout`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alone => "alone",
            Self::Pair => "pair",
            Self::Grid => "grid",
            Self::Speaker => "speaker",
            Self::Screen => "screen",
        }
    }
}

/// Places tiles on a stage of this size.
pub fn arrange(tiles: &[Tile], stage: Size) -> Layout {
    let kind = LayoutKind::of(tiles);
    let whole = Cell { size: stage, ..Cell::default() };
    let cells = match kind {
        LayoutKind::Pair => tiles.iter().map(|tile| if tile.own { corner(stage) } else { whole }).collect(),
        LayoutKind::Alone | LayoutKind::Grid => {
            Grid::fit(tiles.len(), whole, stage.narrowest_tile()).cells().collect()
        }
        LayoutKind::Speaker | LayoutKind::Screen => with_strip(tiles, whole),
    };
    Layout { kind, cells }
}

/// The bottom right corner.
fn corner(stage: Size) -> Cell {
    let (ratio_width, ratio_height) = if stage.is_upright() { (3, 4) } else { (16, 9) };
    let height_limit = stage.height * 2 / 5;
    let width = (stage.width * 22 / 100)
        .clamp(CORNER_WIDTH.0, CORNER_WIDTH.1)
        .min(height_limit * ratio_width / ratio_height)
        .min(stage.width);
    let height = width * ratio_height / ratio_width;
    Cell {
        x: (stage.width - width).saturating_sub(GAP),
        y: (stage.height - height).saturating_sub(GAP),
        size: Size { width, height },
    }
}

/// Screens and pinned tiles are as large as possible. The others are in a strip at the right, or at the top
/// of an upright stage.
fn with_strip(tiles: &[Tile], whole: Cell) -> Vec<Cell> {
    let large_count = tiles.iter().filter(|tile| tile.is_large()).count();
    let small_count = tiles.len() - large_count;
    let (mut main, mut strip) = (whole, whole);
    if small_count > 0 && whole.size.is_upright() {
        strip.size.height = strip_length(whole.size.height);
        main.y = strip.size.height + GAP;
        main.size.height = whole.size.height.saturating_sub(main.y);
    } else if small_count > 0 {
        strip.size.width = strip_length(whole.size.width);
        main.size.width = whole.size.width.saturating_sub(strip.size.width + GAP);
        strip.x = whole.size.width - strip.size.width;
    }
    let narrowest = whole.size.narrowest_tile();
    let (large, small) = (Grid::fit(large_count, main, narrowest), Grid::fit(small_count, strip, narrowest));
    let (mut large, mut small) = (large.cells(), small.cells());
    tiles.iter().filter_map(|tile| if tile.is_large() { large.next() } else { small.next() }).collect()
}

fn strip_length(side: u32) -> u32 {
    (side / 5).clamp(STRIP.0, STRIP.1).min(side / 2)
}

/// Equal tiles in rows. A last row that is not full is centred.
struct Grid {
    area: Cell,
    count: u32,
    columns: u32,
    gap: u32,
    tile: Size,
}

impl Grid {
    /// Chooses the number of columns with which tiles are largest. From four tiles it is at least two,
    /// unless one column makes them more than half as large again.
    fn fit(count: usize, area: Cell, narrowest: (u32, u32)) -> Self {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let mut best = Self::with_columns(1, count, area, narrowest);
        for columns in 2..=count {
            let grid = Self::with_columns(columns, count, area, narrowest);
            if grid.tile.area() > best.tile.area() {
                best = grid;
            }
        }
        if best.columns == 1 && count >= 4 {
            let two = Self::with_columns(2, count, area, narrowest);
            if two.tile.area() * 3 >= best.tile.area() * 2 {
                best = two;
            }
        }
        best
    }

    fn with_columns(columns: u32, count: u32, area: Cell, narrowest: (u32, u32)) -> Self {
        // On a very small stage the gaps must not take all of it.
        let gap = GAP.min(area.size.width.min(area.size.height) / 32);
        let share =
            |side: u32, parts: u32| (side + gap).checked_div(parts).map_or(0, |one| one.saturating_sub(gap));
        let mut tile = Size {
            width: share(area.size.width, columns),
            height: share(area.size.height, count.div_ceil(columns)),
        };
        tile.width = tile.width.min(tile.height * WIDEST.0 / WIDEST.1);
        tile.height = tile.height.min(tile.width * narrowest.1 / narrowest.0);
        Self { area, count, columns, gap, tile }
    }

    fn cells(&self) -> impl Iterator<Item = Cell> {
        (0..self.count).map(|index| self.cell(index))
    }

    fn cell(&self, index: u32) -> Cell {
        let (row, column) = (index / self.columns, index % self.columns);
        let in_row = self.columns.min(self.count.saturating_sub(row * self.columns));
        let rows = self.count.div_ceil(self.columns);
        let offset = |side: u32, length: u32, parts: u32| {
            (side + self.gap).saturating_sub(parts * (length + self.gap)) / 2
        };
        Cell {
            x: self.area.x
                + offset(self.area.size.width, self.tile.width, in_row)
                + column * (self.tile.width + self.gap),
            y: self.area.y
                + offset(self.area.size.height, self.tile.height, rows)
                + row * (self.tile.height + self.gap),
            size: self.tile,
        }
    }
}

impl Tile {
    const fn is_large(self) -> bool {
        self.screen || self.pinned
    }
}

impl Size {
    /// The whole pixels of lengths that a browser has measured.
    pub fn measured(width: f64, height: f64) -> Self {
        let side = |length: f64| (length as u32).min(LONGEST_SIDE);
        Self { width: side(width), height: side(height) }
    }

    const fn is_upright(self) -> bool {
        self.height > self.width
    }

    const fn narrowest_tile(self) -> (u32, u32) {
        if self.is_upright() { NARROWEST_UPRIGHT } else { NARROWEST }
    }

    const fn area(self) -> u32 {
        self.width.saturating_mul(self.height)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PERSON: Tile = Tile { own: false, screen: false, pinned: false };
    const OWN: Tile = Tile { own: true, ..PERSON };
    const SCREEN: Tile = Tile { screen: true, ..PERSON };
    const PINNED: Tile = Tile { pinned: true, ..PERSON };

    /// So many people, this person last.
    fn people(count: usize) -> Vec<Tile> {
        let mut tiles = vec![PERSON; count];
        tiles[count - 1] = OWN;
        tiles
    }

    fn stage(width: u32, height: u32) -> Size {
        Size { width, height }
    }

    fn first_row(cells: &[Cell]) -> usize {
        cells.iter().take_while(|cell| cell.y == cells[0].y).count()
    }

    fn overlap(a: &Cell, b: &Cell) -> bool {
        a.x < b.x + b.size.width
            && b.x < a.x + a.size.width
            && a.y < b.y + b.size.height
            && b.y < a.y + a.size.height
    }

    fn is_inside(cell: &Cell, stage: Size) -> bool {
        cell.x + cell.size.width <= stage.width && cell.y + cell.size.height <= stage.height
    }

    /// Smaller than any telephone up to more than 4K.
    fn any_stage() -> impl Strategy<Value = Size> {
        (1..5000u32, 1..5000u32).prop_map(|(width, height)| stage(width, height))
    }

    /// What is left for the stage of a telephone, up to a 4K screen.
    fn usual_stage() -> impl Strategy<Value = Size> {
        (330..3840u32, 200..2160u32).prop_map(|(width, height)| stage(width, height))
    }

    fn any_tile() -> impl Strategy<Value = Tile> {
        prop_oneof![6 => Just(PERSON), 1 => Just(SCREEN), 1 => Just(PINNED)]
    }

    #[test]
    fn nobody_and_one_person_are_alone() {
        assert_eq!(arrange(&[], stage(800, 600)), Layout { kind: LayoutKind::Alone, cells: vec![] });
        let Layout { kind, cells } = arrange(&[OWN], stage(1000, 600));
        assert_eq!(kind, LayoutKind::Alone);
        assert_eq!(cells, [Cell { x: 0, y: 0, size: stage(1000, 600) }]);
    }

    #[test]
    fn of_two_the_other_fills_the_stage_and_the_own_tile_is_in_a_corner() {
        let Layout { kind, cells } = arrange(&[PERSON, OWN], stage(1200, 700));
        assert_eq!(kind, LayoutKind::Pair);
        assert_eq!(cells[0], Cell { x: 0, y: 0, size: stage(1200, 700) });
        assert_eq!(cells[1], Cell { x: 924, y: 540, size: stage(264, 148) });
    }

    #[test]
    fn on_an_upright_stage_the_own_tile_is_upright() {
        let Layout { cells, .. } = arrange(&[PERSON, OWN], stage(360, 560));
        assert_eq!(cells[1].size, stage(104, 138));
    }

    #[test]
    fn a_last_row_that_is_not_full_is_centred() {
        let Layout { kind, cells } = arrange(&people(3), stage(1252, 652));
        assert_eq!(kind, LayoutKind::Grid);
        let size = stage(604, 320);
        let places = [(16, 0), (632, 0), (324, 332)];
        assert_eq!(cells, places.map(|(x, y)| Cell { x, y, size }));
    }

    #[test]
    fn rows_and_columns_follow_the_shape_of_the_stage() {
        for (count, width, height, expected) in [
            (4, 1248, 640, 2),
            (5, 1248, 640, 3),
            (9, 1248, 640, 3),
            (12, 1248, 640, 4),
            (25, 1248, 640, 5),
            (25, 3800, 1900, 5),
            (3, 360, 600, 1),
            (4, 366, 640, 2),
            (4, 360, 1200, 1),
            (5, 360, 600, 2),
            (9, 360, 600, 2),
            (4, 820, 280, 2),
            (6, 820, 280, 3),
        ] {
            let Layout { cells, .. } = arrange(&people(count), stage(width, height));
            assert_eq!(first_row(&cells), expected, "{count} people on {width} by {height}");
        }
    }

    #[test]
    fn a_screen_is_large_and_people_stand_beside_it() {
        let Layout { kind, cells } = arrange(&[SCREEN, PERSON, PERSON, OWN], stage(1212, 600));
        assert_eq!(kind, LayoutKind::Screen);
        assert_eq!(cells[0].size, stage(958, 600));
        assert!(cells[1..].iter().all(|cell| cell.x >= 970 && cell.size.width <= 242));
    }

    #[test]
    fn on_an_upright_stage_people_stand_above_a_screen() {
        let Layout { cells, .. } = arrange(&[SCREEN, PERSON, OWN], stage(360, 600));
        assert!(cells[1..].iter().all(|cell| cell.y + cell.size.height <= 120));
        assert!(cells[0].y >= 132);
    }

    #[test]
    fn pinned_people_share_the_large_part() {
        let Layout { kind, cells } = arrange(&[PINNED, PERSON, PINNED, OWN], stage(1200, 600));
        assert_eq!(kind, LayoutKind::Speaker);
        assert_eq!(cells[0].size, cells[2].size);
        assert_eq!(cells[1].size, cells[3].size);
        assert!(cells[0].size.area() > 3 * cells[1].size.area());
    }

    #[test]
    fn when_all_are_large_there_is_no_strip() {
        let Layout { cells, .. } = arrange(&[SCREEN, SCREEN], stage(1212, 400));
        assert_eq!(cells.iter().map(|cell| cell.size.width).collect::<Vec<_>>(), [600, 600]);
    }

    #[test]
    fn a_measured_length_is_cut_to_whole_pixels() {
        assert_eq!(Size::measured(1248.0, 571.8), stage(1248, 571));
    }

    #[test]
    fn lengths_that_make_no_sense_are_tolerated() {
        for (width, height) in
            [(-1.0, f64::NAN), (f64::MIN, 1e300), (f64::INFINITY, 0.0), (f64::MAX, f64::MAX)]
        {
            for count in [1, 2, 3, 25, 1000] {
                let size = Size::measured(width, height);
                assert_eq!(arrange(&people(count), size).cells.len(), count);
            }
        }
    }

    proptest! {
        #[test]
        fn tiles_stay_inside_and_apart(
            tiles in prop::collection::vec(any_tile(), 0..32),
            size in any_stage(),
        ) {
            let Layout { kind, cells } = arrange(&tiles, size);
            prop_assert_eq!(cells.len(), tiles.len());
            for (index, cell) in cells.iter().enumerate() {
                prop_assert!(is_inside(cell, size), "{:?}", cell);
                let apart = cells[..index].iter().all(|other| !overlap(cell, other));
                prop_assert!(apart || kind == LayoutKind::Pair);
            }
        }

        #[test]
        fn the_own_tile_of_a_pair_is_inside_and_small(size in any_stage()) {
            let cell = arrange(&[PERSON, OWN], size).cells[1];
            prop_assert!(is_inside(&cell, size));
            prop_assert!(cell.size.height * 5 <= size.height * 2);
        }

        #[test]
        fn tiles_of_a_grid_are_even_and_well_shaped(count in 3..=25usize, size in usual_stage()) {
            let Layout { cells, .. } = arrange(&people(count), size);
            let tile = cells[0].size;
            prop_assert!(cells.iter().all(|cell| cell.size == tile));
            // A pixel may be lost to rounding.
            prop_assert!(tile.width * 9 <= (tile.height + 1) * 17);
            let (wide, high) = if size.is_upright() { (3, 4) } else { (4, 3) };
            prop_assert!((tile.width + 1) * high >= tile.height * wide);
        }

        #[test]
        fn no_other_number_of_columns_gives_larger_tiles(count in 3..=25u32, size in usual_stage()) {
            let chosen = f64::from(arrange(&people(count as usize), size).cells[0].size.area());
            let narrowest = if size.is_upright() { 0.75 } else { 4.0 / 3.0 };
            for columns in 1..=count {
                // Two columns are preferred.
                let bonus = if columns == 1 && count >= 4 { 1.5 } else { 1.0 };
                let gap = f64::from(GAP.min(size.width.min(size.height) / 32));
                let share = |side: u32, parts: u32| (f64::from(side) + gap) / f64::from(parts) - gap;
                let mut width = share(size.width, columns);
                let mut height = share(size.height, count.div_ceil(columns));
                width = width.min(height * 17.0 / 9.0);
                height = height.min(width / narrowest);
                // Sides may be shorter by two pixels for rounding.
                prop_assert!((width - 2.0).max(0.0) * (height - 2.0).max(0.0) <= chosen * bonus);
            }
        }

        #[test]
        fn from_four_people_there_are_two_columns(count in 4..=25usize, size in usual_stage()) {
            let cells = arrange(&people(count), size).cells;
            prop_assert!(first_row(&cells) >= 2 || size.is_upright());
        }

        #[test]
        fn tiles_are_read_in_the_order_given(
            tiles in prop::collection::vec(any_tile(), 3..26),
            size in usual_stage(),
        ) {
            let Layout { cells, .. } = arrange(&tiles, size);
            for large in [true, false] {
                let group = tiles.iter().zip(&cells).filter(|(tile, _)| tile.is_large() == large);
                let places: Vec<_> = group.map(|(_, cell)| (cell.y, cell.x)).collect();
                prop_assert!(places.is_sorted());
            }
        }
    }
}
