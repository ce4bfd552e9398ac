//! Connections that are in trouble, and calls that outlive their socket.

use super::*;

#[test]
fn media_stays_when_the_socket_is_lost() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    scene.closes(CloseCode::Other(1006));
    assert_eq!(scene.status(), Status::Reconnecting);
    let mut effects = Vec::new();
    for _ in 0..20 {
        effects.extend(scene.after(8_000));
        effects.extend(scene.closes(CloseCode::Other(1006)));
    }
    assert!(!effects.contains(&Effect::CloseConnection { peer: GIVING_WAY }), "{effects:?}");
    assert_eq!(scene.call.view().participants[0].path, PathState::Connected);
}

#[test]
fn a_short_disconnection_heals_by_itself() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    scene.state(GIVING_WAY, ConnectionState::Disconnected);
    assert_eq!(scene.call.view().participants[0].path, PathState::Interrupted);
    assert_eq!(scene.after(1_999), []);
    scene.state(GIVING_WAY, ConnectionState::Connected);
    assert_eq!(scene.after(5_000), []);
}

#[test]
fn a_longer_disconnection_restarts_ice() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    scene.state(GIVING_WAY, ConnectionState::Disconnected);
    assert_eq!(scene.after(2_000), [Effect::RestartIce { peer: GIVING_WAY }]);
    let effects = scene.event(GIVING_WAY, ConnectionEvent::NegotiationNeeded);
    assert_eq!(operations(&effects, GIVING_WAY), [&SET_LOCAL]);
}

fn sends(scene: &mut Scene, peer: PeerId, camera: bool) {
    let media = MediaState { microphone: false, camera, ..MediaState::default() };
    scene.server(ServerMsg::MediaChanged { peer, media });
}

/// The network changes, and the socket is renewed.
fn changes_network(scene: &mut Scene) {
    scene.give(Input::Network(Network::Changed));
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(welcome());
    scene.server(joined(ME, &[GIVING_WAY], true));
}

#[test]
fn a_stall_renews_a_socket_that_is_silent_too_and_restarts_ice() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    sends(&mut scene, GIVING_WAY, true);
    scene.now = scene.now + 1_000;
    assert_eq!(scene.stalls(GIVING_WAY), [Effect::OpenSocket]);
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(welcome());
    scene.server(joined(ME, &[GIVING_WAY], true));
    assert_eq!(scene.after(0), [Effect::RestartIce { peer: GIVING_WAY }]);
}

#[test]
fn a_stall_keeps_a_socket_over_which_something_has_just_come() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    sends(&mut scene, GIVING_WAY, true);
    assert_eq!(scene.stalls(GIVING_WAY), []);
    assert_eq!(scene.after(0), [Effect::RestartIce { peer: GIVING_WAY }]);
    assert_eq!(scene.stalls(GIVING_WAY), [], "not again and again");
    assert_eq!(scene.after(3_000), []);
    scene.after(1_000);
    scene.server(ServerMsg::Heartbeat);
    assert_eq!(scene.stalls(GIVING_WAY), []);
    assert_eq!(scene.after(0), [Effect::RestartIce { peer: GIVING_WAY }]);
}

#[test]
fn nobody_is_missed_who_sends_nothing_or_is_away() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    sends(&mut scene, GIVING_WAY, false);
    assert_eq!(scene.stalls(GIVING_WAY), []);
    assert_eq!(scene.after(0), []);
    sends(&mut scene, GIVING_WAY, true);
    scene.server(ServerMsg::PeerReconnecting { peer: GIVING_WAY });
    assert_eq!(scene.stalls(GIVING_WAY), []);
    assert_eq!(scene.after(0), []);
}

#[test]
fn a_screen_on_which_nothing_moves_is_not_missed() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    let media = MediaState { screen: true, ..MediaState::default() };
    scene.server(ServerMsg::MediaChanged { peer: GIVING_WAY, media });
    assert_eq!(scene.stalls(GIVING_WAY), []);
    assert_eq!(scene.after(0), []);
}

#[test]
fn a_failed_connection_restarts_ice_at_once() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    scene.state(GIVING_WAY, ConnectionState::Failed);
    assert_eq!(scene.after(0), [Effect::RestartIce { peer: GIVING_WAY }]);
}

#[test]
fn a_connection_that_neither_comes_up_nor_fails_is_helped() {
    let mut scene = Scene::offering_to(GIVING_WAY);
    scene.signal(GIVING_WAY, answer_signal("theirs", 0));
    scene.succeeds(GIVING_WAY);
    scene.after(8_000);
    scene.server(ServerMsg::Heartbeat);
    assert_eq!(scene.after(6_999), []);
    assert_eq!(scene.after(1), [Effect::RestartIce { peer: GIVING_WAY }]);
}

#[test]
fn repairs_become_rarer_and_every_fourth_starts_over() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    scene.state(GIVING_WAY, ConnectionState::Failed);
    let mut repairs = Vec::new();
    for second in 0..400 {
        for effect in scene.after(1_000) {
            match effect {
                Effect::RestartIce { .. } => repairs.push((second, "restart")),
                Effect::OpenConnection { camera: Some(_), .. } => {
                    repairs.push((second, "anew"));
                    scene.state(GIVING_WAY, ConnectionState::Failed);
                }
                // Unless its connection has been replaced in the same second.
                Effect::Operate { .. } if !scene.running(GIVING_WAY).is_empty() => {
                    scene.describes(GIVING_WAY, offer("again"));
                }
                _ => {}
            }
        }
        scene.server(ServerMsg::Heartbeat);
    }
    let kinds: Vec<_> = repairs.iter().map(|(_, kind)| *kind).collect();
    assert_eq!(
        kinds[..8],
        ["restart", "restart", "restart", "anew", "restart", "restart", "restart", "anew"]
    );
    let pauses: Vec<_> = repairs.windows(2).map(|two| two[1].0 - two[0].0).collect();
    assert!(pauses.is_sorted() && pauses[0] <= 4 && *pauses.last().unwrap() == 30, "{pauses:?}");
    assert_eq!(scene.call.view().participants[0].path, PathState::Failed);
}

#[test]
fn starting_over_raises_the_epoch() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    scene.event(GIVING_WAY, ConnectionEvent::NegotiationNeeded);
    scene.refuses(GIVING_WAY);
    let effects = scene.after(0);
    assert_eq!(opens_peer(&effects, GIVING_WAY), Some(true));
    scene.event(GIVING_WAY, ConnectionEvent::NegotiationNeeded);
    let effects = scene.describes(GIVING_WAY, offer("anew"));
    assert_eq!(signals_to(&effects, GIVING_WAY), [&offer_signal("anew", 1)]);
}

#[test]
fn an_operation_that_is_never_answered_is_given_up_with_its_connection() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    scene.event(GIVING_WAY, ConnectionEvent::NegotiationNeeded);
    assert_eq!(scene.after(14_999), []);
    assert_eq!(opens_peer(&scene.after(1), GIVING_WAY), Some(true));
    scene.event(GIVING_WAY, ConnectionEvent::NegotiationNeeded);
    let effects = scene.describes(GIVING_WAY, offer("anew"));
    assert_eq!(signals_to(&effects, GIVING_WAY), [&offer_signal("anew", 1)]);
}

#[test]
fn a_person_who_came_back_to_a_restarted_server_under_another_id_is_there_once() {
    let anew = PeerId::new(91);
    let mut scene = Scene::connected_to(GIVING_WAY);
    let back = PeerInfo { replaces: Some(GIVING_WAY), ..info(anew) };
    let ServerMsg::Joined { room, you, ice_servers, resume_token, capacity, .. } = joined(ME, &[], false)
    else {
        panic!("joined is joined");
    };
    let effects = scene.resumes(ServerMsg::Joined {
        peers: vec![back],
        complete: false,
        room,
        you,
        ice_servers,
        resume_token,
        capacity,
        locked: false,
        hand: None,
    });
    assert!(effects.contains(&Effect::CloseConnection { peer: GIVING_WAY }));
    let people: Vec<_> = scene.call.view().participants.iter().map(|peer| peer.id).collect();
    assert_eq!(people, [anew]);
}

#[test]
fn nothing_is_repaired_while_nobody_could_hear_it() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    scene.server(ServerMsg::PeerReconnecting { peer: GIVING_WAY });
    scene.state(GIVING_WAY, ConnectionState::Failed);
    assert_eq!(scene.after(9_000), []);
    scene.server(ServerMsg::PeerBack { peer: GIVING_WAY });
    assert!(scene.after(0).contains(&Effect::RestartIce { peer: GIVING_WAY }));
}

#[test]
fn a_gap_without_harm_to_media_needs_no_repair() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    scene.server(ServerMsg::PeerReconnecting { peer: GIVING_WAY });
    scene.server(ServerMsg::PeerBack { peer: GIVING_WAY });
    assert_eq!(scene.after(9_000), []);
}

#[test]
fn a_connection_that_was_being_made_during_a_gap_is_helped_after_it() {
    let mut scene = Scene::offering_to(GIVING_WAY);
    scene.signal(GIVING_WAY, answer_signal("theirs", 0));
    scene.succeeds(GIVING_WAY);
    let mut effects = scene.resumes(joined(ME, &[GIVING_WAY], true));
    effects.extend(scene.after(0));
    assert!(effects.contains(&Effect::RestartIce { peer: GIVING_WAY }), "{effects:?}");
}

#[test]
fn a_new_network_renews_the_socket_and_restarts_ice_without_waiting_for_either_to_fail() {
    for network in [Network::Online, Network::Changed] {
        let mut scene = Scene::connected_to(GIVING_WAY);
        assert_eq!(scene.give(Input::Network(network)), [Effect::OpenSocket]);
        assert_eq!(scene.after(0), [], "over the old socket nothing can be said");
        scene.give(Input::Socket(SocketEvent::Opened));
        scene.server(welcome());
        scene.server(joined(ME, &[GIVING_WAY], true));
        assert_eq!(scene.after(1_000), [Effect::RestartIce { peer: GIVING_WAY }]);
    }
    let mut scene = Scene::connected_to(GIVING_WAY);
    scene.give(Input::Network(Network::Visible));
    assert_eq!(scene.after(0), [], "only looking at the page changes no network");
}

#[test]
fn a_path_over_which_media_still_arrives_is_left_alone_when_the_network_changes() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    scene.plays_on(GIVING_WAY);
    changes_network(&mut scene);
    scene.after(400);
    scene.plays_on(GIVING_WAY);
    scene.after(400);
    scene.plays_on(GIVING_WAY);
    assert_eq!(scene.after(9_000), []);
}

#[test]
fn media_that_was_under_way_proves_no_path() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    scene.plays_on(GIVING_WAY);
    changes_network(&mut scene);
    scene.after(400);
    scene.plays_on(GIVING_WAY);
    assert_eq!(scene.after(600), [Effect::RestartIce { peer: GIVING_WAY }]);
}

#[test]
fn a_restart_that_brings_no_media_is_followed_by_one_new_connection() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    sends(&mut scene, GIVING_WAY, true);
    scene.stalls(GIVING_WAY);
    assert_eq!(scene.after(0), [Effect::RestartIce { peer: GIVING_WAY }]);
    scene.state(GIVING_WAY, ConnectionState::Connected);
    assert_eq!(scene.after(5_999), [], "the browser may call it connected without media");
    assert_eq!(opens_peer(&scene.after(1), GIVING_WAY), Some(true));
}

#[test]
fn a_new_network_while_a_restart_has_yet_to_bring_media_restarts_ice_again() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    sends(&mut scene, GIVING_WAY, true);
    scene.stalls(GIVING_WAY);
    assert_eq!(scene.after(0), [Effect::RestartIce { peer: GIVING_WAY }]);
    scene.after(1_000);
    scene.give(Input::Network(Network::Changed));
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(welcome());
    let back = PeerInfo { media: MediaState { camera: true, ..MediaState::default() }, ..info(GIVING_WAY) };
    scene.server(joined(ME, &[GIVING_WAY], true));
    scene.server(ServerMsg::MediaChanged { peer: back.id, media: back.media });
    assert_eq!(scene.after(5_500), [Effect::RestartIce { peer: GIVING_WAY }], "and no new connection yet");
}

#[test]
fn a_connection_that_comes_up_again_has_time_to_bring_media() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    sends(&mut scene, GIVING_WAY, true);
    scene.stalls(GIVING_WAY);
    scene.after(5_900);
    scene.state(GIVING_WAY, ConnectionState::Connected);
    assert_eq!(opens_peer(&scene.after(400), GIVING_WAY), None);
    scene.plays_on(GIVING_WAY);
    assert_eq!(opens_peer(&scene.after(9_000), GIVING_WAY), None);
}

#[test]
fn who_has_switched_off_is_not_missed() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    sends(&mut scene, GIVING_WAY, true);
    scene.stalls(GIVING_WAY);
    scene.after(1_000);
    sends(&mut scene, GIVING_WAY, false);
    let newest_ms = scene.newest_ms;
    scene.event(GIVING_WAY, ConnectionEvent::MediaSampled { newest_ms });
    assert_eq!(opens_peer(&scene.after(20_000), GIVING_WAY), None);
}

#[test]
fn connections_without_media_are_replaced_ever_more_rarely() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    sends(&mut scene, GIVING_WAY, true);
    let mut waited = Vec::new();
    for epoch in 1..=6 {
        scene.after(5_000);
        scene.server(ServerMsg::Heartbeat);
        scene.stalls(GIVING_WAY);
        let from = scene.now;
        while opens_peer(&scene.after(1_000), GIVING_WAY).is_none() {
            scene.server(ServerMsg::Heartbeat);
            assert!(scene.now.since(from) < 200_000, "{waited:?}");
        }
        waited.push(scene.now.since(from) / 1_000);
        scene.describes(GIVING_WAY, offer("anew"));
        scene.signal(GIVING_WAY, answer_signal("theirs", epoch));
        scene.succeeds(GIVING_WAY);
        scene.state(GIVING_WAY, ConnectionState::Connected);
    }
    assert_eq!(waited, [6, 12, 24, 48, 96, 96]);
}

#[test]
fn a_refused_operation_is_made_good_whatever_media_says() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    scene.plays_on(GIVING_WAY);
    scene.server(ServerMsg::PeerReconnecting { peer: GIVING_WAY });
    scene.event(GIVING_WAY, ConnectionEvent::NegotiationNeeded);
    scene.refuses(GIVING_WAY);
    scene.after(100);
    scene.give(Input::Network(Network::Changed));
    scene.after(600);
    scene.plays_on(GIVING_WAY);
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(welcome());
    scene.server(joined(ME, &[GIVING_WAY], true));
    assert_eq!(opens_peer(&scene.after(2_000), GIVING_WAY), Some(true));
}

#[test]
fn a_restart_that_brings_media_is_all() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    sends(&mut scene, GIVING_WAY, true);
    scene.stalls(GIVING_WAY);
    scene.after(2_000);
    scene.plays_on(GIVING_WAY);
    scene.encoded.clear();
    assert_eq!(opens_peer(&scene.after(9_000), GIVING_WAY), None);
}

#[test]
fn video_begins_small_and_grows_two_seconds_after_connecting() {
    let mut scene = Scene::offering_to(GIVING_WAY);
    scene.signal(GIVING_WAY, answer_signal("first answer", 0));
    scene.succeeds(GIVING_WAY);
    scene.after(1_000);
    assert_eq!(scene.camera_sizes(), [], "an offering connection is made with small video");
    scene.state(GIVING_WAY, ConnectionState::Connected);
    scene.after(1_999);
    assert_eq!(scene.camera_sizes(), []);
    scene.after(1);
    assert_eq!(scene.camera_sizes(), [(GIVING_WAY, 1)]);
    scene.state(GIVING_WAY, ConnectionState::Disconnected);
    scene.state(GIVING_WAY, ConnectionState::Connected);
    scene.after(5_000);
    assert_eq!(scene.camera_sizes(), [], "once");
}

#[test]
fn video_over_transceivers_of_the_peer_begins_small_and_stays_large_after_another_offer() {
    let mut scene = Scene::seated_with(&[INSISTING]);
    let exchange = |scene: &mut Scene| {
        scene.signal(INSISTING, offer_signal("theirs", 0));
        scene.succeeds(INSISTING);
        scene.describes(INSISTING, answer("ours"));
    };
    exchange(&mut scene);
    assert_eq!(scene.camera_sizes(), [(INSISTING, 2)]);
    scene.state(INSISTING, ConnectionState::Connected);
    scene.after(2_000);
    assert_eq!(scene.camera_sizes(), [(INSISTING, 1)]);
    exchange(&mut scene);
    assert_eq!(scene.camera_sizes(), []);
}

#[test]
fn after_a_stall_video_begins_small_again_also_without_a_socket() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    sends(&mut scene, GIVING_WAY, true);
    scene.after(2_000);
    scene.camera_sizes();
    scene.closes(CloseCode::Other(1006));
    scene.stalls(GIVING_WAY);
    assert_eq!(scene.camera_sizes(), []);
    scene.event(GIVING_WAY, ConnectionEvent::MediaSampled { newest_ms: scene.newest_ms + 1 });
    assert_eq!(scene.camera_sizes(), [(GIVING_WAY, 2)]);
    scene.after(2_000);
    assert_eq!(scene.camera_sizes(), [(GIVING_WAY, 1)]);
}

#[test]
fn what_fell_due_without_a_socket_is_done_when_it_is_back() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    scene.after(2_000);
    scene.closes(CloseCode::Other(1006));
    scene.give(Input::Network(Network::Changed));
    let mut effects = scene.after(20_000);
    assert!(!effects.contains(&Effect::RestartIce { peer: GIVING_WAY }), "{effects:?}");
    effects.extend(scene.resumes(joined(ME, &[GIVING_WAY], true)));
    effects.extend(scene.after(0));
    assert_eq!(effects.iter().filter(|effect| matches!(effect, Effect::RestartIce { .. })).count(), 1);
}

#[test]
fn nothing_is_due_after_leaving() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    scene.server(arrival(INSISTING));
    scene.server(ServerMsg::PeerReconnecting { peer: GIVING_WAY });
    scene.command(Command::Leave);
    assert_eq!(scene.call.poll_timeout(), None);
}

#[test]
fn refused_servers_are_told_of_until_others_are_received() {
    let mut scene = Scene::seated();
    let refused = |scene: &Scene| scene.call.view().ice_servers_refused;
    assert_eq!(scene.give(Input::IceServersRefused), []);
    assert!(refused(&scene));
    scene.server(ServerMsg::IceServers { ice_servers: vec![stun()] });
    assert!(!refused(&scene));
    scene.give(Input::IceServersRefused);
    scene.resumes(joined(ME, &[], true));
    assert!(!refused(&scene));
}
