//! What people are called in a sentence.

use crate::{call::ParticipantView, protocol::DisplayName, ui::text::Texts};

/// What to call somebody, so that it can stand in any sentence.
pub fn display_name(peer: Option<&ParticipantView>, texts: &Texts) -> String {
    peer.and_then(|peer| peer.name.as_ref()).map_or_else(|| texts.guest.to_owned(), isolated)
}

/// A name that is written from right to left must not turn the words around it (UAX 9, section 3.3.5).
fn isolated(name: &DisplayName) -> String {
    let name = name.as_str();
    let turns = |c| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}');
    if name.contains(turns) { format!("\u{2068}{name}\u{2069}") } else { name.to_owned() }
}
