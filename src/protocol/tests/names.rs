//! Names and ids: a value that exists is well-formed.

use icu_properties::{
    CodePointSetData,
    props::{DefaultIgnorableCodePoint, WhiteSpace},
};

use super::*;

#[test]
fn a_room_name_is_folded_to_lower_case() {
    let folded: RoomName = "Blue-RIVER-42".parse().unwrap();
    assert_eq!(folded, room());
    assert_eq!(folded.as_str(), "blue-river-42");
}

#[test]
fn a_room_name_has_1_to_64_characters() {
    assert!("r".parse::<RoomName>().is_ok());
    assert!("r".repeat(64).parse::<RoomName>().is_ok());
    assert!("".parse::<RoomName>().is_err());
    assert!("r".repeat(65).parse::<RoomName>().is_err());
}

#[test]
fn a_room_name_has_letters_digits_and_hyphens_only() {
    let bad = "__proto__|a_b|a b| ab|ab\n|a/b|a.b|café|a\0|🦀|ı|\u{212a}|\u{ff41}b";
    for bad in bad.split('|') {
        assert!(bad.parse::<RoomName>().is_err(), "{bad:?}");
    }
}

#[test]
fn a_display_name_is_trimmed() {
    assert_eq!(name("  Ada Lovelace\t").as_str(), "Ada Lovelace");
    assert_eq!(name("\u{3000}Ada\u{a0}").as_str(), "Ada");
}

#[test]
fn a_display_name_has_1_to_40_characters_however_many_bytes() {
    assert!("🦀".repeat(40).parse::<DisplayName>().is_ok());
    assert!("n".repeat(41).parse::<DisplayName>().is_err());
    assert!(format!(" {} ", "n".repeat(40)).parse::<DisplayName>().is_ok(), "white space outside counts");
    assert!("".parse::<DisplayName>().is_err());
    assert!(" \t ".parse::<DisplayName>().is_err());
}

#[test]
fn something_is_seen_of_a_display_name() {
    for unseen in ["\u{200b}\u{200b}\u{2060}", "\u{3164}", "\u{2800} \u{fe0f}", "\u{e0041}"] {
        assert!(unseen.parse::<DisplayName>().is_err(), "{unseen:?}");
        assert_eq!(DisplayName::from_typed(unseen), None, "{unseen:?}");
    }
    assert!("\u{1f468}\u{200d}\u{1f469}".parse::<DisplayName>().is_ok());
    assert!("\u{200b}A".parse::<DisplayName>().is_ok());
}

#[test]
fn what_unicode_ignores_is_not_visible() {
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let blank = CodePointSetData::new::<WhiteSpace>();
    for c in '\0'..=char::MAX {
        assert_eq!(is_ignorable(c), ignorable.contains(c), "{c:?}");
        if ignorable.contains(c) || blank.contains(c) {
            assert!(c.to_string().parse::<DisplayName>().is_err(), "{c:?}");
        }
    }
}

#[test]
fn a_display_name_has_no_control_characters() {
    for bad in ["A\u{2028}da", "A\u{2029}da", "A\u{7}da", "A\nda", "A\0da", "A\u{85}da", "A\u{7f}da"] {
        assert!(bad.parse::<DisplayName>().is_err(), "{bad:?}");
    }
}

#[test]
fn a_peer_id_is_16_lower_case_hexadecimal_digits() {
    assert_eq!(ADA.to_string(), "00000000000000a1");
    assert_eq!("ffffffffffffffb2".parse(), Ok(BELA));
    for bad in [
        "",
        "a1",
        "00000000000000A1",
        "+0000000000000a1",
        "0x000000000000a1",
        "00000000000000a1 ",
        "g000000000000000",
    ] {
        assert!(bad.parse::<PeerId>().is_err(), "{bad:?}");
    }
}

#[test]
fn the_smaller_peer_id_is_polite_and_only_that() {
    assert!(ADA.is_polite_towards(BELA));
    assert!(!BELA.is_polite_towards(ADA));
}

#[test]
fn a_resume_token_is_1_to_128_url_safe_characters() {
    assert!("a".repeat(128).parse::<ResumeToken>().is_ok());
    assert!("Az0-_.".parse::<ResumeToken>().is_ok());
    for bad in ["", "a b", "a+b", "a=", "é", &"a".repeat(129)] {
        assert!(bad.parse::<ResumeToken>().is_err(), "{bad:?}");
    }
}

#[test]
fn debug_output_never_shows_a_resume_token() {
    let secret = "c2VjcmV0";
    let resume = Resume { token: token(secret), mode: ResumeMode::Reconnect };
    let join: ClientMsg =
        ClientMsg::Join { room: room(), name: None, resume: Some(resume), media: OFF, visit: Some(VISIT) };
    let joined: ServerMsg = ServerMsg::Joined {
        room: room(),
        you: ADA,
        peers: Vec::new(),
        ice_servers: Vec::new(),
        resume_token: token(secret),
        capacity: 2,
        complete: true,
        locked: false,
        hand: None,
    };
    for shown in [format!("{join:?}"), format!("{join:#?}"), format!("{joined:?}"), format!("{joined:#?}")] {
        assert!(shown.contains("ResumeToken(..)") && !shown.contains(secret), "{shown}");
    }
}

#[test]
fn whatever_is_typed_becomes_a_name_that_the_server_takes() {
    let name = |typed: &str| DisplayName::from_typed(typed).map(|name| name.to_string());
    assert_eq!(name(" Ada\tLovelace\n").as_deref(), Some("Ada Lovelace"));
    assert_eq!(name("Eve \u{202e}evil\u{202c}\u{7}").as_deref(), Some("Eve evil"));
    assert_eq!(name("محمد").as_deref(), Some("محمد"));
    assert_eq!(name(&"n".repeat(50)), Some("n".repeat(40)));
    assert_eq!(name(&format!("{} b", "n".repeat(39))), Some("n".repeat(39)), "not a space at its end");
    for nothing in ["", " \t ", "\u{202e}\u{200f}"] {
        assert_eq!(name(nothing), None, "{nothing:?}");
    }
}
