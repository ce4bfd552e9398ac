//! Programs that send what no page of this project would.

use super::{stage::Stage, *};

fn say(message: ChatMessage) -> ChatMsg {
    ChatMsg::Say(message)
}

fn history(messages: Vec<ChatMessage>) -> ChatMsg {
    ChatMsg::History { messages, more: false }
}

fn hello(stage: &Stage, key: u128, former: Vec<PeerId>) -> ChatMsg {
    let digest = stage.page("bob").chat.log.digest_for(PeerId::new(0));
    ChatMsg::Hello(ChatHello { key: ProofKey::new(key), former, clock: 1, digest, answer: true })
}

#[test]
fn nobody_writes_in_the_name_of_somebody_else() {
    let mut stage = Stage::of(["ada", "bob", "mallory"]);
    let (ada, me) = (stage.page("ada").seat, stage.page("bob").seat);
    for author in [ada, me, PeerId::new(77)] {
        let message = stage.forged(author, "lie");
        stage.says("mallory", "bob", &say(message));
    }
    assert_eq!(stage.sees("bob").len(), 0);
}

#[test]
fn the_name_of_an_author_is_that_of_the_participant() {
    let mut stage = Stage::of(["bob", "mallory"]);
    let mallory = stage.page("mallory").seat;
    let message = stage.forged(mallory, "I am Ada");
    stage.says("mallory", "bob", &say(message));
    assert_eq!(stage.sees("bob"), ["mallory: I am Ada"]);
}

#[test]
fn a_forged_history_is_marked_and_dropped_when_the_author_denies_it() {
    let mut stage = Stage::of(["bob", "mallory"]);
    stage.joins("ada");
    stage.cuts("ada", "bob");
    stage.writes("ada", "true");
    let ada = stage.page("ada").seat;
    let lie = ChatMessage { clock: 9, ..stage.forged(ada, "lie") };
    stage.says("mallory", "bob", &history(vec![lie]));
    assert_eq!(stage.sees("bob"), ["ada: lie (earlier)"]);
    assert_eq!(stage.unread("bob"), 0, "it is announced to nobody");
    stage.mends("ada", "bob");
    stage.writes("ada", "another");
    stage.reconnects_all();
    assert!(!stage.sees("bob").iter().any(|line| line.contains("lie")), "{:?}", stage.sees("bob"));
}

#[test]
fn nobody_tells_somebody_what_they_have_written() {
    let mut stage = Stage::of(["bob", "mallory"]);
    let bob = stage.page("bob").seat;
    let lie = stage.forged(bob, "lie");
    stage.says("mallory", "bob", &history(vec![lie]));
    assert_eq!(stage.sees("bob").len(), 0);
}

#[test]
fn what_the_author_sent_is_not_changed_by_others() {
    let mut stage = Stage::of(["ada", "bob", "mallory"]);
    let id = stage.writes("ada", "true");
    let ada = stage.page("ada").seat;
    let clock = stage.view("bob").entries.len() as u64;
    let lie = ChatMessage { id, clock, revision: 1, ..stage.forged(ada, "lie") };
    stage.says("mallory", "bob", &history(vec![lie.clone()]));
    stage.says("mallory", "bob", &say(lie));
    let mallory = stage.page("mallory").seat;
    let stolen = ChatMessage { id, revision: 1, ..stage.forged(mallory, "lie") };
    stage.says("mallory", "bob", &say(stolen));
    assert_eq!(stage.sees("bob"), ["ada: true"]);
}

#[test]
fn what_the_author_sends_replaces_what_others_said() {
    let mut stage = Stage::of(["ada", "bob", "mallory"]);
    stage.cuts("ada", "bob");
    let id = stage.writes("ada", "true");
    let ada = stage.page("ada").seat;
    let lie = ChatMessage { id, ..stage.forged(ada, "lie") };
    stage.says("mallory", "bob", &history(vec![lie]));
    stage.mends("ada", "bob");
    assert_eq!(stage.sees("bob"), ["ada: true"]);
    assert_eq!(stage.unread("bob"), 1);
}

#[test]
fn an_id_belongs_to_its_author() {
    let mut stage = Stage::of(["ada", "bob", "mallory"]);
    stage.cuts("ada", "bob");
    let id = stage.writes("ada", "true");
    let mallory = stage.page("mallory").seat;
    let stolen = ChatMessage { id, ..stage.forged(mallory, "lie") };
    stage.says("mallory", "bob", &history(vec![stolen.clone()]));
    stage.says("mallory", "bob", &say(stolen));
    stage.mends("ada", "bob");
    assert_eq!(stage.sees("bob"), ["ada: true"]);
}

#[test]
fn what_others_say_after_a_reload_is_not_announced() {
    let mut stage = Stage::of(["ada", "bob", "mallory"]);
    stage.writes("ada", "true");
    stage.cuts("ada", "bob");
    stage.reloads("bob");
    let ada = stage.page("ada").seat;
    let lie = ChatMessage { clock: 9, ..stage.forged(ada, "lie") };
    stage.says("mallory", "bob", &history(vec![lie]));
    assert_eq!(stage.sees("bob"), ["ada: true (earlier)", "ada: lie (earlier)"]);
    assert_eq!(stage.unread("bob"), 0);
}

#[test]
fn a_time_beyond_all_numbers_is_refused() {
    let mut stage = Stage::of(["ada", "mallory"]);
    let kept = stage.goes_and_keeps("ada");
    let before = KeptChat::decode(kept.as_deref().unwrap()).unwrap().seats[0];
    stage.opens_page("ada", kept);
    let lie = ChatMessage { at_ms: u64::MAX, ..stage.forged(before, "lie") };
    stage.says("mallory", "ada", &history(vec![lie]));
    assert_eq!(stage.sees("ada").len(), 0);
}

#[test]
fn nobody_gets_private_messages_for_a_seat_that_was_never_met() {
    let mut stage = Stage::empty();
    stage.cuts("ada", "bob");
    for who in ["ada", "bob", "mallory"] {
        stage.joins(who);
    }
    stage.writes_to("bob", "ada", "psst");
    let ada = stage.page("ada").seat;
    stage.goes("ada");
    let claim = hello(&stage, 1, vec![ada]);
    stage.says("mallory", "bob", &claim);
    stage.time_passes(120_000);
    assert_eq!(stage.sees("mallory").len(), 0);
}

#[test]
fn nobody_gets_private_messages_by_naming_the_seat_of_another() {
    let mut stage = Stage::of(["ada", "bob", "mallory"]);
    stage.writes_to("bob", "ada", "psst");
    let ada = stage.page("ada").seat;
    let claim = hello(&stage, 1, vec![ada]);
    stage.says("mallory", "bob", &claim);
    let message = stage.forged(ada, "I am Ada");
    stage.says("mallory", "bob", &say(message.clone()));
    stage.goes("ada");
    // Bob has been told a key from that seat, which Mallory does not know.
    stage.says("mallory", "bob", &claim);
    stage.says("mallory", "bob", &say(message));
    assert_eq!(stage.sees("bob"), ["me: psst (to ?)"]);
    assert_eq!(stage.sees("mallory").len(), 0);
}

#[test]
fn a_private_message_in_a_history_is_believed_of_the_two_only() {
    let mut stage = Stage::of(["ada", "bob", "mallory"]);
    let (ada, bob) = (stage.page("ada").seat, stage.page("bob").seat);
    let lie = ChatMessage { to: Some(bob), ..stage.forged(ada, "lie") };
    stage.says("mallory", "bob", &history(vec![lie]));
    let own = ChatMessage { to: Some(ada), ..stage.forged(bob, "lie") };
    stage.says("mallory", "bob", &history(vec![own]));
    assert_eq!(stage.sees("bob").len(), 0);
}

#[test]
fn a_clock_that_lies_moves_that_of_others_by_a_bounded_step() {
    let mut stage = Stage::of(["ada", "bob", "mallory"]);
    let mallory = stage.page("mallory").seat;
    let last = ChatMessage { clock: MAX_CLOCK, ..stage.forged(mallory, "last") };
    stage.says("mallory", "bob", &say(last));
    stage.writes("bob", "next");
    stage.writes("ada", "after it");
    assert_eq!(stage.sees("bob"), ["me: next", "ada: after it", "mallory: last"]);
    assert!(stage.page("bob").chat.clock < 1 << 20);
    let beyond = ChatMessage { clock: MAX_CLOCK + 1, ..stage.forged(mallory, "beyond") };
    stage.says("mallory", "bob", &say(beyond));
    assert_eq!(stage.sees("bob").len(), 3);
}

#[test]
fn a_message_is_not_changed_long_after_it_came() {
    let mut stage = Stage::of(["bob", "mallory"]);
    let mallory = stage.page("mallory").seat;
    let message = stage.forged(mallory, "yes");
    stage.says("mallory", "bob", &say(message.clone()));
    stage.time_passes(91_000);
    let changed = ChatMessage { revision: 1, text: Some("no".to_owned()), ..message };
    stage.says("mallory", "bob", &say(changed));
    assert_eq!(stage.sees("bob"), ["mallory: yes"]);
}

#[test]
fn what_cannot_be_read_changes_nothing() {
    let mut stage = Stage::of(["bob", "mallory"]);
    let peer = stage.page("mallory").seat;
    let texts = [
        "",
        "hello",
        "[]",
        "{}",
        r#"{"kind":7}"#,
        r#"{"kind":"new_in_later_versions","to":[1,2]}"#,
        r#"{"kind":"say","id":"1","clock":1,"author":"00000000000000a1","at_ms":1,"text":"x"}"#,
        r#"{"kind":"say","id":"00000000000000a10123456789abcdef","clock":-1,"author":7}"#,
        r#"{"kind":"history","messages":{}}"#,
        r#"{"kind":"received"}"#,
    ];
    for text in texts {
        stage.input("bob", Input::Received { peer, text: text.to_owned() });
    }
    let text = "x".repeat(MAX_CHANNEL_BYTES + 1);
    stage.input("bob", Input::Received { peer, text });
    assert_eq!(stage.sees("bob").len(), 0);
    stage.writes("mallory", "and now");
    assert_eq!(stage.sees("bob"), ["mallory: and now"]);
}
