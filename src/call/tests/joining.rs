//! Into the room, through losses of the socket, and out of it.

use super::*;

#[test]
fn hello_and_join_go_out_in_one_flight() {
    let mut scene = Scene::lobby();
    assert_eq!(scene.join(), [Effect::ClaimSeat { room: room() }, Effect::OpenSocket]);
    assert_eq!(scene.give(claimed(None)), []);
    let effects = scene.give(Input::Socket(SocketEvent::Opened));
    let said = said(&effects);
    assert!(matches!(said[0], ClientMsg::Hello { version: 1, .. }), "{said:?}");
    assert!(matches!(said[1], ClientMsg::Join { resume: None, name: Some(_), .. }), "{said:?}");
    assert_eq!((said.len(), scene.status()), (2, Status::Connecting));
}

/// On the way into a room that the page has joined before the client was there.
fn joined_early() -> Scene {
    let mut scene = Scene::lobby();
    scene.join();
    scene.give(claimed(None));
    assert_eq!(scene.give(Input::Socket(SocketEvent::JoinedEarly)), []);
    scene
}

#[test]
fn what_the_page_has_sent_already_is_not_sent_again() {
    let mut scene = joined_early().with_both();
    scene.server(welcome());
    let effects = scene.server(joined(ME, &[], true));
    assert_eq!(scene.status(), Status::Waiting);
    let media = MediaState { microphone: true, camera: true, ..MediaState::default() };
    assert_eq!(said(&effects), [&ClientMsg::SetMedia { media }], "the page joined without devices");
}

#[test]
fn what_the_page_sends_is_what_the_client_would_send() {
    let mut scene = Scene::lobby();
    scene.join();
    scene.give(claimed(None));
    let effects = scene.give(Input::Socket(SocketEvent::Opened));
    let name = Some("Ada".parse().unwrap());
    assert_eq!(said(&effects), [&hello(), &first_join(room(), name, Some(VISIT))]);
}

#[test]
fn an_early_join_whose_answer_is_lost_is_repeated_by_the_client() {
    let mut scene = joined_early();
    scene.closes(CloseCode::Other(1006));
    scene.after(500);
    let effects = scene.give(Input::Socket(SocketEvent::Opened));
    assert!(matches!(said(&effects)[1], ClientMsg::Join { visit: Some(VISIT), .. }));
}

#[test]
fn an_early_join_without_an_answer_is_given_up() {
    let mut scene = joined_early();
    let effects = scene.after(8_000);
    assert!(effects.contains(&Effect::CloseSocket), "{effects:?}");
}

#[test]
fn a_seat_of_this_tab_counts_more_than_an_early_join() {
    let mut scene = Scene::lobby();
    scene.join();
    scene.give(claimed(Some("before")));
    let effects = scene.give(Input::Socket(SocketEvent::JoinedEarly));
    assert!(matches!(said(&effects)[1], ClientMsg::Join { resume: Some(_), .. }));
}

#[test]
fn every_join_of_a_visit_carries_its_name_and_another_visit_has_another() {
    let visit_of = |effects: &[Effect]| {
        said(effects).into_iter().find_map(|msg| match msg {
            ClientMsg::Join { visit, .. } => *visit,
            _ => None,
        })
    };
    let mut scene = Scene::lobby();
    scene.join();
    scene.give(claimed(None));
    let first = scene.give(Input::Socket(SocketEvent::Opened));
    scene.closes(CloseCode::Other(1006));
    scene.after(500);
    let again = scene.give(Input::Socket(SocketEvent::Opened));
    assert_eq!([visit_of(&first), visit_of(&again)], [Some(VISIT), Some(VISIT)]);

    scene.command(Command::Leave);
    scene.join();
    let other = VisitId::new(6);
    scene.give(Input::SeatClaimed { token: None, visit: Some(other) });
    let effects = scene.give(Input::Socket(SocketEvent::Opened));
    assert_eq!(visit_of(&effects), Some(other));
}

#[test]
fn an_open_socket_waits_until_the_tab_has_looked_for_its_seat() {
    let mut scene = Scene::lobby();
    scene.join();
    assert_eq!(scene.give(Input::Socket(SocketEvent::Opened)), []);
    let effects = scene.give(claimed(Some("before")));
    let expected = Resume { token: token("before"), mode: ResumeMode::Takeover };
    assert!(matches!(said(&effects)[1], ClientMsg::Join { resume: Some(resume), .. } if *resume == expected));
}

#[test]
fn alone_is_waiting_and_the_seat_is_remembered() {
    let mut scene = Scene::lobby();
    scene.join();
    scene.give(claimed(None));
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(welcome());
    let effects = scene.server(joined(ME, &[], true));
    let stored = Effect::StoreSeat { room: room(), token: token("seat") };
    assert_eq!(effects, [stored, Effect::UseIceServers(vec![stun()])]);
    assert_eq!(scene.status(), Status::Waiting);
}

#[test]
fn a_lost_socket_is_resumed_with_the_same_seat() {
    let mut scene = Scene::seated();
    let effects = scene.resumes(joined(ME, &[], true));
    let expected = Resume { token: token("seat"), mode: ResumeMode::Reconnect };
    let resumed = said(&effects)
        .iter()
        .any(|msg| matches!(msg, ClientMsg::Join { resume: Some(resume), .. } if *resume == expected));
    assert!(resumed, "{effects:?}");
}

#[test]
fn pauses_between_tries_grow_and_differ_between_clients() {
    let pauses = |seed| {
        let mut scene = Scene::with_seed(seed);
        scene.join();
        let mut pauses = Vec::new();
        for _ in 0..12 {
            scene.closes(CloseCode::Other(1006));
            let due = scene.call.poll_timeout().unwrap();
            pauses.push(due.since(scene.now));
            let pause = due.since(scene.now);
            assert!(scene.after(pause).contains(&Effect::OpenSocket));
        }
        pauses
    };
    let all: Vec<Vec<u64>> = (0..40).map(pauses).collect();
    let longest = |nth: usize| all.iter().map(|pauses| pauses[nth]).max().unwrap();
    assert!(longest(0) <= 400 && longest(3) > 1_000 && longest(11) > 4_000 && longest(11) <= 8_000);
    assert!(all.iter().any(|pauses| pauses[0] != all[0][0]), "jitter");
}

#[test]
fn a_server_that_restarts_is_left_at_once_and_found_again_at_the_time_it_named() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    let restarting = |retry_after_ms| ServerMsg::ServerRestarting { retry_after_ms };
    assert_eq!(scene.server(restarting(700)), [Effect::CloseSocket]);
    assert_eq!(scene.status(), Status::Reconnecting);
    assert_eq!(scene.call.view().participants[0].path, PathState::Connected, "media stays");
    assert_eq!(scene.after(699), []);
    assert_eq!(scene.after(1), [Effect::OpenSocket]);
    // Not there yet: from now on as after any loss.
    scene.closes(CloseCode::Other(1006));
    assert_eq!(scene.after(400), [Effect::OpenSocket]);
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(welcome());
    scene.server(joined(ME, &[GIVING_WAY], false));
    assert_eq!(scene.status(), Status::Connected);

    scene.server(restarting(u64::MAX));
    assert_eq!(scene.after(30_000), [Effect::OpenSocket], "no server sends its clients away for ever");
}

#[test]
fn a_server_that_falls_silent_is_missed_after_two_intervals() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    scene.after(HEARTBEAT_MS);
    scene.server(ServerMsg::Heartbeat);
    assert_eq!(scene.after(2 * HEARTBEAT_MS - 1), []);
    assert_eq!(scene.after(1), [Effect::CloseSocket]);
    assert_eq!(scene.status(), Status::Reconnecting);
    assert_eq!(scene.call.view().participants[0].path, PathState::Connected, "media stays");
}

/// Browsers let the timers of a page in the background fire once a minute.
#[test]
fn a_page_whose_timers_are_slow_keeps_its_socket_as_long_as_it_hears_the_server() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    for _ in 0..10 {
        for _ in 0..6 {
            scene.now = scene.now + HEARTBEAT_MS;
            assert_eq!(scene.server(ServerMsg::Heartbeat), [Effect::Send(ClientMsg::Heartbeat)]);
        }
        assert_eq!(scene.give(Input::Tick), []);
    }
    assert_eq!(scene.status(), Status::Connected);
}

#[test]
fn a_network_that_is_back_hurries_the_next_try() {
    let mut scene = Scene::seated();
    scene.give(Input::Network(Network::Offline));
    scene.closes(CloseCode::Other(1006));
    assert_eq!(scene.call.view().trouble, Some(Trouble::Offline));
    assert_eq!(scene.give(Input::Network(Network::Online)), [Effect::OpenSocket]);
    assert_eq!(scene.call.view().trouble, None);
}

#[test]
fn who_joins_from_a_network_that_joins_too_often_asks_again_after_a_pause() {
    let mut scene = Scene::lobby();
    scene.join();
    scene.give(claimed(None));
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(welcome());
    let error = ServerMsg::Error { code: ErrorCode::RateLimited, message: String::new() };
    assert_eq!(scene.server(error), [Effect::CloseSocket]);
    assert_eq!(scene.after(2_999), []);
    assert_eq!(scene.after(401), [Effect::OpenSocket]);
    assert_eq!(scene.status(), Status::Connecting);
}

/// Browsers do not tell a page why its WebSocket was refused.
#[test]
fn a_page_whose_sockets_are_refused_asks_once_whether_it_may_connect_at_all() {
    let mut scene = Scene::lobby();
    scene.join();
    assert!(!scene.closes(CloseCode::Other(1006)).contains(&Effect::CheckOrigin));
    for attempt in 2..5 {
        scene.after(8_000);
        let asks = scene.closes(CloseCode::Other(1006)).contains(&Effect::CheckOrigin);
        assert_eq!(asks, attempt == 2, "attempt {attempt}");
    }
    scene.give(Input::Socket(SocketEvent::OriginRefused));
    assert_eq!((scene.status(), scene.call.view().failure), (Status::Error, Some(Failure::Origin)));
    assert_eq!(scene.after(60_000), [], "it does not try again by itself");
}

#[test]
fn who_was_connected_does_not_ask_whether_it_may_connect() {
    let mut scene = Scene::seated();
    assert!(!scene.closes(CloseCode::Other(1006)).contains(&Effect::CheckOrigin));
    scene.after(8_000);
    scene.give(Input::Socket(SocketEvent::Opened));
    assert!(!scene.closes(CloseCode::Other(1006)).contains(&Effect::CheckOrigin));
}

#[test]
fn the_page_tells_of_an_unreachable_server_after_some_tries() {
    let mut scene = Scene::lobby();
    scene.join();
    scene.closes(CloseCode::Other(1006));
    assert_eq!(scene.call.view().trouble, None);
    scene.after(400);
    scene.closes(CloseCode::Other(1006));
    assert_eq!(scene.call.view().trouble, Some(Trouble::ServerUnreachable));
}

#[test]
fn a_heartbeat_is_answered() {
    let mut scene = Scene::seated();
    assert_eq!(scene.server(ServerMsg::Heartbeat), [Effect::Send(ClientMsg::Heartbeat)]);
}

#[test]
fn silence_for_two_intervals_opens_the_socket_anew() {
    let mut scene = Scene::seated();
    assert_eq!(scene.after(HEARTBEAT_MS * 2 - 1), []);
    scene.server(ServerMsg::Heartbeat);
    assert_eq!(scene.after(HEARTBEAT_MS * 2 - 1), []);
    assert_eq!(scene.after(1), [Effect::CloseSocket]);
    assert_eq!(scene.after(400), [Effect::OpenSocket]);
}

#[test]
fn a_server_that_does_not_answer_the_join_is_tried_again() {
    let mut scene = Scene::lobby();
    scene.join();
    scene.give(claimed(None));
    scene.give(Input::Socket(SocketEvent::Opened));
    let effects = scene.after(9_000);
    assert!(effects.contains(&Effect::CloseSocket) && effects.contains(&Effect::OpenSocket), "{effects:?}");
}

#[test]
fn at_a_full_room_devices_rest_and_the_socket_is_closed_until_there_is_a_seat() {
    let mut scene = Scene::lobby().with_both();
    scene.join();
    scene.give(claimed(None));
    scene.give(Input::Socket(SocketEvent::Opened));
    let effects = scene.server(ServerMsg::Full { room: room(), capacity: 2 });
    assert!(effects.contains(&Effect::CloseSocket), "{effects:?}");
    assert!(effects.contains(&Effect::Release { kind: DeviceKind::Camera }), "{effects:?}");
    let view = scene.call.view();
    assert_eq!((view.status, view.capacity, view.awaits_seat), (Status::Full, Some(2), true));
    assert_eq!(scene.kept_on, [true, false]);

    assert_eq!(scene.after(2_000), [Effect::OpenSocket]);
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(welcome());
    let effects = scene.server(joined(ME, &[INSISTING], true));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Acquire { .. })), "{effects:?}");
    let view = scene.call.view();
    assert_eq!((view.status, view.awaits_seat), (Status::Connecting, false));
    assert_eq!(scene.kept_on, [true, false, true]);
}

/// Scene: in a full room without a token of one's own.
fn before_a_full_room() -> Scene {
    let mut scene = Scene::lobby();
    scene.join();
    scene.give(claimed(None));
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(ServerMsg::Full { room: room(), capacity: 2 });
    scene
}

#[test]
fn a_full_room_is_asked_ever_more_rarely_and_given_up_in_the_end() {
    let mut scene = before_a_full_room();
    let mut asked_at = Vec::new();
    while scene.call.view().awaits_seat {
        assert!(scene.now < Millis(3_600_000), "asks for ever");
        if scene.after(500).contains(&Effect::OpenSocket) {
            asked_at.push(scene.now);
            scene.give(Input::Socket(SocketEvent::Opened));
            scene.server(ServerMsg::Full { room: room(), capacity: 2 });
        }
    }
    assert!(asked_at[2] < Millis(12_000), "the seat of a tab just closed is kept for 5 s: {asked_at:?}");
    assert!((30..60).contains(&asked_at.len()), "{asked_at:?}");
    assert_eq!((scene.status(), scene.after(3_600_000)), (Status::Full, vec![]));
    assert!(scene.join().contains(&Effect::OpenSocket), "only the person tries again");
}

#[test]
fn the_person_can_ask_at_once_for_a_seat_that_is_awaited_and_can_give_up() {
    let mut scene = before_a_full_room();
    assert_eq!(scene.join(), [Effect::OpenSocket]);
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(ServerMsg::Full { room: room(), capacity: 2 });
    scene.command(Command::Leave);
    assert_eq!((scene.status(), scene.after(60_000)), (Status::Left, vec![]));
}

#[test]
fn who_comes_back_to_a_room_that_is_full_by_now_leaves_the_call_and_waits() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    scene.closes(CloseCode::Other(1006));
    scene.after(120_000);
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(welcome());
    scene.server(ServerMsg::Full { room: room(), capacity: 2 });
    assert_ne!(scene.status(), Status::Full, "its own seat may be among them");
    let mut effects = Vec::new();
    while scene.status() != Status::Full {
        assert!(scene.now < Millis(400_000), "never full");
        if scene.after(500).contains(&Effect::OpenSocket) {
            scene.give(Input::Socket(SocketEvent::Opened));
            scene.server(welcome());
            effects = scene.server(ServerMsg::Full { room: room(), capacity: 2 });
        }
    }
    assert!(effects.contains(&Effect::CloseConnection { peer: GIVING_WAY }), "{effects:?}");
    assert_eq!((scene.call.view().me, scene.call.view().participants), (None, vec![]));
}

/// The answer to the first try was lost with its socket, and the seat it took is this client's own.
#[test]
fn a_room_that_is_full_of_an_unanswered_join_is_tried_again() {
    let mut scene = Scene::lobby();
    scene.join();
    scene.give(claimed(None));
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.closes(CloseCode::Other(1006));
    scene.after(400);
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(welcome());
    scene.server(ServerMsg::Full { room: room(), capacity: 2 });
    assert_eq!(scene.status(), Status::Connecting);
    let effects = scene.after(8_000);
    assert!(effects.contains(&Effect::OpenSocket), "{effects:?}");
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(welcome());
    scene.server(joined(ME, &[], true));
    assert_eq!(scene.status(), Status::Waiting);
}

/// The page was loaded twice in a row, and the server has not yet missed the first load.
#[test]
fn who_has_a_token_asks_again_at_a_full_room_for_a_few_seconds() {
    let mut scene = Scene::lobby();
    scene.join();
    scene.give(claimed(Some("before")));
    for _ in 0..10 {
        scene.give(Input::Socket(SocketEvent::Opened));
        scene.server(ServerMsg::Full { room: room(), capacity: 2 });
        if scene.status() == Status::Full {
            break;
        }
        scene.after(1_500);
    }
    assert_eq!(scene.status(), Status::Full);
    assert!(scene.now.since(Millis(1_000)) >= 5_000, "{:?}", scene.now);
}

#[test]
fn a_room_that_stays_full_is_full_after_the_resume_window() {
    let mut scene = Scene::lobby();
    scene.join();
    scene.give(claimed(None));
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.closes(CloseCode::Other(1006));
    for _ in 0..100 {
        if scene.after(1_000).contains(&Effect::OpenSocket) {
            scene.give(Input::Socket(SocketEvent::Opened));
            scene.server(welcome());
            scene.server(ServerMsg::Full { room: room(), capacity: 2 });
        }
    }
    assert_eq!(scene.status(), Status::Full);
}

#[test]
fn errors_that_no_retry_can_mend_end_the_visit() {
    for (code, failure) in [
        (ErrorCode::BadRoom, Failure::BadRoom),
        (ErrorCode::BadName, Failure::BadName),
        (ErrorCode::UnsupportedVersion, Failure::UnsupportedVersion),
        (ErrorCode::Unknown, Failure::Refused),
    ] {
        let mut scene = Scene::lobby();
        scene.join();
        scene.give(claimed(None));
        scene.give(Input::Socket(SocketEvent::Opened));
        scene.server(ServerMsg::Error { code, message: String::new() });
        assert_eq!((scene.status(), scene.call.view().failure), (Status::Error, Some(failure)));
        assert_eq!(scene.after(60_000), []);
    }
}

#[test]
fn an_error_about_one_message_does_not_end_a_call() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    let effects = scene.server(ServerMsg::Error { code: ErrorCode::NoSuchPeer, message: String::new() });
    assert_eq!((effects, scene.status()), (Vec::new(), Status::Connected));
}

#[test]
fn a_seat_taken_by_another_window_ends_the_visit_for_good() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    let effects = scene.closes(CloseCode::Replaced);
    assert!(effects.contains(&Effect::CloseConnection { peer: GIVING_WAY }), "{effects:?}");
    assert_eq!(scene.call.view().failure, Some(Failure::Replaced));
    assert_eq!(scene.after(60_000), []);
}

/// A join over a socket that was given up can arrive after that of its successor, and replace it.
#[test]
fn a_seat_taken_by_an_own_earlier_join_is_taken_back() {
    let mut scene = Scene::lobby();
    scene.join();
    scene.give(claimed(None));
    scene.give(Input::Socket(SocketEvent::Opened));
    assert!(scene.after(9_000).contains(&Effect::OpenSocket), "given up");
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(welcome());
    scene.server(joined(ME, &[], true));
    scene.closes(CloseCode::Replaced);
    assert_eq!(scene.status(), Status::Reconnecting);
    assert!(scene.after(400).contains(&Effect::OpenSocket));
}

#[test]
fn leaving_frees_the_seat_closes_connections_and_forgets_the_token() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    let effects = scene.command(Command::Leave);
    let at = |wanted: &Effect| effects.iter().position(|effect| effect == wanted).expect("the effect");
    assert!(at(&Effect::Send(ClientMsg::Leave)) < at(&Effect::CloseSocket), "said before the socket closes");
    at(&Effect::CloseConnection { peer: GIVING_WAY });
    at(&Effect::ForgetSeat { room: room() });
    assert_eq!((scene.status(), scene.call.view().participants), (Status::Left, Vec::new()));
}

#[test]
fn the_screen_stays_on_from_joining_to_the_end_of_the_call() {
    let mut scene = Scene::lobby();
    scene.give(Input::Network(Network::Visible));
    assert!(scene.kept_on.is_empty(), "not in the lobby");
    scene.join();
    assert_eq!(scene.kept_on, [true]);
    scene.give(claimed(None));
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(welcome());
    scene.server(joined(ME, &[GIVING_WAY], true));
    scene.closes(CloseCode::Other(1006));
    scene.after(60_000);
    assert_eq!(scene.kept_on, [true], "whether or not the server is reached");
    scene.give(Input::Network(Network::Visible));
    assert_eq!(scene.kept_on, [true, true], "the browser gave it up while the page was hidden");
    scene.command(Command::Leave);
    scene.give(Input::Network(Network::Visible));
    assert_eq!(scene.kept_on, [true, true, false]);
    scene.join();
    assert_eq!(scene.kept_on, [true, true, false, true]);
}

#[test]
fn a_call_that_ends_by_itself_lets_the_screen_go_off() {
    let mut scene = Scene::seated();
    scene.closes(CloseCode::Replaced);
    assert_eq!(scene.kept_on, [true, false]);
}

/// The server may already have given the seat.
#[test]
fn leaving_before_the_join_is_answered_frees_the_seat_too() {
    let mut scene = Scene::lobby();
    scene.join();
    scene.give(claimed(None));
    scene.give(Input::Socket(SocketEvent::Opened));
    let effects = scene.command(Command::Leave);
    assert_eq!(said(&effects), [&ClientMsg::Leave]);
}

/// The server keeps the seat: without the token the person would find it taken.
#[test]
fn who_hung_up_while_the_server_was_away_takes_the_own_seat_on_coming_back() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    scene.give(Input::Socket(SocketEvent::Closed(CloseCode::Other(1006))));
    assert_eq!(said(&scene.command(Command::Leave)), [&ClientMsg::Leave; 0]);
    scene.join();
    scene.give(claimed(None));
    let effects = scene.give(Input::Socket(SocketEvent::Opened));
    let resumes = said(&effects).into_iter().any(|message| {
        matches!(message, ClientMsg::Join { resume: Some(Resume { mode: ResumeMode::Takeover, .. }), .. })
    });
    assert!(resumes, "{effects:?}");
    scene.command(Command::Leave);
    scene.join();
    scene.give(claimed(None));
    let effects = scene.give(Input::Socket(SocketEvent::Opened));
    assert!(
        said(&effects).into_iter().any(|message| matches!(message, ClientMsg::Join { resume: None, .. })),
        "only once: {effects:?}"
    );
}

#[test]
fn who_left_can_join_again() {
    let mut scene = Scene::seated();
    scene.command(Command::Leave);
    assert_eq!(scene.join(), [Effect::ClaimSeat { room: room() }, Effect::OpenSocket]);
    assert_eq!(scene.status(), Status::Connecting);
}

#[test]
fn messages_of_a_room_are_not_heard_without_a_seat() {
    let mut scene = Scene::lobby();
    scene.join();
    scene.give(claimed(None));
    scene.give(Input::Socket(SocketEvent::Opened));
    assert_eq!(scene.server(arrival(GIVING_WAY)), []);
    assert_eq!(scene.call.view().participants, []);
}

#[test]
fn a_resumed_snapshot_drops_who_is_gone_and_keeps_who_stayed() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    scene.server(arrival(INSISTING));
    let effects = scene.resumes(joined(ME, &[GIVING_WAY], true));
    assert!(effects.contains(&Effect::CloseConnection { peer: INSISTING }), "{effects:?}");
    assert!(!effects.contains(&Effect::CloseConnection { peer: GIVING_WAY }), "{effects:?}");
    assert_eq!(scene.call.view().participants.len(), 1);
}

#[test]
fn a_restarted_server_gets_the_resume_window_to_find_everybody_again() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    let effects = scene.resumes(joined(ME, &[], false));
    assert!(!effects.contains(&Effect::CloseConnection { peer: GIVING_WAY }), "{effects:?}");
    assert!(scene.call.view().participants[0].reconnecting);
    scene.state(GIVING_WAY, ConnectionState::Failed);
    let mut effects = Vec::new();
    for _ in 0..5 {
        effects.extend(scene.after(RESUME_WINDOW_MS / 5));
        effects.extend(scene.server(ServerMsg::Heartbeat));
    }
    assert!(effects.contains(&Effect::CloseConnection { peer: GIVING_WAY }), "{effects:?}");
    assert_eq!(scene.call.view().participants, []);
}

/// How often it was asked to keep somebody's seat.
fn seats_kept(effects: &[Effect], whose: PeerId) -> usize {
    said(effects).into_iter().filter(|msg| **msg == ClientMsg::KeepSeat { peer: whose }).count()
}

#[test]
fn who_is_without_a_socket_but_still_seen_is_not_given_up() {
    let lost = [ServerMsg::PeerReconnecting { peer: GIVING_WAY }, joined(ME, &[], false)];
    for lost in lost {
        let mut scene = Scene::connected_to(GIVING_WAY);
        let mut effects = match lost {
            ServerMsg::PeerReconnecting { .. } => scene.server(lost),
            _ => scene.resumes(lost),
        };
        for _ in 0..60 {
            effects.extend(scene.after(RESUME_WINDOW_MS / 6));
            effects.extend(scene.server(ServerMsg::Heartbeat));
        }
        assert_eq!(seats_kept(&effects, GIVING_WAY), 50, "five times in each window");
        assert!(!effects.contains(&Effect::CloseConnection { peer: GIVING_WAY }), "{effects:?}");
        scene.server(ServerMsg::PeerBack { peer: GIVING_WAY });
        assert_eq!(scene.after(HEARTBEAT_MS), [], "nothing is to be kept any more");
    }
}

#[test]
fn no_seat_is_kept_for_somebody_who_cannot_be_seen() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    scene.server(ServerMsg::PeerReconnecting { peer: GIVING_WAY });
    scene.state(GIVING_WAY, ConnectionState::Disconnected);
    let mut effects = Vec::new();
    for _ in 0..6 {
        effects.extend(scene.after(RESUME_WINDOW_MS / 6));
        effects.extend(scene.server(ServerMsg::Heartbeat));
    }
    assert_eq!(seats_kept(&effects, GIVING_WAY), 0);
    scene.state(GIVING_WAY, ConnectionState::Connected);
    assert_eq!(seats_kept(&scene.after(RESUME_WINDOW_MS / 5), GIVING_WAY), 1, "seen again");
}

#[test]
fn nobody_is_given_up_over_a_socket_that_may_be_dead() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    scene.resumes(joined(ME, &[], false));
    scene.state(GIVING_WAY, ConnectionState::Disconnected);
    for _ in 0..2 {
        scene.after(HEARTBEAT_MS);
        scene.server(ServerMsg::Heartbeat);
    }
    // From here on nothing is heard, until the socket is given up and the next one tells that they are back.
    let effects = scene.after(3 * HEARTBEAT_MS);
    assert!(effects.contains(&Effect::OpenSocket), "{effects:?}");
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(welcome());
    scene.server(joined(ME, &[GIVING_WAY], true));
    assert_eq!(scene.call.view().participants.len(), 1);
    assert!(!effects.contains(&Effect::CloseConnection { peer: GIVING_WAY }), "{effects:?}");
}

#[test]
fn who_comes_back_after_a_restart_is_kept() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    scene.resumes(joined(ME, &[], false));
    scene.after(5_000);
    assert_eq!(opens_peer(&scene.server(arrival(GIVING_WAY)), GIVING_WAY), None);
    for _ in 0..10 {
        scene.after(8_000);
        scene.server(ServerMsg::Heartbeat);
    }
    assert_eq!(scene.call.view().participants.len(), 1);
    assert_eq!(scene.status(), Status::Connected);
}

#[test]
fn somebody_unknown_in_a_resumed_snapshot_came_later_and_gets_an_offer() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    let effects = scene.resumes(joined(ME, &[GIVING_WAY, INSISTING], true));
    assert_eq!(opens_peer(&effects, INSISTING), Some(true));
}

#[test]
fn a_reloaded_page_replaces_its_old_self() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    let fresh = PeerId::new(11);
    let effects = scene.server(ServerMsg::PeerJoined { peer: info(fresh), replaces: Some(GIVING_WAY) });
    assert!(effects.contains(&Effect::CloseConnection { peer: GIVING_WAY }));
    assert_eq!(opens_peer(&effects, fresh), Some(true));
    assert_eq!(scene.call.view().participants.len(), 1);
}

#[test]
fn a_seat_that_was_lost_meanwhile_means_meeting_everybody_anew() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    let effects = scene.resumes(joined(PeerId::new(51), &[GIVING_WAY], true));
    assert!(effects.contains(&Effect::CloseConnection { peer: GIVING_WAY }));
    assert_eq!(opens_peer(&effects, GIVING_WAY), Some(false));
}

#[test]
fn somebody_who_leaves_is_gone_at_once() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    let left = ServerMsg::PeerLeft { peer: GIVING_WAY, reason: LeaveReason::Left };
    assert_eq!(scene.server(left), [Effect::CloseConnection { peer: GIVING_WAY }]);
    assert_eq!(scene.status(), Status::Waiting);
}

#[test]
fn who_left_last_is_known_until_somebody_comes_or_the_call_ends() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    assert_eq!(scene.call.view().left_by, None);
    for end in [Input::Socket(SocketEvent::Message(arrival(INSISTING))), Input::Command(Command::Leave)] {
        scene.server(ServerMsg::PeerLeft { peer: GIVING_WAY, reason: LeaveReason::Left });
        assert_eq!(scene.call.view().left_by.map(|peer| peer.id), Some(GIVING_WAY));
        scene.give(end);
        assert_eq!(scene.call.view().left_by, None);
        scene = Scene::connected_to(GIVING_WAY);
    }
}
