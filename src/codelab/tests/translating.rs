//! A call between a page of the tutorial and a client of halloo.

use super::*;

const SENDS: &str = "v=0\r\nm=video 9 RTP 96\r\na=mid:0\r\na=sendrecv\r\n";

#[test]
fn the_page_that_was_first_offers_and_is_answered() {
    let mut page = Page::alone();
    assert_eq!(
        page.peer_joined(IMPOLITE, false),
        ["page <- join r", "page <- ready", "page <- message got user media"]
    );
    assert_eq!(page.says(&offer("o")), ["hub <- offer o of 0"]);
    assert_eq!(page.says(&address(1)), ["hub <- candidate:1 of 0"]);
    let answer = json!({"kind": "answer", "sdp": "a", "epoch": 0});
    assert_eq!(page.signal(IMPOLITE, answer.clone()), ["page <- message answer a"]);
    assert_eq!(page.signal(IMPOLITE, answer), [""; 0], "once");
    let candidate = json!({"kind": "candidate", "candidate": "candidate:2", "sdp_mid": "0", "epoch": 0});
    assert_eq!(page.signal(IMPOLITE, candidate), ["page <- message candidate:2"]);
    assert_eq!(page.time_passes(60_000), [""; 0]);
}

#[test]
fn the_page_that_comes_later_answers() {
    let mut page = Page::visiting(POLITE);
    page.says(&json!("got user media"));
    assert_eq!(page.is_offered(POLITE, "o", 0), ["page <- message offer o"]);
    assert_eq!(page.says(&answer("a")), ["hub <- answer a of 0"]);
    assert_eq!(page.says(&address(1)), ["hub <- candidate:1 of 0"]);
    assert_eq!(page.says(&answer("again")), [""; 0], "nothing is to be answered");
}

#[test]
fn a_shared_screen_and_an_ice_restart_are_offers_that_the_page_answers() {
    let mut page = Page::visiting(POLITE);
    page.says(&json!("got user media"));
    for n in 0..3 {
        let [offered, answered] = [format!("o{n}"), format!("a{n}")];
        assert_eq!(page.is_offered(POLITE, &offered, 0), [format!("page <- message offer {offered}")]);
        assert_eq!(page.says(&answer(&answered)), [format!("hub <- answer {answered} of 0")]);
    }
}

#[test]
fn what_the_page_knows_nothing_of_does_not_reach_it() {
    let mut page = Page::visiting(POLITE);
    page.says(&json!("got user media"));
    page.is_offered(POLITE, "o", 0);
    for signal in [
        json!({"kind": "viewing", "camera": 360}),
        json!({"kind": "end_of_candidates", "epoch": 0}),
        json!({"kind": "chat", "text": "hello"}),
        json!({"kind": "offer", "epoch": 0}),
        json!({"kind": "candidate", "candidate": "candidate:1", "epoch": 3}),
        json!({"kind": "answer", "sdp": "a", "epoch": 0}),
        json!({}),
    ] {
        assert_eq!(page.signal(POLITE, signal.clone()), [""; 0], "{signal}");
    }
}

#[test]
fn a_new_connection_of_the_peer_is_a_hang_up_and_a_call() {
    let mut page = Page::visiting(POLITE);
    page.says(&json!("got user media"));
    page.is_offered(POLITE, "o", 0);
    page.says(&answer("a"));
    assert_eq!(page.is_offered(POLITE, "o2", 1), ["page <- message bye", "page <- message offer o2"]);
    assert_eq!(page.says(&answer("a2")), ["hub <- answer a2 of 1"]);
    assert_eq!(page.is_offered(POLITE, "late", 0), [""; 0]);
}

#[test]
fn an_answer_to_the_connection_before_is_dropped() {
    let mut page = Page::visiting(POLITE);
    page.says(&json!("got user media"));
    page.is_offered(POLITE, "o", 0);
    page.is_offered(POLITE, "o2", 1);
    assert_eq!(page.says(&answer("a")), [""; 0]);
    assert_eq!(page.says(&answer("a2")), ["hub <- answer a2 of 1"]);
}

#[test]
fn the_offer_of_a_peer_that_lost_patience_does_not_reach_a_page_that_will_offer_itself() {
    for (peer, epoch) in [(IMPOLITE, 1), (POLITE, 0)] {
        let mut page = Page::called_by_nobody(peer);
        assert_eq!(page.is_offered(peer, "theirs", 0), [""; 0]);
        assert_eq!(page.says(&offer("o")), [format!("hub <- offer o of {epoch}")]);
        let answer = json!({"kind": "answer", "sdp": "a", "epoch": epoch});
        assert_eq!(page.signal(peer, answer), ["page <- message answer a"]);
    }
}

#[test]
fn when_offers_cross_a_peer_that_insists_gets_the_page_s_again_with_a_higher_epoch() {
    let mut page = Page::called_by_nobody(IMPOLITE);
    page.says(&offer("o"));
    page.says(&address(1));
    assert_eq!(page.is_offered(IMPOLITE, "theirs", 0), ["hub <- offer o of 1", "hub <- candidate:1 of 1"]);
    let mut page = Page::called_by_nobody(POLITE);
    page.says(&offer("o"));
    assert_eq!(page.is_offered(POLITE, "theirs", 0), [""; 0], "it gives way by itself");
    assert_eq!(page.is_offered(POLITE, "theirs", 2), ["hub <- offer o of 2"], "and on a new connection");
}

#[test]
fn an_offer_that_is_not_answered_is_sent_again_for_a_while() {
    let mut page = Page::called_by_nobody(IMPOLITE);
    page.says(&offer("o"));
    assert_eq!(page.time_passes(9_999), [""; 0]);
    assert_eq!(page.time_passes(1), ["hub <- offer o of 0"]);
    let back = json!({"type": "peer_back", "peer": id(IMPOLITE)});
    assert_eq!(page.hears(back, false), ["hub <- offer o of 0"]);
    assert_eq!(page.time_passes(3_600_000).len(), 18, "and then no more");
}

#[test]
fn what_the_page_sends_is_read_from_its_descriptions() {
    let mut page = Page::called_by_nobody(IMPOLITE);
    let said = page.says(&offer(SENDS));
    assert_eq!(said[0], "hub <- set_media false/true");
    assert_eq!(page.says(&offer(SENDS)).len(), 1, "once");
}

#[test]
fn a_peer_can_fill_nothing() {
    let mut page = Page::visiting(POLITE);
    for n in 0..10_000 {
        page.is_offered(POLITE, "o", n);
        let early = json!({"kind": "candidate", "candidate": "c", "sdp_m_line_index": 0, "epoch": n});
        page.signal(POLITE, early);
    }
    for _ in 0..10_000 {
        let early = json!({"kind": "candidate", "candidate": "c", "sdp_m_line_index": 0, "epoch": 9_999});
        page.signal(POLITE, early);
    }
    assert_eq!(page.says(&json!("got user media")).len(), 200);
    assert_eq!(page.is_offered(POLITE, "o", u32::MAX), ["page <- message bye", "page <- message offer o"]);
}
