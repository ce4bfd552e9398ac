//! Offers, answers and candidates of one connection.

use super::*;

#[test]
fn who_hears_of_a_newcomer_offers() {
    let mut scene = Scene::seated();
    let effects = scene.server(arrival(INSISTING));
    assert_eq!(opens_peer(&effects, INSISTING), Some(true));
    assert_eq!(operations(&effects, INSISTING), [&SET_LOCAL], "without being told by the browser");
    // Which says so later, of the same tracks.
    assert_eq!(scene.event(INSISTING, ConnectionEvent::NegotiationNeeded), []);
    let effects = scene.describes(INSISTING, offer("mine"));
    assert_eq!(signals_to(&effects, INSISTING), [&offer_signal("mine", 0)]);
    scene.signal(INSISTING, answer_signal("theirs", 0));
    assert_eq!(operations(&scene.succeeds(INSISTING), INSISTING), [] as [&Operation; 0]);
}

#[test]
fn the_newcomer_waits_for_the_offer_and_answers() {
    let mut scene = Scene::lobby();
    scene.join();
    scene.give(claimed(None));
    scene.give(Input::Socket(SocketEvent::Opened));
    let effects = scene.server(joined(ME, &[GIVING_WAY], true));
    assert_eq!(opens_peer(&effects, GIVING_WAY), Some(false));
    assert_eq!(scene.after(4_999), []);
    let effects = scene.signal(GIVING_WAY, offer_signal("theirs", 0));
    assert_eq!(operations(&effects, GIVING_WAY), [&Operation::SetRemote(offer("theirs"))]);
    assert_eq!(operations(&scene.succeeds(GIVING_WAY), GIVING_WAY), [&SET_LOCAL]);
    let effects = scene.describes(GIVING_WAY, answer("mine"));
    assert_eq!(signals_to(&effects, GIVING_WAY), [&answer_signal("mine", 0)]);
}

#[test]
fn an_offer_that_does_not_come_is_made_from_this_side() {
    let mut scene = Scene::seated_with(&[GIVING_WAY]);
    assert_eq!(opens_peer(&scene.after(5_000), GIVING_WAY), Some(true));
}

/// Seed fault 5.
#[test]
fn ice_servers_of_the_server_reach_the_peer_connection() {
    let mut scene = Scene::lobby();
    scene.join();
    scene.give(claimed(None));
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(welcome());
    let effects = scene.server(joined(ME, &[GIVING_WAY], true));
    let first = effects
        .iter()
        .position(|effect| matches!(effect, Effect::UseIceServers(servers) if *servers == [stun()]));
    let opened = effects.iter().position(|effect| matches!(effect, Effect::OpenConnection { .. }));
    assert!(first.is_some() && first < opened, "{effects:?}");
}

#[test]
fn new_logins_are_used_without_disturbing_the_call() {
    let mut scene = Scene::seated_with(&[GIVING_WAY]);
    let renewed = IceServer { username: Some("later".to_owned()), ..stun() };
    let effects = scene.server(ServerMsg::IceServers { ice_servers: vec![renewed.clone()] });
    assert_eq!(effects, [Effect::UseIceServers(vec![renewed])]);
}

/// Seed fault 4.
#[test]
fn early_candidates_wait_for_the_description_and_keep_their_order() {
    let mut scene = Scene::seated_with(&[GIVING_WAY]);
    for text in ["one", "two"] {
        assert_eq!(scene.signal(GIVING_WAY, candidate_signal(text, 0)), []);
    }
    scene.signal(GIVING_WAY, offer_signal("theirs", 0));
    scene.signal(GIVING_WAY, candidate_signal("three", 0));
    scene.succeeds(GIVING_WAY);
    let mut added = Vec::new();
    let mut effects = scene.describes(GIVING_WAY, answer("mine"));
    while let [Operation::AddCandidate(Some(candidate))] = operations(&effects, GIVING_WAY)[..] {
        added.push(candidate.candidate.clone());
        effects = scene.succeeds(GIVING_WAY);
    }
    assert_eq!(added, ["one", "two", "three"]);
}

#[test]
fn candidates_gathered_before_the_offer_is_known_follow_it() {
    let mut scene = Scene::seated();
    scene.server(arrival(GIVING_WAY));
    scene.event(GIVING_WAY, ConnectionEvent::NegotiationNeeded);
    assert_eq!(scene.event(GIVING_WAY, ConnectionEvent::Gathered(Some(candidate("one")))), []);
    let effects = scene.describes(GIVING_WAY, offer("mine"));
    assert_eq!(signals_to(&effects, GIVING_WAY), [&offer_signal("mine", 0), &candidate_signal("one", 0)]);
    let effects = scene.event(GIVING_WAY, ConnectionEvent::Gathered(None));
    assert_eq!(signals_to(&effects, GIVING_WAY), [&Signal::EndOfCandidates { epoch: 0 }]);
}

#[test]
fn a_candidate_that_the_browser_refuses_changes_nothing() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    scene.signal(GIVING_WAY, candidate_signal("odd", 0));
    assert_eq!(scene.refuses(GIVING_WAY), []);
    assert_eq!(scene.status(), Status::Connected);
}

#[test]
fn one_operation_at_a_time() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    for text in ["one", "two", "three"] {
        scene.signal(GIVING_WAY, candidate_signal(text, 0));
    }
    scene.event(GIVING_WAY, ConnectionEvent::NegotiationNeeded);
    for _ in 0..3 {
        assert!(matches!(scene.running(GIVING_WAY)[..], [Operation::AddCandidate(_)]));
        scene.succeeds(GIVING_WAY);
    }
    assert_eq!(scene.running(GIVING_WAY), [&SET_LOCAL]);
}

#[test]
fn what_an_older_operation_gave_is_dropped() {
    let mut scene = Scene::seated();
    scene.server(arrival(GIVING_WAY));
    scene.event(GIVING_WAY, ConnectionEvent::NegotiationNeeded);
    let (stale, ..) = scene.running[0];
    scene.signal(GIVING_WAY, offer_signal("anew", 1));
    let (kind, sdp) = (DescriptionKind::Offer, "stale".to_owned());
    let result = Ok(Outcome::Described { kind, sdp, sections: sections() });
    assert_eq!(scene.give(Input::OpDone { op: stale, result }), []);
    assert_eq!(scene.running(GIVING_WAY), [&Operation::SetRemote(offer("anew"))]);
}

#[test]
fn what_an_older_connection_says_is_dropped() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    let stale = scene.connection(GIVING_WAY);
    scene.signal(GIVING_WAY, offer_signal("anew", 1));
    for event in [
        ConnectionEvent::NegotiationNeeded,
        ConnectionEvent::Gathered(Some(candidate("stale"))),
        ConnectionEvent::StateChanged(ConnectionState::Failed),
    ] {
        assert_eq!(scene.give(Input::Connection { peer: GIVING_WAY, connection: stale, event }), []);
    }
    assert_ne!(scene.connection(GIVING_WAY), stale);
}

#[test]
fn the_impolite_side_ignores_an_offer_that_crosses_its_own() {
    let mut scene = Scene::offering_to(GIVING_WAY);
    assert_eq!(scene.signal(GIVING_WAY, offer_signal("theirs", 0)), []);
    let effects = scene.signal(GIVING_WAY, answer_signal("to mine", 0));
    assert_eq!(operations(&effects, GIVING_WAY), [&Operation::SetRemote(answer("to mine"))]);
}

#[test]
fn the_polite_side_gives_up_its_own_offer() {
    let mut scene = Scene::connected_to(INSISTING);
    let connection = scene.connection(INSISTING);
    scene.event(INSISTING, ConnectionEvent::NegotiationNeeded);
    scene.describes(INSISTING, offer("mine"));
    let effects = scene.signal(INSISTING, offer_signal("theirs", 0));
    assert_eq!(operations(&effects, INSISTING), [&Operation::SetRemote(offer("theirs"))]);
    assert_eq!(scene.connection(INSISTING), connection, "a settled connection rolls back");
    scene.succeeds(INSISTING);
    let effects = scene.describes(INSISTING, answer("mine"));
    assert_eq!(signals_to(&effects, INSISTING), [&answer_signal("mine", 0)]);
    // The browser says that the negotiation given up is still needed.
    let effects = scene.event(INSISTING, ConnectionEvent::NegotiationNeeded);
    assert_eq!(operations(&effects, INSISTING), [&SET_LOCAL]);
}

/// Chromium receives and never shows a picture after a rollback that follows on its first answer.
#[test]
fn the_polite_side_starts_over_rather_than_roll_back_after_its_first_answer() {
    let mut scene = Scene::seated_with(&[INSISTING]);
    scene.signal(INSISTING, offer_signal("first", 0));
    scene.succeeds(INSISTING);
    scene.describes(INSISTING, answer("first"));
    scene.event(INSISTING, ConnectionEvent::NegotiationNeeded);
    scene.describes(INSISTING, offer("mine"));
    let effects = scene.signal(INSISTING, offer_signal("theirs", 0));
    assert!(effects.contains(&Effect::CloseConnection { peer: INSISTING }), "{effects:?}");
    assert_eq!(opens_peer(&effects, INSISTING), Some(true));
    scene.event(INSISTING, ConnectionEvent::NegotiationNeeded);
    let effects = scene.describes(INSISTING, offer("anew"));
    assert_eq!(signals_to(&effects, INSISTING), [&offer_signal("anew", 1)]);
}

#[test]
fn first_offers_that_cross_leave_one_connection_without_doubled_transceivers() {
    let mut scene = Scene::offering_to(INSISTING);
    let effects = scene.signal(INSISTING, offer_signal("theirs", 0));
    assert!(effects.contains(&Effect::CloseConnection { peer: INSISTING }), "{effects:?}");
    assert_eq!(opens_peer(&effects, INSISTING), Some(false));
    assert_eq!(operations(&effects, INSISTING), [&Operation::SetRemote(offer("theirs"))]);
}

#[test]
fn an_offer_made_while_the_peers_is_on_the_way_counts_as_crossing() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    scene.event(GIVING_WAY, ConnectionEvent::NegotiationNeeded);
    scene.signal(GIVING_WAY, offer_signal("theirs", 0));
    assert_eq!(scene.running(GIVING_WAY), [&SET_LOCAL]);
    scene.describes(GIVING_WAY, offer("mine"));
    assert_eq!(scene.running(GIVING_WAY), Vec::<&Operation>::new());
}

#[test]
fn a_second_answer_is_ignored() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    assert_eq!(scene.signal(GIVING_WAY, answer_signal("again", 0)), []);
}

#[test]
fn an_offer_that_stays_unanswered_is_sent_again_with_its_candidates() {
    let mut scene = Scene::offering_to(GIVING_WAY);
    let effects = scene.after(10_000);
    assert_eq!(operations(&effects, GIVING_WAY), [&Operation::ReadLocal]);
    let effects = scene.describes(GIVING_WAY, offer("with candidates"));
    assert_eq!(signals_to(&effects, GIVING_WAY), [&offer_signal("with candidates", 0)]);
}

#[test]
fn an_offer_lost_in_a_gap_is_sent_again_when_the_peer_is_back() {
    let mut scene = Scene::offering_to(GIVING_WAY);
    scene.server(ServerMsg::PeerReconnecting { peer: GIVING_WAY });
    assert_eq!(scene.after(9_000), [], "nothing is sent into the gap");
    let effects = scene.server(ServerMsg::PeerBack { peer: GIVING_WAY });
    assert_eq!(operations(&effects, GIVING_WAY), [&Operation::ReadLocal]);
}

/// Its answer would be taken for that to the offer which comes next.
#[test]
fn an_offer_that_was_overdue_in_a_gap_is_not_sent_twice() {
    let mut scene = Scene::offering_to(GIVING_WAY);
    scene.server(ServerMsg::PeerReconnecting { peer: GIVING_WAY });
    assert_eq!(scene.after(15_000), []);
    let effects = scene.server(ServerMsg::PeerBack { peer: GIVING_WAY });
    assert_eq!(operations(&effects, GIVING_WAY), [&Operation::ReadLocal]);
    let effects = scene.describes(GIVING_WAY, offer("again"));
    assert_eq!(signals_to(&effects, GIVING_WAY), [&offer_signal("again", 0)]);
    assert_eq!(scene.after(9_000), []);
}

#[test]
fn an_offer_lost_in_a_gap_is_sent_again_after_the_own_return() {
    let mut scene = Scene::offering_to(GIVING_WAY);
    let effects = scene.resumes(joined(ME, &[GIVING_WAY], true));
    assert_eq!(operations(&effects, GIVING_WAY), [&Operation::ReadLocal]);
}

#[test]
fn an_offer_that_the_peer_already_has_is_not_made_a_second_time() {
    let mut scene = Scene::seated_with(&[GIVING_WAY]);
    scene.server(ServerMsg::PeerBack { peer: GIVING_WAY });
    scene.signal(GIVING_WAY, offer_signal("theirs", 0));
    scene.succeeds(GIVING_WAY);
    scene.describes(GIVING_WAY, answer("mine"));
    assert_eq!(opens_peer(&scene.after(9_000), GIVING_WAY), None);
}

/// A repair while the first offer is being made must not throw it away.
#[test]
fn a_repair_during_the_first_offer_keeps_the_connection() {
    let mut scene = Scene::seated();
    scene.server(arrival(GIVING_WAY));
    scene.event(GIVING_WAY, ConnectionEvent::NegotiationNeeded);
    scene.server(ServerMsg::PeerBack { peer: GIVING_WAY });
    scene.describes(GIVING_WAY, offer("mine"));
    assert_eq!(opens_peer(&scene.after(9_000), GIVING_WAY), None);
}

#[test]
fn a_higher_epoch_means_a_new_connection_and_a_lower_one_is_stale() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    let effects = scene.signal(GIVING_WAY, offer_signal("anew", 2));
    assert!(effects.contains(&Effect::CloseConnection { peer: GIVING_WAY }), "{effects:?}");
    assert_eq!(opens_peer(&effects, GIVING_WAY), Some(false));
    assert_eq!(scene.signal(GIVING_WAY, offer_signal("stale", 1)), []);
    assert_eq!(scene.signal(GIVING_WAY, candidate_signal("stale", 0)), []);
    scene.succeeds(GIVING_WAY);
    let effects = scene.describes(GIVING_WAY, answer("mine"));
    assert_eq!(signals_to(&effects, GIVING_WAY), [&answer_signal("mine", 2)]);
}

#[test]
fn a_signal_of_an_unknown_kind_or_from_nobody_is_ignored() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    assert_eq!(scene.signal(GIVING_WAY, Signal::Unknown), []);
    assert_eq!(scene.signal(INSISTING, offer_signal("who?", 0)), []);
}

#[test]
fn an_offerer_says_what_it_sends_and_receives_what_the_answer_names() {
    let mut scene = Scene::seated();
    scene.server(arrival(GIVING_WAY));
    scene.event(GIVING_WAY, ConnectionEvent::NegotiationNeeded);
    let effects = scene.describes(GIVING_WAY, offer("ours"));
    assert_eq!(signals_to(&effects, GIVING_WAY), [&offer_signal("ours", 0)]);
    let named = [("1".to_owned(), TrackSource::Screen), ("0".to_owned(), TrackSource::ScreenAudio)];
    let answer = Description { tracks: Some(named.clone().into_iter().collect()), ..answer("theirs") };
    scene.signal(GIVING_WAY, answer.into_signal(0));
    scene.succeeds(GIVING_WAY);
    assert_eq!((scene.sent, scene.received), (vec![], vec![(GIVING_WAY, named.to_vec())]));
}

#[test]
fn an_answerer_sends_over_the_sections_of_the_offer_and_says_so() {
    let mut scene = Scene::seated_with(&[INSISTING]);
    scene.signal(INSISTING, offer_signal("theirs", 0));
    scene.succeeds(INSISTING);
    assert_eq!((&scene.sent, &scene.received), (&vec![(INSISTING, both())], &vec![(INSISTING, both())]));
    let effects = scene.describes(INSISTING, answer("ours"));
    assert_eq!(signals_to(&effects, INSISTING), [&answer_signal("ours", 0)]);
}

#[test]
fn a_client_that_names_no_tracks_sends_a_microphone_and_a_camera() {
    let mut scene = Scene::seated_with(&[INSISTING]);
    let offer = Description { tracks: None, ..offer("theirs") };
    scene.signal(INSISTING, offer.into_signal(0));
    scene.succeeds(INSISTING);
    assert_eq!(scene.received, [(INSISTING, both())]);
}

#[test]
fn hello_announces_what_is_understood() {
    let mut scene = Scene::lobby();
    scene.join();
    scene.give(claimed(None));
    let effects = scene.give(Input::Socket(SocketEvent::Opened));
    let features = ["tracks", "lock", "hands", "reactions"].map(str::to_owned).to_vec();
    let expected = ClientMsg::Hello { version: 1, features };
    assert!(said(&effects).contains(&&expected), "{effects:?}");
}

/// Chromium refuses to make more than 500 connections in a page.
#[test]
fn a_peer_cannot_have_connections_made_without_end() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    let mut opened = 0;
    for epoch in 1..=1_000 {
        let effects = scene.signal(GIVING_WAY, offer_signal("again", epoch));
        opened += u32::from(opens_peer(&effects, GIVING_WAY).is_some());
        scene.after(10);
    }
    assert_eq!(opened, 5, "10 seconds, one in each 2");
}

#[test]
fn only_an_offer_replaces_the_connection() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    let (connection, epoch) = (scene.connection(GIVING_WAY), 1);
    for signal in
        [candidate_signal("one", epoch), answer_signal("theirs", epoch), Signal::EndOfCandidates { epoch }]
    {
        assert_eq!(scene.signal(GIVING_WAY, signal), []);
    }
    assert_eq!(scene.connection(GIVING_WAY), connection);
    assert_eq!(opens_peer(&scene.signal(GIVING_WAY, offer_signal("theirs", epoch)), GIVING_WAY), Some(false));
}

#[test]
fn an_offer_that_came_too_soon_is_taken_when_it_is_repeated() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    scene.signal(GIVING_WAY, offer_signal("first", 1));
    assert_eq!(scene.signal(GIVING_WAY, offer_signal("second", 2)), []);
    scene.after(2_000);
    assert_eq!(opens_peer(&scene.signal(GIVING_WAY, offer_signal("second", 2)), GIVING_WAY), Some(false));
}

#[test]
fn signals_that_wait_for_the_browser_are_limited() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    for number in 0..1_000 {
        scene.signal(GIVING_WAY, candidate_signal(&number.to_string(), 0));
    }
    let mut added = 0;
    while !scene.running(GIVING_WAY).is_empty() {
        scene.succeeds(GIVING_WAY);
        added += 1;
    }
    assert_eq!(added, 201, "one under way, 200 waiting");
}
