//! The faults of the tutorial that can be helped from this side. The numbers are those of
//! `docs/notes/seed-faults.md`.

use super::*;

/// The page is told that it has created the room, so it offers to whoever comes next.
#[test]
fn seed_fault_1_whoever_comes_after_somebody_who_left_is_called() {
    let mut page = Page::called_by_nobody(IMPOLITE);
    page.says(&offer("o"));
    assert_eq!(page.peer_left(IMPOLITE), ["page <- message bye", "page <- created r me"]);
    assert_eq!(
        page.peer_joined(IMPOLITE + 1, false),
        ["page <- join r", "page <- ready", "page <- message got user media"]
    );
    assert_eq!(page.says(&offer("o2")), ["hub <- offer o2 of 0"]);
}

#[test]
fn seed_fault_1_a_page_of_halloo_that_is_loaded_anew_is_called_again() {
    let mut page = Page::called_by_nobody(IMPOLITE);
    page.says(&offer("o"));
    let anew = json!({"type": "peer_joined", "peer": {"id": id(IMPOLITE + 1)}, "replaces": id(IMPOLITE)});
    assert_eq!(
        page.hears(anew, false),
        [
            "page <- message bye",
            "page <- created r me",
            "page <- join r",
            "page <- ready",
            "page <- message got user media"
        ]
    );
}

#[test]
fn seed_fault_1_the_newcomer_who_stays_becomes_the_one_who_calls() {
    let mut page = Page::visiting(POLITE);
    assert_eq!(page.peer_left(POLITE), ["page <- message bye", "page <- created r me"]);
}

#[test]
fn seed_fault_3_ready_comes_once_for_each_who_joins() {
    let mut page = Page::alone();
    let told = page.peer_joined(IMPOLITE, false);
    assert_eq!(told.iter().filter(|line| *line == "page <- ready").count(), 1);
}

#[test]
fn seed_fault_4_an_offer_waits_for_the_camera_of_the_page() {
    let mut page = Page::visiting(POLITE);
    assert_eq!(page.is_offered(POLITE, "o", 0), [""; 0]);
    let early = json!({"kind": "candidate", "candidate": "candidate:1", "sdp_m_line_index": 0, "epoch": 0});
    assert_eq!(page.signal(POLITE, early), [""; 0]);
    assert_eq!(
        page.says(&json!("got user media")),
        ["page <- message offer o", "page <- message candidate:1"]
    );
    assert_eq!(page.says(&answer("a")), ["hub <- answer a of 0"]);
}

#[test]
fn seed_fault_4_between_two_pages_of_the_tutorial_too() {
    let mut page = Page::opened();
    page.enters("r");
    page.joined(&[POLITE], true);
    let plain = |message: Value| json!({"kind": "codelab", "message": message});
    assert_eq!(page.signal(POLITE, plain(json!("got user media"))), ["page <- message got user media"]);
    assert_eq!(page.signal(POLITE, plain(offer("o"))), [""; 0]);
    assert_eq!(page.signal(POLITE, plain(address(1))), [""; 0]);
    assert_eq!(
        page.says(&json!("got user media")),
        [
            "page <- message offer o",
            "page <- message candidate:1",
            r#"hub <- {"kind":"codelab","message":"got user media"}"#
        ]
    );
    assert_eq!(page.signal(POLITE, plain(address(2))), ["page <- message candidate:2"]);
}

#[test]
fn seed_fault_10_joining_twice_joins_nobody_with_themselves() {
    let mut page = Page::opened();
    page.enters("r");
    assert_eq!(page.enters("r"), [""; 0]);
    page.joined(&[], false);
    assert_eq!(page.enters("r"), [""; 0]);
    assert_eq!(page.enters("s"), [""; 0]);
    assert!(page.logged[0][1].as_str().unwrap().contains("already"));
}
