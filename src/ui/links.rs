//! Room links: generating unguessable names, and parsing what was typed or pasted, or what became of a link
//! on its way through messengers and mail programs.

use crate::protocol::{RoomName, is_ignorable};

/// Without `0`, `1`, `l` and `o`, which are easily confused. 32 characters: five bits each.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Characters of a generated name without dashes: 60 bits.
pub const NAME_CHARS: usize = 12;

/// Makes a room name such as `k7f-9qz-m2d-x4p` from random bytes.
pub fn name_from_random(random: [u8; NAME_CHARS]) -> String {
    let mut name = String::with_capacity(NAME_CHARS + 3);
    for (i, byte) in random.iter().enumerate() {
        if i > 0 && i % 3 == 0 {
            name.push('-');
        }
        name.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    name
}

/// Why an input does not name a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoomInputError {
    /// Not a room name.
    BadRoom,
    /// A link to a room on another server.
    OtherServer,
}

/// Parses a room name, or a link to a room on this server, `host`. White space in a name stands for a dash;
/// in a text around a link it ends the link.
pub fn room_from_input(input: &str, host: &str) -> Result<RoomName, RoomInputError> {
    let input: String = input.chars().filter(|c| !is_invisible(*c)).collect();
    let input = input.trim();
    let input = input.strip_prefix("r/").unwrap_or(input);
    let Some((before, rest)) = input.split_once("/r/") else {
        let words: Vec<_> = input.split_whitespace().collect();
        return room_in_path(&words.join("-")).ok_or(RoomInputError::BadRoom);
    };
    let named = before.rsplit("//").next().unwrap_or(before);
    let named = named.rsplit(char::is_whitespace).next().unwrap_or(named);
    let named = named.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '[');
    if !named.is_empty() && !named.eq_ignore_ascii_case(host) {
        return Err(RoomInputError::OtherServer);
    }
    let name = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let name = name.split_whitespace().next().unwrap_or(name);
    room_in_path(name).ok_or(RoomInputError::BadRoom)
}

/// Parses the name in a path after `/r/`, as messengers and mail programs hand it on: percent-encoded where
/// it need not be (RFC 3986, section 2.4), with typographic dashes, full-width or invisible characters, and
/// between marks and white space that belong to the text around the link. Letters and digits are neither
/// added nor left out, so that no other room is found.
pub fn room_in_path(name: &str) -> Option<RoomName> {
    let visible: String = percent_decoded(name)?.chars().filter(|c| !is_invisible(*c)).collect();
    // A dash at the end is of the name only if it is one of ASCII.
    let plain: String = visible.trim_matches(is_around).chars().map(in_ascii).collect();
    plain.trim_matches(is_around).parse().ok()
}

fn is_around(c: char) -> bool {
    !c.is_alphanumeric() && c != '-'
}

/// Returns `None` if the bytes are no UTF-8. A `%` without two hexadecimal digits stands for itself.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digit = |at: usize| char::from(*after.get(at)?).to_digit(16);
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((16 * high + low) as u8);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

/// The dash for a typographic one, and the ASCII character for one of full width (Unicode, block
/// *Halfwidth and Fullwidth Forms*).
fn in_ascii(c: char) -> char {
    match c {
        // General category Pd as far as keyboards and programs write it, bullet and minus.
        '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{2e3a}' | '\u{2e3b}' => '-',
        '\u{fe58}' | '\u{fe63}' => '-',
        '\u{ff01}'..='\u{ff5e}' => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c),
        _ => c,
    }
}

/// White space is none of these: it ends words.
fn is_invisible(c: char) -> bool {
    is_ignorable(c) || (c.is_control() && !c.is_whitespace())
}

/// The path of a room's page.
pub fn room_path(room: &RoomName) -> String {
    format!("/r/{room}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use proptest::{collection::vec, prelude::*};

    use super::*;

    const HOST: &str = "calls.example:8080";

    #[test]
    fn generated_names_are_room_names_and_use_every_bit() {
        assert_eq!(name_from_random([0, 1, 2, 3, 4, 5, 6, 7, 255, 8, 9, 10]), "abc-def-gh9-ijk");
        let name = name_from_random([9, 99, 199, 31, 32, 63, 64, 128, 77, 1, 2, 3]);
        assert_eq!(name.parse::<RoomName>().unwrap().as_str(), name);
        let mut letters = ALPHABET.to_vec();
        letters.sort_unstable();
        letters.dedup();
        assert_eq!(letters.len(), 32);
    }

    #[test]
    fn names_and_links_are_understood() {
        for input in [
            "k7f-9qz-m2d",
            " K7F-9QZ-M2D ",
            "/r/k7f-9qz-m2d",
            "r/k7f-9qz-m2d",
            "https://calls.example:8080/r/k7f-9qz-m2d?join=now&name=Ada#x",
            "Calls.example:8080/r/k7f-9qz-m2d/",
        ] {
            assert_eq!(room_from_input(input, HOST).unwrap().as_str(), "k7f-9qz-m2d", "{input}");
        }
    }

    #[test]
    fn a_link_to_another_server_is_not_taken_for_a_room_of_this_one() {
        for input in
            ["https://elsewhere.example/r/tea", "calls.example/r/tea", "http://x@calls.example:8080/r/tea"]
        {
            assert_eq!(room_from_input(input, HOST), Err(RoomInputError::OtherServer), "{input}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for input in [
            "",
            "  ",
            "会议",
            "https://calls.example/",
            "/r/",
            "/r/)",
            "a_b",
            "tea.html",
            "café",
            "tea会",
            "tea%ff",
            &"x".repeat(65),
        ] {
            assert_eq!(room_from_input(input, HOST), Err(RoomInputError::BadRoom), "{input}");
        }
    }

    #[test]
    fn what_is_typed_with_spaces_names_the_room_with_dashes() {
        for input in ["k7f 9qz m2d", " K7F  9qz\u{3000}m2d. ", "k7f-9qz m2d"] {
            assert_eq!(room_from_input(input, HOST).unwrap().as_str(), "k7f-9qz-m2d", "{input}");
        }
    }

    #[test]
    fn a_link_is_found_in_the_text_around_it() {
        for input in [
            "Join me: https://calls.example:8080/r/k7f-9qz-m2d, at noon",
            "<https://calls.example:8080/r/k7f-9qz-m2d>",
            "(calls.example:8080/r/k7f-9qz-m2d).",
            "“https://calls.example:8080/r/k7f-9qz-m2d?join=now”",
        ] {
            assert_eq!(room_from_input(input, HOST).unwrap().as_str(), "k7f-9qz-m2d", "{input}");
        }
        assert_eq!(room_from_input("see [::1]:8080/r/tea", "[::1]:8080").unwrap().as_str(), "tea");
    }

    /// A name, and the same as it may arrive: other cases, dashes and encodings, invisible characters in it,
    /// marks around it.
    fn handed_on() -> impl Strategy<Value = (String, String)> {
        // Circled letters are symbols and letters.
        let around = "[[\\p{P}\\p{S}\\p{Z}]--[\\-\\p{Alphabetic}\u{fe63}\u{ff0d}%]]{0,4}";
        let each = (0_u8..5, "[\u{200b}-\u{200f}\u{2060}-\u{2064}\u{feff}\u{ad}]{0,1}");
        ("[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?", vec(each, 30), around, around).prop_map(
            |(name, ways, before, after)| {
                let mut text = before;
                for (c, (way, invisible)) in name.chars().zip(ways) {
                    text.push_str(&invisible);
                    match (c, way) {
                        (c, 1) => text.push_str(&format!("%{:02X}", u32::from(c))),
                        (c, 2) => text.push(char::from_u32(u32::from(c) + 0xfee0).unwrap()),
                        ('-', 3) => text.push('\u{2013}'),
                        ('-', 4) => text.push_str("%E2%80%91"),
                        (c, 3) => text.push(c.to_ascii_uppercase()),
                        (c, _) => text.push(c),
                    }
                }
                text.push_str(&after);
                (name, text)
            },
        )
    }

    fn letters(text: &str) -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    }

    proptest! {
        #[test]
        fn a_link_leads_to_its_room_however_it_was_handed_on((name, text) in handed_on()) {
            let found = room_in_path(&text);
            prop_assert_eq!(found.as_ref().map(RoomName::as_str), Some(name.as_str()), "{:?}", text);
        }

        #[test]
        fn a_name_as_it_is_stays_as_it_is(name in "[a-z0-9-]{1,64}") {
            let found = room_in_path(&name);
            prop_assert_eq!(found.as_ref().map(RoomName::as_str), Some(name.as_str()));
        }

        #[test]
        fn no_letter_is_added_or_left_out(text in "\\PC{0,20}") {
            if let Some(room) = room_in_path(&text) {
                let plain: String = percent_decoded(&text).unwrap().chars().map(in_ascii).collect();
                prop_assert_eq!(letters(room.as_str()), letters(&plain));
            }
        }
    }
}
