//! What is sent over chat channels.

use proptest::prelude::*;

use super::*;

const ID: MessageId = MessageId::of(ADA, 0x0123_4567_89ab_cdef);
const KEY: ProofKey = ProofKey::new(0x5bd1_c0a3_c3f2_4f0e_9f3a_1b2c_4d5e_6f70);

fn message() -> ChatMessage {
    ChatMessage {
        id: ID,
        clock: 7,
        author: ADA,
        name: Some(name("Ada")),
        at_ms: 1_795_000_000_000,
        to: None,
        reply_to: None,
        revision: 0,
        text: Some("Hello".to_owned()),
    }
}

fn hello() -> ChatHello {
    ChatHello { key: KEY, former: vec![], clock: 0, digest: Digest::default(), answer: false }
}

fn all() -> Vec<(&'static str, ChatMsg)> {
    let text = Some("Hello,\n\"everybody\" \u{4f60}\u{597d}".to_owned());
    let private = ChatMessage {
        id: MessageId::of(ADA, 2),
        clock: 8,
        name: None,
        at_ms: 1_795_000_001_000,
        to: Some(BELA),
        reply_to: Some(ID),
        text: Some("psst".to_owned()),
        ..message()
    };
    let changed = ChatMessage { revision: 1, ..message() };
    let bye = ChatMessage {
        id: MessageId::of(CARA, 3),
        clock: 9,
        author: CARA,
        name: None,
        at_ms: 1_795_000_002_000,
        text: Some("Bye".to_owned()),
        ..message()
    };
    let returning = ChatHello {
        former: vec![ADA, CARA],
        clock: 12,
        digest: Digest { count: 3, sum: 0x9c14_f7ba_41b2_d3e5 },
        answer: true,
        ..hello()
    };
    vec![
        ("hello", ChatMsg::Hello(hello())),
        ("hello_returning", ChatMsg::Hello(returning)),
        ("say", ChatMsg::Say(ChatMessage { text, ..message() })),
        ("say_private_reply", ChatMsg::Say(private)),
        ("say_changed", ChatMsg::Say(changed.clone())),
        ("say_deleted", ChatMsg::Say(ChatMessage { revision: 2, text: None, ..message() })),
        ("received", ChatMsg::Received { id: ID, revision: 1 }),
        ("history", ChatMsg::History { messages: vec![changed, bye], more: true }),
    ]
}

#[test]
fn every_chat_message_reads_and_writes_like_its_fixture() {
    compare("chat", all(), |name, text, value| {
        assert_eq!(ChatMsg::decode(text).as_ref(), Some(&value), "{name} as it is read");
        assert_eq!(json(&value.encode()), json(text), "{name} as it is written");
    });
}

#[test]
fn what_is_new_or_missing_in_a_chat_message_is_survived() {
    let expected = vec![
        ("say_with_unknown_fields", ChatMsg::Say(ChatMessage { name: None, ..message() })),
        ("hello_short", ChatMsg::Hello(hello())),
    ];
    compare("chat/lenient", expected, |name, text, value| {
        assert_eq!(ChatMsg::decode(text), Some(value), "{name}");
    });
}

#[test]
fn bad_chat_messages_are_not_read() {
    for (name, text) in fixtures("chat/bad") {
        assert_eq!(ChatMsg::decode(&text), None, "{name}");
    }
}

#[test]
fn what_a_tab_keeps_is_read_again() {
    let kept =
        KeptChat { seats: vec![ADA, CARA], clock: 9, keys: vec![(BELA, KEY)], outbox: vec![message()] };
    assert_eq!(KeptChat::decode(&kept.encode()), Some(kept));
    assert_eq!(KeptChat::decode("{}"), None);
    assert!(!format!("{KEY:?}").contains("5bd1"), "keys are in no log");
}

proptest! {
    #[test]
    fn any_text_is_read_as_it_was_written(
        text in any::<String>(), revision in any::<u32>(), clock in 0..=MAX_CLOCK
    ) {
        let said = ChatMsg::Say(ChatMessage { text: Some(text), revision, clock, ..message() });
        prop_assert_eq!(ChatMsg::decode(&said.encode()), Some(said));
    }
}
