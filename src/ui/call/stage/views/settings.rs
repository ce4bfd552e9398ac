//! What this person has chosen for the stage, and how it is remembered.

/// What is large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ViewChoice {
    /// All alike, as long as the tiles are large enough.
    #[default]
    Automatic,
    /// All alike.
    Grid,
    /// Who speaks.
    Speaker,
}

/// A corner of the stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Corner {
    TopLeft,
    TopRight,
    #[default]
    BottomRight,
    BottomLeft,
}

/// What this person has chosen for the stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings {
    /// What is large, without a shared screen and pinned tiles, which always are.
    pub choice: ViewChoice,
    /// Where the own tile lies, while it lies over another one.
    pub corner: Corner,
    /// The own tile is not shown, except to who is alone.
    pub own_hidden: bool,
}

impl ViewChoice {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Automatic, Self::Grid, Self::Speaker];

    /// The word under which it is remembered.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Grid => "grid",
            Self::Speaker => "speaker",
        }
    }
}

impl Corner {
    /// All, clockwise.
    pub const ALL: [Self; 4] = [Self::TopLeft, Self::TopRight, Self::BottomRight, Self::BottomLeft];

    const fn new(left: bool, top: bool) -> Self {
        match (left, top) {
            (true, true) => Self::TopLeft,
            (false, true) => Self::TopRight,
            (false, false) => Self::BottomRight,
            (true, false) => Self::BottomLeft,
        }
    }

    /// The corner whose centre is nearest to a point, given as parts of width and height.
    pub fn nearest(x: f64, y: f64) -> Self {
        Self::new(x < 0.5, y < 0.5)
    }

    pub const fn is_left(self) -> bool {
        matches!(self, Self::TopLeft | Self::BottomLeft)
    }

    pub const fn is_top(self) -> bool {
        matches!(self, Self::TopLeft | Self::TopRight)
    }

    /// The next one, clockwise.
    pub const fn next(self) -> Self {
        match self {
            Self::TopLeft => Self::TopRight,
            Self::TopRight => Self::BottomRight,
            Self::BottomRight => Self::BottomLeft,
            Self::BottomLeft => Self::TopLeft,
        }
    }

    /// Where an arrow key leads; `None` for other keys.
    pub fn after_key(self, key: &str) -> Option<Self> {
        match key {
            "ArrowLeft" => Some(Self::new(true, self.is_top())),
            "ArrowRight" => Some(Self::new(false, self.is_top())),
            "ArrowUp" => Some(Self::new(self.is_left(), true)),
            "ArrowDown" => Some(Self::new(self.is_left(), false)),
            _ => None,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::TopLeft => "top-left",
            Self::TopRight => "top-right",
            Self::BottomRight => "bottom-right",
            Self::BottomLeft => "bottom-left",
        }
    }
}

impl Settings {
    /// Reads what was remembered. Whatever makes no sense is as if it had never been chosen.
    pub fn parse(text: &str) -> Self {
        let mut settings = Self::default();
        for word in text.split_whitespace() {
            settings.own_hidden |= word == "own-hidden";
            if let Some(choice) = ViewChoice::ALL.into_iter().find(|choice| choice.as_str() == word) {
                settings.choice = choice;
            }
            if let Some(corner) = Corner::ALL.into_iter().find(|corner| corner.as_str() == word) {
                settings.corner = corner;
            }
        }
        settings
    }

    /// What to remember.
    pub fn to_text(self) -> String {
        let hidden = if self.own_hidden { "own-hidden" } else { "" };
        [self.choice.as_str(), self.corner.as_str(), hidden].join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_read_again() {
        for choice in ViewChoice::ALL {
            for corner in Corner::ALL {
                for own_hidden in [true, false] {
                    let settings = Settings { choice, corner, own_hidden };
                    assert_eq!(Settings::parse(&settings.to_text()), settings);
                }
            }
        }
    }

    #[test]
    fn what_makes_no_sense_is_as_if_never_chosen() {
        for text in ["", "speakers", "grid,top-left", "\0", "own-hidden-not"] {
            assert_eq!(Settings::parse(text), Settings::default());
        }
        let mixed = Settings { choice: ViewChoice::Speaker, ..Settings::default() };
        assert_eq!(Settings::parse("  loud speaker nowhere "), mixed);
    }

    #[test]
    fn arrow_keys_lead_to_the_corner_on_that_side() {
        let go = |corner: Corner, key| corner.after_key(key).unwrap_or(corner);
        assert_eq!(go(Corner::BottomRight, "ArrowLeft"), Corner::BottomLeft);
        assert_eq!(go(Corner::BottomRight, "ArrowRight"), Corner::BottomRight);
        assert_eq!(go(Corner::BottomLeft, "ArrowUp"), Corner::TopLeft);
        assert_eq!(go(Corner::TopLeft, "ArrowRight"), Corner::TopRight);
        assert_eq!(go(Corner::TopRight, "ArrowDown"), Corner::BottomRight);
        assert_eq!(Corner::TopLeft.after_key("Enter"), None);
    }

    #[test]
    fn the_next_corner_leads_around() {
        let around = [Corner::TopRight, Corner::BottomRight, Corner::BottomLeft, Corner::TopLeft];
        assert_eq!(Corner::ALL.map(Corner::next), around);
    }

    #[test]
    fn a_tile_falls_into_the_nearest_corner() {
        assert_eq!(Corner::nearest(0.2, 0.9), Corner::BottomLeft);
        assert_eq!(Corner::nearest(0.6, 0.4), Corner::TopRight);
        assert_eq!(Corner::nearest(f64::NAN, f64::NAN), Corner::BottomRight);
    }
}
