//! Reactions: what a person shows for a moment without a word.

use serde::{Deserialize, Serialize};

/// One of the five reactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reaction {
    /// Agreement.
    ThumbsUp,
    /// Applause.
    Clap,
    /// Affection, or thanks.
    Heart,
    /// Amusement.
    Laugh,
    /// Astonishment.
    Surprise,
}

impl Reaction {
    /// Every reaction.
    pub const ALL: [Self; 5] = [Self::ThumbsUp, Self::Clap, Self::Heart, Self::Laugh, Self::Surprise];

    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ThumbsUp => "thumbs_up",
            Self::Clap => "clap",
            Self::Heart => "heart",
            Self::Laugh => "laugh",
            Self::Surprise => "surprise",
        }
    }

    /// The reaction of this name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reaction| reaction.name() == name)
    }
}
