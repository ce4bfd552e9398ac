//! Room links: generating unguessable names, and parsing what was typed or pasted.

use crate::protocol::RoomName;

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

/// Parses a room name, or a link to a room on this server, `host`.
pub fn room_from_input(input: &str, host: &str) -> Result<RoomName, RoomInputError> {
    let input = input.trim();
    let input = input.strip_prefix("r/").unwrap_or(input);
    let name = match input.split_once("/r/") {
        Some((before, rest)) => {
            let named = before.rsplit("//").next().unwrap_or(before);
            if !named.is_empty() && !named.eq_ignore_ascii_case(host) {
                return Err(RoomInputError::OtherServer);
            }
            rest.split(['/', '?', '#']).next().unwrap_or(rest)
        }
        None => input,
    };
    name.parse().map_err(|_| RoomInputError::BadRoom)
}

/// The path of a room's page.
pub fn room_path(room: &RoomName) -> String {
    format!("/r/{room}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
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
        for input in ["", "  ", "two words", "会议", "https://calls.example/", "/r/", "a_b", &"x".repeat(65)]
        {
            assert_eq!(room_from_input(input, HOST), Err(RoomInputError::BadRoom), "{input}");
        }
    }
}
