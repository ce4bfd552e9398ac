//! The pages by their paths, and the titles of their windows.

use crate::{
    protocol::RoomName,
    ui::text::{home, language::Language, not_found, signals, status},
};

/// A page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Page {
    /// `/`
    Home,
    /// `/r/{room}`; the name may be invalid.
    Room(String),
    /// `/signals`
    Signals,
    /// Anything else.
    #[default]
    Nowhere,
}

impl Page {
    /// The page at this path.
    pub fn at(path: &str) -> Self {
        match path.strip_prefix("/r/") {
            Some(room) if !room.contains('/') => Self::Room(room.to_owned()),
            None if path == "/" => Self::Home,
            None if path == "/signals" => Self::Signals,
            Some(_) | None => Self::Nowhere,
        }
    }

    /// The room, if the name is valid.
    pub fn room(&self) -> Option<RoomName> {
        match self {
            Self::Room(name) => name.parse().ok(),
            Self::Home | Self::Signals | Self::Nowhere => None,
        }
    }
}

/// The window title of a page as the server renders it; the client replaces it by the status of the call.
pub fn title_of(page: &Page, language: Language) -> String {
    let name = match page {
        Page::Home => &home::TAGLINE,
        Page::Room(_) => &status::LOBBY,
        Page::Signals => &signals::SIGNALS,
        Page::Nowhere => &not_found::NOT_FOUND,
    };
    window_title(name.get(language))
}

/// The title of a window.
pub fn window_title(name: &str) -> String {
    format!("{name} · halloo")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_stand_at_their_paths() {
        assert_eq!(Page::at("/"), Page::Home);
        assert_eq!(Page::at("/signals"), Page::Signals);
        assert_eq!(Page::at("/r/abc"), Page::Room("abc".to_owned()));
        for path in ["", "/r", "/r/a/b", "/rooms", "//"] {
            assert_eq!(Page::at(path), Page::Nowhere, "{path}");
        }
    }
}
