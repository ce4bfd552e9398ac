//! What the drawer can show.

use crate::ui::text::{Text, chat::CHAT, panels as text, signals::SIGNALS};

/// What the drawer shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Panel {
    Chat,
    People,
    Connections,
    Invite,
    Signals,
}

impl Panel {
    /// Every panel, in the order of the tabs.
    pub const ALL: [Self; 5] = [Self::Chat, Self::People, Self::Connections, Self::Invite, Self::Signals];

    /// What its tab says.
    pub const fn name(self) -> &'static Text {
        match self {
            Self::Chat => &CHAT,
            Self::People => &text::PEOPLE,
            Self::Connections => &text::CONNECTIONS,
            Self::Invite => &text::INVITE,
            Self::Signals => &SIGNALS,
        }
    }

    pub(super) const fn test_id(self) -> &'static str {
        match self {
            Self::Chat => "tab-chat",
            Self::People => "tab-people",
            Self::Connections => "open-stats",
            Self::Invite => "open-invite",
            Self::Signals => "open-signals",
        }
    }

    /// The panel whose tab has the focus after this key (WAI-ARIA, pattern *tabs*).
    pub(super) fn after(self, key: &str) -> Option<Self> {
        let (at, count) = (self as usize, Self::ALL.len());
        let to = match key {
            "ArrowRight" => (at + 1) % count,
            "ArrowLeft" => (at + count - 1) % count,
            "Home" => 0,
            "End" => count - 1,
            _ => return None,
        };
        Some(Self::ALL[to])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_round_the_tabs() {
        assert_eq!(Panel::People.after("ArrowRight"), Some(Panel::Connections));
        assert_eq!(Panel::Chat.after("ArrowLeft"), Some(Panel::Signals));
        assert_eq!(Panel::Signals.after("ArrowRight"), Some(Panel::Chat));
        assert_eq!(Panel::Connections.after("End"), Some(Panel::Signals));
        assert_eq!(Panel::Connections.after("a"), None);
    }
}
