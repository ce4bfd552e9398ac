//! The names of people in sentences, and of devices in lists.

use crate::{
    call::ParticipantView,
    protocol::DisplayName,
    ui::text::{devices, i18n::I18n, language::Language, people},
};

/// The name of a participant, or a word for somebody without a name.
pub fn display_name(peer: Option<&ParticipantView>, language: Language) -> String {
    peer.and_then(|peer| peer.name.as_ref()).map_or_else(|| people::GUEST.get(language).to_owned(), isolated)
}

/// What to call a device: as the browser does, or by its place in the list.
pub fn device_name(i18n: I18n, label: &str, index: usize) -> String {
    if label.is_empty() {
        i18n.fill(&devices::UNNAMED_DEVICE, &(index + 1).to_string())
    } else {
        label.to_owned()
    }
}

/// Isolates a right-to-left name, so that it does not reorder the words around it (UAX 9, section 3.3.5).
fn isolated(name: &DisplayName) -> String {
    let name = name.as_str();
    if name.contains(is_right_to_left) { format!("\u{2068}{name}\u{2069}") } else { name.to_owned() }
}

fn is_right_to_left(character: char) -> bool {
    matches!(
        character,
        '\u{590}'..='\u{8ff}'
            | '\u{fb1d}'..='\u{fdff}'
            | '\u{fe70}'..='\u{feff}'
            | '\u{10800}'..='\u{10fff}'
            | '\u{1e800}'..='\u{1efff}'
    )
}
