//! What is sent about files.

use super::*;

const ID: FileId = FileId::new(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);

fn offer(size: u64, media_type: &str, private: bool) -> FileMsg {
    FileMsg::Offer(FileOffer {
        id: ID,
        name: "notes.txt".to_owned(),
        size,
        media_type: media_type.to_owned(),
        private,
    })
}

fn accept(from: u64, chunk: usize, step: u64) -> FileMsg {
    FileMsg::Accept { id: ID, from, chunk, step }
}

#[test]
fn every_message_about_files_reads_and_writes_like_its_fixture() {
    let all = vec![
        ("offer", offer(5_000_000, "text/plain", false)),
        ("offer_private", offer(5_000_000, "text/plain", true)),
        ("accept", accept(1_572_864, MAX_CHUNK_BYTES, 262_144)),
        ("cancel", FileMsg::Cancel { id: ID, reason: CancelReason::Declined }),
        ("done", FileMsg::Done { id: ID }),
    ];
    compare("files", all, |name, text, value| {
        assert_eq!(FileMsg::decode(text).as_ref(), Some(&value), "{name} as it is read");
        assert_eq!(json(&value.encode()), json(text), "{name} as it is written");
        assert_eq!(ChatMsg::decode(text), None, "{name} is not of the chat");
    });
}

#[test]
fn every_message_on_the_channel_of_a_transfer_reads_and_writes_like_its_fixture() {
    let mut sha256 = [0; 32];
    let hash_of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    for (at, byte) in sha256.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hash_of_nothing[2 * at..2 * at + 2], 16).unwrap();
    }
    let all = vec![
        ("stored", TransferMsg::Stored { bytes: 1_048_576, received: 1_310_720 }),
        ("end", TransferMsg::End { sha256 }),
    ];
    compare("files/channel", all, |name, text, value| {
        assert_eq!(TransferMsg::decode(text).as_ref(), Some(&value), "{name} as it is read");
        assert_eq!(json(&value.encode()), json(text), "{name} as it is written");
    });
    for hash in ["", "e3", &"g".repeat(64), &"0".repeat(66), &"\u{e9}".repeat(32)] {
        let text = format!(r#"{{"kind":"end","sha256":"{hash}"}}"#);
        assert_eq!(TransferMsg::decode(&text), None, "{hash}");
    }
}

#[test]
fn what_is_new_or_missing_in_a_message_about_files_is_survived() {
    let expected = vec![
        ("offer_short", offer(0, "", false)),
        ("accept_usual", accept(0, USUAL_CHUNK_BYTES, USUAL_STEP_BYTES)),
        ("accept_small", accept(0, USUAL_CHUNK_BYTES, 1)),
        ("accept_large", accept(0, MAX_CHUNK_BYTES, USUAL_STEP_BYTES)),
        ("cancel_unknown_reason", FileMsg::Cancel { id: ID, reason: CancelReason::Cancelled }),
    ];
    compare("files/lenient", expected, |name, text, value| {
        assert_eq!(FileMsg::decode(text), Some(value), "{name}");
    });
}

#[test]
fn messages_with_bytes_of_a_file_divide_what_is_read_at_once() {
    for (takes, agreed, expected) in [
        (MAX_CHUNK_BYTES, usize::MAX, 262_144),
        (MAX_CHUNK_BYTES, 65_535, 32_768),
        (262_000, 262_144, 131_072),
        (USUAL_CHUNK_BYTES, 262_144, 65_536),
        (USUAL_CHUNK_BYTES, 0, MIN_CHUNK_BYTES),
    ] {
        assert_eq!(message_bytes(takes, agreed), expected);
    }
}

#[test]
fn bad_messages_about_files_are_not_read() {
    for (name, text) in fixtures("files/bad") {
        assert_eq!(FileMsg::decode(&text), None, "{name}");
    }
}
