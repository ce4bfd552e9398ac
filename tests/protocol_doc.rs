//! The examples in `docs/PROTOCOL.md` are messages of this program: each decodes, and no field of it is
//! ignored.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use halloo::protocol::{
    ChatMsg, ClientMsg, FileMsg, Signal, TransferMsg, decode_client, decode_server, encode,
};
use serde_json::Value;

const DOCUMENT: &str = include_str!("../docs/PROTOCOL.md");

/// The JSON blocks of the section whose heading starts like this.
fn examples(heading: &str) -> Vec<Value> {
    let start = DOCUMENT.find(&format!("\n## {heading}")).expect("the section is there") + 1;
    let section = &DOCUMENT[start..];
    let section = &section[..section[1..].find("\n## ").map_or(section.len(), |end| end + 1)];
    let blocks = section.split("```json\n").skip(1);
    blocks.map(|block| serde_json::from_str(block.split("```").next().unwrap()).unwrap()).collect()
}

/// Whether everything that stands in the example came through decoding and encoding.
fn is_kept(example: &Value, read: &Value) -> bool {
    match (example, read) {
        (Value::Object(example), Value::Object(read)) => {
            example.iter().all(|(name, value)| read.get(name).is_some_and(|read| is_kept(value, read)))
        }
        (Value::Array(example), Value::Array(read)) => {
            example.len() == read.len() && example.iter().zip(read).all(|(one, other)| is_kept(one, other))
        }
        (example, read) => example == read,
    }
}

fn assert_kept(example: &Value, read: &str) {
    let read: Value = serde_json::from_str(read).unwrap();
    assert!(is_kept(example, &read), "{example}\nwas read as\n{read}");
}

fn types(examples: &[Value], tag: &str) -> Vec<String> {
    let mut types: Vec<_> =
        examples.iter().map(|example| example[tag].as_str().unwrap().to_owned()).collect();
    types.dedup();
    types
}

#[test]
fn every_request_is_shown_and_can_be_read() {
    let examples = examples("5. Client to server");
    for example in &examples {
        let read: ClientMsg<_> = decode_client(&example.to_string()).unwrap();
        assert_kept(example, &encode(&read));
    }
    let shown = types(&examples, "type");
    let expected = [
        "hello",
        "join",
        "set_media",
        "lock",
        "raise_hand",
        "react",
        "signal",
        "keep_seat",
        "heartbeat",
        "leave",
    ];
    assert_eq!(shown, expected);
}

#[test]
fn every_fact_is_shown_and_can_be_read() {
    let examples = examples("6. Server to client");
    for example in &examples {
        assert_kept(example, &encode(&decode_server(&example.to_string()).unwrap()));
    }
    let shown = types(&examples, "type");
    let expected = [
        "welcome",
        "joined",
        "full",
        "peer_joined",
        "peer_left",
        "peer_reconnecting",
        "peer_back",
        "media_changed",
        "locked",
        "hand_raised",
        "reaction",
        "signal",
        "ice_servers",
        "heartbeat",
        "server_restarting",
        "error",
    ];
    assert_eq!(shown, expected);
}

#[test]
fn every_signal_is_shown_and_can_be_read() {
    let examples = examples("7. Signals between peers");
    for example in &examples {
        let read: Signal = serde_json::from_value(example.clone()).unwrap();
        assert_ne!(read, Signal::Unknown);
        assert_kept(example, &encode(&read));
    }
    assert_eq!(types(&examples, "kind"), ["offer", "candidate", "end_of_candidates", "viewing"]);
}

#[test]
fn every_message_of_the_chat_is_shown_and_can_be_read() {
    let examples = examples("17. Data channels");
    for example in &examples {
        assert_kept(example, &ChatMsg::decode(&example.to_string()).unwrap().encode());
    }
    assert_eq!(types(&examples, "kind"), ["hello", "say", "received", "history"]);
}

#[test]
fn every_message_about_files_is_shown_and_can_be_read() {
    let examples = examples("18. Files");
    for example in &examples {
        let text = example.to_string();
        let read = FileMsg::decode(&text).map(|message| message.encode());
        let read = read.or_else(|| TransferMsg::decode(&text).map(|message| message.encode()));
        assert_kept(example, &read.unwrap());
    }
    let expected = ["file_offer", "file_accept", "file_cancel", "file_done", "stored", "end"];
    assert_eq!(types(&examples, "kind"), expected);
}
