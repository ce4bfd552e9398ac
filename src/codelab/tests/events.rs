//! The events of the tutorial, and what else may come.

use super::*;

#[test]
fn the_first_page_creates_the_room_and_the_second_joins_it() {
    let mut first = Page::opened();
    assert_eq!(first.enters("foo"), ["hub <- join foo"]);
    let mut second = Page::opened();
    assert_eq!(second.enters("R"), ["hub <- join r"]);
    let mut first = Page::opened();
    first.enters("R");
    assert_eq!(first.joined(&[], false), ["page <- created R me"], "the name as the page writes it");
    assert_eq!(first.peer_joined(IMPOLITE, true), ["page <- join R", "page <- ready"]);
    assert_eq!(second.joined(&[ME - 1], true), ["page <- joined R me", "page <- ready"]);
}

#[test]
fn a_third_page_is_told_that_the_room_is_full_and_may_go_elsewhere() {
    let mut page = Page::opened();
    page.enters("r");
    let full = json!({"type": "full", "room": "r", "capacity": 2});
    assert_eq!(page.hears(full, false), ["page <- full r"]);
    assert_eq!(page.says(&json!("bye")), [""; 0], "it hangs up nobody's call");
    assert_eq!(page.enters("s"), ["hub <- join s"]);
}

#[test]
fn whoever_loses_the_seat_to_somebody_from_before_a_restart_is_told_full() {
    let mut page = Page::visiting(POLITE);
    let full = json!({"type": "full", "room": "r", "capacity": 2});
    assert_eq!(page.hears(full, false), ["page <- message bye", "page <- full r"]);
}

#[test]
fn what_the_server_does_is_logged_for_the_learner() {
    let mut page = Page::opened();
    page.enters("foo");
    assert_eq!(
        page.logged[0],
        json!(["Message from server:", "Received request to create or join room foo"])
    );
    let mut page = Page::opened();
    page.enters("r");
    page.joined(&[], false);
    assert_eq!(page.logged[0], json!(["Message from server:", "Room r now has 0 client(s)"]));
    assert_eq!(page.logged[1], json!(["Message from server:", "Client ID me created room r"]));
    page.says(&json!({"type": "hello"}));
    assert_eq!(page.logged, [json!(["Message from server:", "Client said: ", {"type": "hello"}])]);
}

#[test]
fn the_addresses_are_those_that_the_shell_says() {
    assert_eq!(Page::opened().does(Input::IpAddr), ["page <- ipaddr 192.168.1.5"]);
}

#[test]
fn heartbeats_are_answered() {
    assert_eq!(Page::opened().hears(json!({"type": "heartbeat"}), false), ["hub <- heartbeat"]);
}

#[test]
fn bye_leaves_the_room_as_a_message_and_as_an_event() {
    let mut page = Page::alone();
    assert_eq!(page.says(&json!("bye")), ["hub <- leave"]);
    assert_eq!(page.does(Input::Bye), [""; 0]);
    page.enters("r");
    page.joined(&[], false);
    assert_eq!(page.does(Input::Bye), ["hub <- leave"]);
}

#[test]
fn an_answer_of_the_hub_that_comes_after_bye_is_dropped() {
    let mut page = Page::opened();
    page.enters("r");
    page.does(Input::Bye);
    assert_eq!(page.joined(&[], false), [""; 0]);
}

#[test]
fn a_name_that_is_none_is_refused_with_a_word() {
    let mut page = Page::opened();
    for room in [
        json!(null),
        json!(7),
        json!(["foo"]),
        json!({"room": "foo"}),
        json!("__proto__"),
        json!("my room"),
        json!(""),
        json!("x".repeat(65)),
    ] {
        assert_eq!(page.does(Input::CreateOrJoin(room.clone())), [""; 0], "{room}");
        assert!(page.logged[0][1].as_str().unwrap().contains("1 to 64"), "{room}");
    }
    assert_eq!(page.enters("foo"), ["hub <- join foo"]);
}

#[test]
fn a_refused_join_can_be_tried_again() {
    let mut page = Page::opened();
    page.enters("r");
    page.hears(json!({"type": "error", "code": "rate_limited", "message": "too many joins"}), false);
    assert_eq!(page.logged, [json!(["Message from server:", "too many joins"])]);
    assert_eq!(page.enters("r"), ["hub <- join r"]);
}

#[test]
fn two_pages_of_the_tutorial_hear_each_other_word_by_word() {
    let mut page = Page::alone();
    page.peer_joined(IMPOLITE, true);
    let said = json!({"type": "chat", "of": [1, 2]});
    assert_eq!(page.says(&said), [r#"hub <- {"kind":"codelab","message":{"of":[1,2],"type":"chat"}}"#]);
    assert_eq!(page.says(&offer("o")), [r#"hub <- {"kind":"codelab","message":{"sdp":"o","type":"offer"}}"#]);
    let heard = page.signal(IMPOLITE, json!({"kind": "codelab", "message": said}));
    assert_eq!(heard, [r#"page <- message {"of":[1,2],"type":"chat"}"#]);
    assert_eq!(page.is_offered(IMPOLITE, "o", 0), [""; 0], "a page of the tutorial says no signals");
}

/// Newer versions of Socket.IO send what was said before they were connected all at once.
#[test]
fn what_the_page_says_before_it_is_inside_is_heard_once_it_is() {
    for is_pair in [true, false] {
        let mut page = Page::opened();
        page.enters("r");
        assert_eq!(page.says(&json!("got user media")), [""; 0]);
        let told = page.joined(&[POLITE], is_pair);
        assert_eq!(told[..2], ["page <- joined r me", "page <- ready"]);
        let passed_on = r#"hub <- {"kind":"codelab","message":"got user media"}"#;
        assert_eq!(told[2..], if is_pair { vec![passed_on] } else { vec![] });
    }
    let mut page = Page::opened();
    page.enters("r");
    (0..1_000).for_each(|_| assert_eq!(page.says(&json!("hello")), [""; 0]));
    assert_eq!(page.joined(&[POLITE], true).len(), 2 + 200);
}

#[test]
fn what_somebody_elsewhere_says_is_not_heard() {
    let mut page = Page::called_by_nobody(IMPOLITE);
    assert_eq!(page.is_offered(POLITE, "o", 0), [""; 0]);
    assert_eq!(page.peer_left(POLITE), [""; 0]);
    let mut alone = Page::alone();
    assert_eq!(alone.is_offered(POLITE, "o", 0), [""; 0]);
    assert_eq!(alone.says(&offer("o")), [""; 0]);
}

#[test]
fn a_client_of_halloo_cannot_speak_as_a_page_of_the_tutorial() {
    let mut page = Page::called_by_nobody(IMPOLITE);
    assert_eq!(page.signal(IMPOLITE, json!({"kind": "codelab", "message": "bye"})), [""; 0]);
}
