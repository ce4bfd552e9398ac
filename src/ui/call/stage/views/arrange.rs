//! Where the tiles of a call are placed when more matters than the number of people: a shared screen, pinned
//! tiles, who speaks, and what this person has chosen. A pure function, as [`layout`](super::super::layout).

use super::{
    super::layout::{Cell, GAP, Grid, LayoutKind, Size, corner},
    settings::{Corner, Settings, ViewChoice},
};

/// Limits to the width of the strip of small tiles, or to its height.
const STRIP: (u32, u32) = (96, 320);
/// Tiles in the strip, so that faces stay large enough.
const MAX_SMALL: usize = 6;
/// Where the tiles of a grid would be smaller, the speaker is large instead, unless this person has chosen
/// the grid. Unit: square pixel.
const MIN_GRID_TILE: u32 = 12_000;

/// One picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tile {
    /// This person's own camera.
    pub own: bool,
    /// A shared screen.
    pub screen: bool,
    /// Kept large by this person.
    pub pinned: bool,
    /// Who speaks, or spoke last.
    pub speaker: bool,
}

/// Places for tiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrangement {
    /// The kind of layout.
    pub kind: LayoutKind,
    /// In the order of the tiles. `None` for a tile that is not shown.
    pub cells: Vec<Option<Cell>>,
    /// Whether the own tile lies over another one, in its corner.
    pub floating: bool,
}

/// Places tiles on a stage of this size. Tiles keep the order in which they are given.
pub fn arrange(tiles: &[Tile], settings: Settings, stage: Size) -> Arrangement {
    let kind = kind(tiles, settings, stage);
    let has_others = tiles.iter().any(|tile| !tile.own);
    let hides = |tile: &Tile| tile.own && settings.own_hidden && has_others;
    let roles: Vec<Role> = roles(tiles, kind)
        .zip(tiles)
        .map(|(role, tile)| if hides(tile) { Role::Hidden } else { role })
        .collect();
    let small = || roles.iter().zip(tiles).filter(|(role, _)| **role == Role::Small).map(|(_, tile)| tile);
    // The text of a screen must not be covered.
    let floating = kind != LayoutKind::Screen
        && roles.contains(&Role::Large)
        && small().count() == 1
        && small().all(|tile| tile.own);
    let roles = limit_small(tiles, roles);
    let count = |wanted| roles.iter().filter(|role| **role == wanted).count();
    let (main, strip) = areas(stage, count(Role::Small) > 0 && !floating);
    let narrowest = stage.narrowest_tile();
    let large = Grid::fit(count(Role::Large), main, narrowest);
    let small = Grid::fit(count(Role::Small), strip, narrowest);
    let fills = matches!(kind, LayoutKind::Pair | LayoutKind::Speaker)
        && count(Role::Large) == 1
        && (floating || count(Role::Small) == 0);
    let whole = fills.then(|| Cell::whole(stage));
    let (mut large, mut small) = (large.cells(), small.cells());
    let cell = |role: &Role| match role {
        Role::Large => whole.or_else(|| large.next()),
        Role::Small if floating => Some(settings.corner.of(stage)),
        Role::Small => small.next(),
        Role::Hidden => None,
    };
    Arrangement { kind, cells: roles.iter().map(cell).collect(), floating }
}

/// How a tile is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Large,
    Small,
    Hidden,
}

fn kind(tiles: &[Tile], settings: Settings, stage: Size) -> LayoutKind {
    let usual = LayoutKind::of(tiles.len());
    if tiles.iter().any(|tile| tile.screen) {
        return LayoutKind::Screen;
    }
    let speaker = match settings.choice {
        ViewChoice::Grid => false,
        ViewChoice::Speaker => true,
        ViewChoice::Automatic => {
            let grid = Grid::fit(tiles.len(), Cell::whole(stage), stage.narrowest_tile());
            usual == LayoutKind::Grid && grid.tile.area() < MIN_GRID_TILE
        }
    };
    let pinned = tiles.iter().any(|tile| tile.pinned);
    if usual != LayoutKind::Alone && (pinned || speaker) { LayoutKind::Speaker } else { usual }
}

fn roles(tiles: &[Tile], kind: LayoutKind) -> impl Iterator<Item = Role> {
    let pinned = tiles.iter().any(|tile| tile.pinned);
    let speaker = tiles.iter().position(|tile| tile.speaker && !tile.own);
    let speaker = speaker.or_else(|| tiles.iter().position(|tile| !tile.own));
    tiles.iter().enumerate().map(move |(index, tile)| {
        let large = match kind {
            LayoutKind::Alone | LayoutKind::Grid => true,
            LayoutKind::Pair => !tile.own,
            LayoutKind::Speaker if !pinned => Some(index) == speaker,
            LayoutKind::Speaker | LayoutKind::Screen => tile.pinned || tile.screen,
        };
        if large { Role::Large } else { Role::Small }
    })
}

/// Hides small tiles that are too many: the last ones, but neither the own tile nor the speaker.
fn limit_small(tiles: &[Tile], mut roles: Vec<Role>) -> Vec<Role> {
    let small = roles.iter().filter(|role| **role == Role::Small).count();
    let mut excess = small.saturating_sub(MAX_SMALL);
    for (role, tile) in roles.iter_mut().zip(tiles).rev() {
        if excess > 0 && *role == Role::Small && !tile.own && !tile.speaker {
            *role = Role::Hidden;
            excess -= 1;
        }
    }
    roles
}

/// The area of the large tiles, and the strip at the right, or at the top of an upright stage.
fn areas(stage: Size, has_strip: bool) -> (Cell, Cell) {
    let (mut main, mut strip) = (Cell::whole(stage), Cell::whole(stage));
    if has_strip && stage.is_upright() {
        strip.size.height = strip_length(stage.height);
        main.y = strip.size.height + GAP;
        main.size.height = stage.height.saturating_sub(main.y);
    } else if has_strip {
        strip.size.width = strip_length(stage.width);
        main.size.width = stage.width.saturating_sub(strip.size.width + GAP);
        strip.x = stage.width - strip.size.width;
    }
    (main, strip)
}

fn strip_length(side: u32) -> u32 {
    (side / 5).clamp(STRIP.0, STRIP.1).min(side / 2)
}

impl Corner {
    /// The place of the own tile.
    fn of(self, stage: Size) -> Cell {
        let mut cell = corner(stage);
        if self.is_left() {
            cell.x = stage.width - cell.size.width - cell.x;
        }
        if self.is_top() {
            cell.y = stage.height - cell.size.height - cell.y;
        }
        cell
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ui::call::stage::layout;

    const PERSON: Tile = Tile { own: false, screen: false, pinned: false, speaker: false };
    const OWN: Tile = Tile { own: true, ..PERSON };
    const SCREEN: Tile = Tile { screen: true, ..PERSON };
    const PINNED: Tile = Tile { pinned: true, ..PERSON };
    const SPEAKER: Tile = Tile { speaker: true, ..PERSON };

    const AUTOMATIC: Settings =
        Settings { choice: ViewChoice::Automatic, corner: Corner::BottomRight, own_hidden: false };
    const GRID: Settings = Settings { choice: ViewChoice::Grid, ..AUTOMATIC };
    const SPEAKER_VIEW: Settings = Settings { choice: ViewChoice::Speaker, ..AUTOMATIC };
    const HIDDEN: Settings = Settings { own_hidden: true, ..AUTOMATIC };

    fn stage(width: u32, height: u32) -> Size {
        Size { width, height }
    }

    /// So many people, this person last.
    fn people(count: usize) -> Vec<Tile> {
        let mut tiles = vec![PERSON; count];
        tiles[count - 1] = OWN;
        tiles
    }

    fn cells(tiles: &[Tile], settings: Settings, stage: Size) -> Vec<Cell> {
        arrange(tiles, settings, stage).cells.into_iter().map(Option::unwrap_or_default).collect()
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

    /// Screens first, this person last, at most one speaker.
    fn any_tiles() -> impl Strategy<Value = Vec<Tile>> {
        let people = prop::collection::vec(prop_oneof![6 => Just(PERSON), 1 => Just(PINNED)], 0..26);
        (0..3usize, people, any::<prop::sample::Index>()).prop_map(|(screens, mut people, speaker)| {
            if !people.is_empty() {
                let index = speaker.index(people.len());
                people[index].speaker = true;
            }
            let mut tiles = vec![SCREEN; screens];
            tiles.append(&mut people);
            tiles.push(OWN);
            tiles
        })
    }

    fn any_settings() -> impl Strategy<Value = Settings> {
        (prop::sample::select(&ViewChoice::ALL), prop::sample::select(&Corner::ALL), any::<bool>())
            .prop_map(|(choice, corner, own_hidden)| Settings { choice, corner, own_hidden })
    }

    #[test]
    fn a_screen_is_large_and_people_stand_beside_it() {
        let tiles = [SCREEN, PERSON, PERSON, OWN];
        let size = stage(1212, 600);
        for settings in [AUTOMATIC, GRID, SPEAKER_VIEW] {
            assert_eq!(arrange(&tiles, settings, size).kind, LayoutKind::Screen);
            let cells = cells(&tiles, settings, size);
            assert_eq!(cells[0].size, stage(958, 600));
            assert!(cells[1..].iter().all(|cell| cell.x >= 970 && cell.size.width <= 242));
        }
    }

    #[test]
    fn on_an_upright_stage_people_stand_above_a_screen() {
        let cells = cells(&[SCREEN, PERSON, OWN], AUTOMATIC, stage(360, 600));
        assert!(cells[1..].iter().all(|cell| cell.y + cell.size.height <= 120));
        assert!(cells[0].y >= 132);
    }

    #[test]
    fn pinned_people_share_the_large_part() {
        let tiles = [PINNED, SPEAKER, PINNED, OWN];
        for settings in [AUTOMATIC, GRID, SPEAKER_VIEW] {
            let Arrangement { kind, floating, .. } = arrange(&tiles, settings, stage(1200, 600));
            assert_eq!((kind, floating), (LayoutKind::Speaker, false));
            let cells = cells(&tiles, settings, stage(1200, 600));
            assert_eq!(cells[0].size, cells[2].size);
            assert_eq!(cells[1].size, cells[3].size);
            assert!(cells[0].size.area() > 3 * cells[1].size.area());
        }
    }

    #[test]
    fn a_pinned_tile_is_as_large_as_a_screen_beside_it() {
        let cells = cells(&[SCREEN, PINNED, PERSON, OWN], AUTOMATIC, stage(1200, 600));
        assert_eq!(cells[0].size, cells[1].size);
        assert!(cells[1].size.area() > 2 * cells[2].size.area());
    }

    #[test]
    fn the_speaker_is_large_where_that_is_chosen() {
        let tiles = [PERSON, SPEAKER, PERSON, OWN];
        let Arrangement { kind, .. } = arrange(&tiles, SPEAKER_VIEW, stage(1200, 600));
        assert_eq!(kind, LayoutKind::Speaker);
        let cells = cells(&tiles, SPEAKER_VIEW, stage(1200, 600));
        assert!(cells[1].size.area() > 8 * cells[0].size.area());
        assert_eq!([cells[0].size, cells[2].size], [cells[3].size; 2]);
    }

    #[test]
    fn before_anybody_has_spoken_the_first_is_large() {
        let cells = cells(&people(4), SPEAKER_VIEW, stage(1200, 600));
        assert!(cells[0].size.area() > 8 * cells[1].size.area());
    }

    #[test]
    fn of_two_the_other_is_large_and_the_own_tile_is_in_its_corner_in_every_view() {
        for settings in [AUTOMATIC, GRID, SPEAKER_VIEW] {
            for other in [PERSON, PINNED, SPEAKER] {
                let tiles = [other, OWN];
                assert!(arrange(&tiles, settings, stage(1200, 700)).floating);
                assert_eq!(cells(&tiles, settings, stage(1200, 700)), layout::arrange(2, stage(1200, 700)));
            }
        }
    }

    #[test]
    fn the_own_tile_is_in_the_corner_that_is_chosen() {
        let size = stage(1200, 700);
        let at = |corner| cells(&people(2), Settings { corner, ..AUTOMATIC }, size)[1];
        let right = 1200 - 264 - GAP;
        let bottom = 700 - 148 - GAP;
        for (corner, x, y) in [
            (Corner::TopLeft, GAP, GAP),
            (Corner::TopRight, right, GAP),
            (Corner::BottomRight, right, bottom),
            (Corner::BottomLeft, GAP, bottom),
        ] {
            assert_eq!((at(corner).x, at(corner).y), (x, y));
        }
    }

    #[test]
    fn a_hidden_own_tile_leaves_its_place_to_the_others() {
        for count in 2..6 {
            let all = arrange(&people(count), HIDDEN, stage(1200, 700)).cells;
            assert_eq!(all[count - 1], None);
            assert!(all[..count - 1].iter().all(Option::is_some));
        }
        let three = cells(&people(3), HIDDEN, stage(1212, 400));
        assert_eq!([three[0].size.width, three[1].size.width], [600, 600]);
    }

    #[test]
    fn the_own_tile_is_shown_to_who_is_alone() {
        assert_eq!(cells(&[OWN], HIDDEN, stage(800, 600)), layout::arrange(1, stage(800, 600)));
    }

    #[test]
    fn so_many_people_that_faces_would_be_tiny_are_a_strip_beside_the_speaker() {
        let phone = stage(820, 280);
        assert_eq!(arrange(&people(6), AUTOMATIC, phone).kind, LayoutKind::Grid);
        assert_eq!(arrange(&people(25), AUTOMATIC, phone).kind, LayoutKind::Speaker);
        assert_eq!(arrange(&people(25), GRID, phone).kind, LayoutKind::Grid);
        assert_eq!(arrange(&people(25), AUTOMATIC, stage(1248, 571)).kind, LayoutKind::Grid);
    }

    #[test]
    fn a_strip_shows_six_of_many_the_speaker_and_this_person_among_them() {
        let mut tiles = people(12);
        tiles[9] = SPEAKER;
        tiles.insert(0, SCREEN);
        let cells = arrange(&tiles, AUTOMATIC, stage(1200, 600)).cells;
        let shown: Vec<_> = (0..cells.len()).filter(|index| cells[*index].is_some()).collect();
        assert_eq!(shown, [0, 1, 2, 3, 4, 10, 12]);
    }

    #[test]
    fn when_all_are_large_there_is_no_strip() {
        let cells = cells(&[SCREEN, SCREEN], AUTOMATIC, stage(1212, 400));
        assert_eq!(cells.iter().map(|cell| cell.size.width).collect::<Vec<_>>(), [600, 600]);
    }

    proptest! {
        #[test]
        fn tiles_stay_inside_and_apart(
            tiles in any_tiles(),
            settings in any_settings(),
            size in any_stage(),
        ) {
            let Arrangement { cells, floating, .. } = arrange(&tiles, settings, size);
            prop_assert_eq!(cells.len(), tiles.len());
            let shown: Vec<_> =
                tiles.iter().zip(&cells).filter_map(|(tile, cell)| Some((tile, (*cell)?))).collect();
            for (index, (tile, cell)) in shown.iter().enumerate() {
                prop_assert!(is_inside(cell, size), "{:?}", cell);
                let apart = shown[..index].iter().all(|(_, other)| !overlap(cell, other));
                prop_assert!(apart || floating && tile.own);
            }
        }

        #[test]
        fn screens_pinned_tiles_and_the_speaker_are_shown(
            tiles in any_tiles(),
            settings in any_settings(),
            size in any_stage(),
        ) {
            let Arrangement { cells, kind, .. } = arrange(&tiles, settings, size);
            for (tile, cell) in tiles.iter().zip(&cells) {
                prop_assert!(cell.is_some() || !(tile.screen || tile.pinned || tile.speaker));
                prop_assert!(cell.is_some() || kind == LayoutKind::Speaker
                    || kind == LayoutKind::Screen || tile.own);
                prop_assert!(!tile.own || cell.is_some() || settings.own_hidden);
            }
        }

        #[test]
        fn who_joins_or_leaves_does_not_reorder_the_others(
            tiles in any_tiles(),
            settings in any_settings(),
            size in usual_stage(),
            gone in any::<prop::sample::Index>(),
        ) {
            let named: Vec<_> = tiles.iter().copied().enumerate().collect();
            let mut fewer = named.clone();
            fewer.remove(gone.index(tiles.len()));
            for named in [named, fewer] {
                let tiles: Vec<_> = named.iter().map(|(_, tile)| *tile).collect();
                let Arrangement { cells, floating, .. } = arrange(&tiles, settings, size);
                let largest = cells.iter().flatten().map(|cell| cell.size.area()).max();
                for large in [true, false] {
                    let group = named.iter().zip(&cells).filter_map(|((name, tile), cell)| {
                        let cell = (*cell)?;
                        let in_group = (Some(cell.size.area()) == largest) == large;
                        (in_group && !(floating && tile.own)).then_some(((cell.y, cell.x), *name))
                    });
                    let mut read: Vec<_> = group.collect();
                    read.sort_unstable();
                    prop_assert!(read.is_sorted_by_key(|(_, name)| *name));
                }
            }
        }

        #[test]
        fn without_screens_pins_and_choices_tiles_are_where_they_were_before_this_part_came(
            count in 1..26usize,
            size in usual_stage(),
        ) {
            let Arrangement { kind, .. } = arrange(&people(count), AUTOMATIC, size);
            if kind == LayoutKind::of(count) {
                prop_assert_eq!(cells(&people(count), AUTOMATIC, size), layout::arrange(count, size));
            }
        }
    }
}
