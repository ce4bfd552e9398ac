//! Capsules: written, read, broken.

use proptest::prelude::*;

use super::story;
use crate::call::signals::{Capsule, CapsuleError, Entry, ErrorKind, Log, MAX_BYTES, PageTimes};

const PAGE: PageTimes = PageTimes { response_start_us: 20_000, response_end_us: 40_000 };

/// Number, time, and of a message: kind, size, whether it is with somebody.
type Shape = (u64, u64, Option<(String, usize, bool)>);

fn shape(entries: &[Entry]) -> Vec<Shape> {
    let message = |entry: &Entry| {
        entry.message().map(|message| (message.kind.clone(), message.bytes, message.peer().is_some()))
    };
    entries.iter().map(|entry| (entry.number, entry.at_us, message(entry))).collect()
}

#[test]
fn what_is_written_can_be_read() {
    for with_addresses in [false, true] {
        let text = Capsule::write(PAGE, &Log::of(story(), 0), with_addresses);
        let read = Capsule::read(&text).unwrap();
        assert_eq!((read.page, read.redacted), (PAGE, !with_addresses));
        assert_eq!(shape(&read.entries), shape(&story()));
        // What was redacted once stays the same.
        assert_eq!(Capsule::write(PAGE, &Log::of(read.entries, read.dropped), with_addresses), text);
        // A line for each entry, one before and one after.
        assert_eq!(text.lines().count(), story().len() + 3);
    }
    let empty = Capsule::write(PageTimes::default(), &Log::default(), false);
    assert_eq!(Capsule::read(&empty).unwrap().entries, []);
}

#[test]
fn a_broken_file_says_where() {
    let whole = Capsule::write(PAGE, &Log::of(story(), 0), false);
    let broken = |from: &str, to: &str| Capsule::read(&whole.replacen(from, to, 1)).unwrap_err();
    let at = |kind, member: &str| CapsuleError { kind, position: None, member: Some(member.to_owned()) };
    assert_eq!(
        broken("halloo_capsule", "x"),
        CapsuleError { kind: ErrorKind::NotACapsule, position: None, member: None }
    );
    assert_eq!(
        broken("\"halloo_capsule\":1", "\"halloo_capsule\":2"),
        at(ErrorKind::Version, "halloo_capsule")
    );
    assert_eq!(broken("\"entries\":[", "\"entries\":[{},"), at(ErrorKind::Missing, "entries[0].kind"));
    assert_eq!(broken("\"number\":2,", "\"number\":1,"), at(ErrorKind::Wrong, "entries[1].number"));
    assert_eq!(broken("\"at_us\":121000", "\"at_us\":-1"), at(ErrorKind::Wrong, "entries[2].at_us"));
    assert_eq!(broken("\"kind\":\"sent\"", "\"kind\":[]"), at(ErrorKind::Wrong, "entries[2].kind"));
    assert_eq!(broken("\"peer\":\"0", "\"peer\":\"x"), at(ErrorKind::Wrong, "entries[9].peer"));
    assert_eq!(broken("\"entries\"", "\"entreis\""), at(ErrorKind::Missing, "entries"));
    let error = broken("\"number\":3,", "\"number\":,");
    assert_eq!((error.kind, error.position.map(|(line, _)| line)), (ErrorKind::NotJson, Some(5)));
    let end = Capsule::read(&whole[..whole.len() / 2]).unwrap_err();
    assert_eq!(end.kind, ErrorKind::NotJson);
    assert!(end.position.is_some());
}

#[test]
fn size_depth_and_number_are_bounded() {
    let kind = |text: &str| Capsule::read(text).unwrap_err().kind;
    assert_eq!(kind(&" ".repeat(MAX_BYTES + 1)), ErrorKind::TooLarge);
    assert_eq!(kind(&"[".repeat(MAX_BYTES)), ErrorKind::TooDeep);
    let many = format!("{{\"halloo_capsule\":1,\"entries\":[0{}]}}", ",0".repeat(5000));
    assert_eq!(kind(&many), ErrorKind::TooMany);
}

#[test]
fn entries_of_other_kinds_are_left_out() {
    let text = r#"{"halloo_capsule":1,"entries":[{"number":1,"at_us":1,"kind":"weather","value":"rain"}]}"#;
    assert_eq!(Capsule::read(text).unwrap().entries, []);
}

proptest! {
    #[test]
    fn any_text_is_a_capsule_or_says_why_not(text in ".*") {
        let _ = Capsule::read(&text);
    }

    #[test]
    fn any_change_of_a_byte_is_survived(at in 0_usize..4000, byte in 0_u8..128) {
        let mut text = Capsule::write(PAGE, &Log::of(story(), 0), false).into_bytes();
        let at = at % text.len();
        text[at] = byte;
        if let Ok(text) = String::from_utf8(text) {
            let _ = Capsule::read(&text);
        }
    }
}
