//! What is limited: texts, how often, how much.

use super::{stage::Stage, *};

#[test]
fn a_long_text_is_cut_by_its_author_and_refused_by_others() {
    let mut stage = Stage::of(["ada", "bob"]);
    stage.writes("ada", &"x".repeat(MAX_TEXT_BYTES + 1));
    let text = stage.view("bob").entries[0].text.clone().unwrap();
    assert_eq!(text.len(), MAX_TEXT_BYTES);
    let author = stage.page("ada").seat;
    let long = stage.forged(author, &"x".repeat(MAX_TEXT_BYTES + 1));
    stage.says("ada", "bob", &ChatMsg::Say(long));
    assert_eq!(stage.sees("bob").len(), 1);
}

#[test]
fn a_text_of_which_nothing_is_seen_is_not_sent() {
    let mut stage = Stage::of(["ada", "bob"]);
    stage.writes("ada", " \n\u{202e} ");
    assert_eq!(stage.sees("ada").len(), 0);
}

#[test]
fn who_writes_too_fast_is_held_back() {
    let mut stage = Stage::of(["ada", "bob"]);
    for number in 0..12 {
        stage.writes("ada", &number.to_string());
    }
    assert_eq!(stage.sees("bob").len(), 10);
    assert!(!stage.may_write("ada"));
    stage.time_passes(1_000);
    assert!(stage.may_write("ada"));
    stage.writes("ada", "again");
    assert_eq!(stage.sees("bob").len(), 11);
}

#[test]
fn a_flood_is_held_back_by_who_gets_it() {
    let mut stage = Stage::of(["bob", "mallory"]);
    let mallory = stage.page("mallory").seat;
    for number in 0..500 {
        let message = stage.forged(mallory, &number.to_string());
        stage.says("mallory", "bob", &ChatMsg::Say(message));
    }
    assert_eq!(stage.sees("bob").len(), 30);
}

#[test]
fn a_backlog_arrives_whole_however_long_it_is() {
    let mut stage = Stage::of(["ada", "bob"]);
    stage.cuts("ada", "bob");
    for number in 0..100 {
        stage.writes("ada", &number.to_string());
        stage.time_passes(1_000);
    }
    stage.mends("ada", "bob");
    stage.time_passes(120_000);
    assert_eq!(stage.sees("bob").len(), 100);
    assert!(!stage.sees("ada").iter().any(|line| line.contains("not yet")));
}

#[test]
fn the_newest_messages_are_kept() {
    let mut stage = Stage::of(["ada", "bob"]);
    for number in 0..510 {
        stage.writes("ada", &number.to_string());
        stage.time_passes(1_000);
    }
    let seen = stage.sees("bob");
    assert_eq!((seen.len(), seen[0].as_str(), seen[499].as_str()), (500, "ada: 10", "ada: 509"));
}

#[test]
fn a_forged_history_pushes_out_nothing_that_authors_sent() {
    let mut stage = Stage::of(["ada", "bob", "mallory"]);
    stage.writes("ada", "true");
    for _ in 0..10 {
        let lies: Vec<_> = (0..80)
            .map(|number| ChatMessage { clock: 100 + number, ..stage.forged(PeerId::new(7), "lie") })
            .collect();
        stage.says("mallory", "bob", &ChatMsg::History { messages: lies, more: true });
    }
    let seen = stage.sees("bob");
    assert_eq!((seen.len(), seen[0].as_str()), (500, "ada: true"));
}

#[test]
fn whoever_asks_for_the_history_again_and_again_gets_few() {
    let mut stage = Stage::of(["bob", "mallory"]);
    stage.writes("bob", &"x".repeat(1_000));
    let peer = stage.page("mallory").seat;
    let mut sent = 0;
    for number in 0..100 {
        let digest = Digest { count: number, sum: 1 };
        let hello = ChatHello { key: ProofKey::new(1), former: vec![], clock: 1, digest, answer: false };
        let text = ChatMsg::Hello(hello).encode();
        let now = Millis(50_000);
        let page = stage.chat_of("bob");
        page.handle_input(now, Input::Received { peer, text });
        while let Some(effect) = page.poll_effect() {
            sent += usize::from(matches!(effect, Effect::Send { .. }));
        }
    }
    assert!(sent <= 9, "{sent} messages");
}

#[test]
fn whoever_was_somebody_else_again_and_again_gets_few_histories() {
    let mut stage = Stage::of(["bob", "mallory"]);
    stage.writes("bob", &"x".repeat(1_000));
    let peer = stage.page("mallory").seat;
    let mut histories = 0;
    for number in 0..100 {
        let former = if number % 2 == 0 { vec![PeerId::new(7)] } else { Vec::new() };
        let digest = Digest { count: 9, sum: 1 };
        let hello = ChatHello { key: ProofKey::new(1), former, clock: 1, digest, answer: false };
        let text = ChatMsg::Hello(hello).encode();
        let page = stage.chat_of("bob");
        page.handle_input(Millis(50_000 + number * 2_000), Input::Received { peer, text });
        while let Some(effect) = page.poll_effect() {
            let is_history = |text: &str| matches!(ChatMsg::decode(text), Some(ChatMsg::History { .. }));
            histories += usize::from(matches!(effect, Effect::Send { text, .. } if is_history(&text)));
        }
    }
    assert!((1..=10).contains(&histories), "{histories} histories in 200 seconds");
}
