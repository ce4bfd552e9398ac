//! Where the tiles of a call are placed on the stage: a pure function of the number of people and the size of
//! the stage. What needs more than that comes with [`super::views`].
//!
//! All lengths are whole CSS pixels.

/// Space between two tiles.
pub const GAP: u32 = 12;
/// The widest tile of a grid, as width to height.
const WIDEST: (u32, u32) = (17, 9);
/// The narrowest tile of a grid.
const NARROWEST: (u32, u32) = (4, 3);
/// The narrowest tile of a grid on a stage taller than wide: the shape that a phone held upright sends.
/// With wider tiles half of such a stage would stay empty.
const NARROWEST_UPRIGHT: (u32, u32) = (3, 4);
/// Limits to the width of the own tile in a corner.
const CORNER_WIDTH: (u32, u32) = (104, 272);

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

/// The kinds of layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LayoutKind {
    /// One tile at most.
    Alone,
    /// The other person fills the stage, the own tile floats in a corner.
    Pair,
    /// Tiles of one size.
    Grid,
    /// Pinned tiles are large, or the speaker is. The others stand in a strip.
    Speaker,
    /// Shared screens and pinned tiles are large, the others stand in a strip.
    Screen,
}

impl LayoutKind {
    /// The kind for so many people.
    pub const fn of(people: usize) -> Self {
        match people {
            0 | 1 => Self::Alone,
            2 => Self::Pair,
            _ => Self::Grid,
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

/// Places so many people on a stage of this size. The last of them is this person.
pub fn arrange(people: usize, stage: Size) -> Vec<Cell> {
    let whole = Cell::whole(stage);
    match LayoutKind::of(people) {
        LayoutKind::Pair => vec![whole, corner(stage)],
        LayoutKind::Alone | LayoutKind::Grid | LayoutKind::Speaker | LayoutKind::Screen => {
            Grid::fit(people, whole, stage.narrowest_tile()).cells().collect()
        }
    }
}

/// The bottom right corner.
pub fn corner(stage: Size) -> Cell {
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

/// Equal tiles in rows. A last row that is not full is centred.
pub struct Grid {
    area: Cell,
    count: u32,
    columns: u32,
    gap: u32,
    pub tile: Size,
}

impl Grid {
    /// Chooses the number of columns with which tiles are largest. From four tiles it is at least two,
    /// unless one column makes them more than half as large again.
    pub fn fit(count: usize, area: Cell, narrowest: (u32, u32)) -> Self {
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

    /// In reading order.
    pub fn cells(&self) -> impl Iterator<Item = Cell> {
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

impl Cell {
    /// The whole stage.
    pub const fn whole(stage: Size) -> Self {
        Self { x: 0, y: 0, size: stage }
    }
}

impl Size {
    /// The whole pixels of lengths that a browser has measured.
    pub fn measured(width: f64, height: f64) -> Self {
        let side = |length: f64| (length as u32).min(LONGEST_SIDE);
        Self { width: side(width), height: side(height) }
    }

    /// Returns whether it is taller than wide.
    pub const fn is_upright(self) -> bool {
        self.height > self.width
    }

    /// The narrowest tile of a grid on a stage of this size, as width to height.
    pub const fn narrowest_tile(self) -> (u32, u32) {
        if self.is_upright() { NARROWEST_UPRIGHT } else { NARROWEST }
    }

    /// Square pixels.
    pub const fn area(self) -> u32 {
        self.width.saturating_mul(self.height)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stage(width: u32, height: u32) -> Size {
        Size { width, height }
    }

    fn first_row(cells: &[Cell]) -> usize {
        cells.iter().take_while(|cell| cell.y == cells[0].y).count()
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

    #[test]
    fn nobody_and_one_person_are_alone() {
        assert_eq!(arrange(0, stage(800, 600)), []);
        assert_eq!(arrange(1, stage(1000, 600)), [Cell::whole(stage(1000, 600))]);
    }

    #[test]
    fn of_two_the_other_fills_the_stage_and_the_own_tile_is_in_a_corner() {
        let cells = arrange(2, stage(1200, 700));
        assert_eq!(cells[0], Cell::whole(stage(1200, 700)));
        assert_eq!(cells[1], Cell { x: 924, y: 540, size: stage(264, 148) });
    }

    #[test]
    fn on_an_upright_stage_the_own_tile_is_upright() {
        assert_eq!(arrange(2, stage(360, 560))[1].size, stage(104, 138));
    }

    #[test]
    fn a_last_row_that_is_not_full_is_centred() {
        let size = stage(604, 320);
        let places = [(16, 0), (632, 0), (324, 332)];
        assert_eq!(arrange(3, stage(1252, 652)), places.map(|(x, y)| Cell { x, y, size }));
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
            let cells = arrange(count, stage(width, height));
            assert_eq!(first_row(&cells), expected, "{count} people on {width} by {height}");
        }
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
                assert_eq!(arrange(count, size).len(), count);
            }
        }
    }

    proptest! {
        #[test]
        fn the_own_tile_of_a_pair_is_inside_and_small(size in any_stage()) {
            let cell = arrange(2, size)[1];
            prop_assert!(is_inside(&cell, size));
            prop_assert!(cell.size.height * 5 <= size.height * 2);
        }

        #[test]
        fn tiles_of_a_grid_are_even_and_well_shaped(count in 3..=25usize, size in usual_stage()) {
            let cells = arrange(count, size);
            let tile = cells[0].size;
            prop_assert!(cells.iter().all(|cell| cell.size == tile));
            // A pixel may be lost to rounding.
            prop_assert!(tile.width * 9 <= (tile.height + 1) * 17);
            let (wide, high) = if size.is_upright() { (3, 4) } else { (4, 3) };
            prop_assert!((tile.width + 1) * high >= tile.height * wide);
        }

        #[test]
        fn no_other_number_of_columns_gives_larger_tiles(count in 3..=25u32, size in usual_stage()) {
            let chosen = f64::from(arrange(count as usize, size)[0].size.area());
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
            let cells = arrange(count, size);
            prop_assert!(first_row(&cells) >= 2 || size.is_upright());
        }
    }
}
