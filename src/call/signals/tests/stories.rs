//! What a recording tells: kinds, columns, arrows, steps.

use super::{BEN, story};
use crate::call::signals::{
    Arrow, Bar, Diagram, Direction, Entry, Event, Filter, Kind, Message, PageTimes, Recorded, StateKind,
    Step, waterfall,
};

const PAGE: PageTimes = PageTimes { response_start_us: 20_000, response_end_us: 40_000 };

fn kinds(entries: &[Entry]) -> Vec<String> {
    let kind = |entry: &Entry| match &entry.event {
        Event::Message(message) => format!("{} {}", message.direction.as_str(), message.kind),
        Event::State(state) => format!("{} {}", state.of.as_str(), state.value),
    };
    entries.iter().map(kind).collect()
}

#[test]
fn messages_and_states_stand_in_the_order_of_events() {
    assert_eq!(
        kinds(&story()),
        [
            "socket connecting",
            "socket open",
            "sent hello",
            "sent join",
            "client started",
            "devices asked",
            "received joined",
            "devices answered",
            "received offer",
            "signaling have-remote-offer",
            "received candidate",
            "sent answer",
            "gathering gathering",
            "ice checking",
            "sent candidate",
            "ice connected",
            "dtls connecting",
            "candidate_error 701,stun:stun.example,STUN host lookup, 192.0.2.9",
            "dtls connected",
            "connection connected",
            "picture first frame",
        ]
    );
    assert!(
        story().iter().filter_map(Entry::message).all(|message| message.known),
        "all are of the protocol"
    );
}

#[test]
fn a_message_that_nobody_knows_is_shown_as_such() {
    for (text, kind) in [
        ("{\"type\":\"dance\"}", "dance"),
        ("{\"type\":7}", "?"),
        ("[]", "?"),
        ("not JSON", "?"),
        ("", "?"),
        (r#"{"type":"signal","from":"00000000000000bb","signal":{"kind":"waltz"}}"#, "waltz"),
        (r#"{"type":"signal","from":"00000000000000bb","signal":3}"#, "signal"),
    ] {
        let message = Message::read(Direction::Received, text.to_owned(), text.len());
        assert_eq!((message.kind.as_str(), message.known), (kind, false), "{text}");
    }
}

#[test]
fn everybody_has_a_column_and_each_message_an_arrow() {
    let entries = story();
    let diagram = Diagram::of(&entries);
    assert_eq!(diagram.width(), 3);
    assert_eq!(diagram.peers[0].name.as_deref(), Some("Ben Ignatius"));
    let arrow = |kind: &str| {
        let found = entries.iter().find(|entry| entry.message().is_some_and(|message| message.kind == kind));
        diagram.arrow(found.unwrap())
    };
    assert_eq!(arrow("join"), Arrow::Message { direction: Direction::Sent, beyond: None });
    assert_eq!(arrow("offer"), Arrow::Message { direction: Direction::Received, beyond: Some(2) });
    assert_eq!(arrow("answer"), Arrow::Message { direction: Direction::Sent, beyond: Some(2) });
    assert_eq!(diagram.arrow(entries.last().unwrap()), Arrow::State { with: Some(2) });
}

#[test]
fn the_waterfall_says_what_the_picture_waited_for() {
    let ben = BEN.parse().unwrap();
    let bars = waterfall(PAGE, &story(), [ben].into_iter());
    let short: Vec<_> = bars
        .iter()
        .map(|bar| (bar.step, bar.peer.is_some(), bar.start_us / 1000, bar.end_us.map(|end| end / 1000)))
        .collect();
    assert_eq!(
        short,
        [
            (Step::Page, false, 0, Some(40)),
            (Step::Client, false, 20, Some(130)),
            (Step::Socket, false, 90, Some(120)),
            (Step::Join, false, 122, Some(150)),
            (Step::Devices, false, 131, Some(160)),
            (Step::Offer, true, 150, Some(170)),
            (Step::Answer, true, 170, Some(180)),
            (Step::Candidates, true, 175, Some(183)),
            (Step::Ice, true, 182, Some(200)),
            (Step::Dtls, true, 200, Some(228)),
            (Step::Picture, true, 230, Some(300)),
        ]
    );
}

#[test]
fn a_step_that_is_not_done_has_no_end() {
    let entries: Vec<_> = story().into_iter().take(3).collect();
    let bars = waterfall(PageTimes::default(), &entries, [].into_iter());
    assert_eq!(bars, [Bar { step: Step::Socket, peer: None, start_us: 90_000, end_us: Some(120_000) }]);
    let bars = waterfall(PageTimes::default(), &entries[..1], [].into_iter());
    assert_eq!(bars[0].end_us, None);
}

#[test]
fn a_filter_shows_what_fits_in_all_ways() {
    let entries = story();
    let shown =
        |filter: Filter| kinds(&entries.iter().filter(|e| filter.shows(e)).cloned().collect::<Vec<_>>());
    let candidates = Some(Kind::Message("candidate".to_owned()));
    let only = |kind| Filter { kind, ..Filter::default() };
    assert_eq!(shown(only(candidates.clone())), ["received candidate", "sent candidate"]);
    assert_eq!(shown(only(Some(Kind::State(StateKind::Ice)))), ["ice checking", "ice connected"]);
    assert_eq!(
        shown(Filter { kind: candidates, search: " 9B1C ".to_owned(), ..Filter::default() }),
        ["sent candidate"]
    );
    assert_eq!(shown(Filter { peer: BEN.parse().ok(), ..Filter::default() }).len(), 13);
    assert_eq!(shown(Filter { after: 20, ..Filter::default() }), ["picture first frame"]);
    assert_eq!(Kind::all(&entries).len(), 16);
}

#[test]
fn an_event_without_its_state_is_left_out() {
    for kind in ["signalingstatechange", "icegatheringstatechange", "loadstart", ""] {
        let recorded =
            Recorded { number: 1, at_us: 0, kind: kind.to_owned(), text: ",,,".to_owned(), peer: None };
        assert_eq!(Entry::from_recorded(recorded), None, "{kind}");
    }
}
