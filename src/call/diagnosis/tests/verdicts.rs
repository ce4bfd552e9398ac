//! Each verdict, from what leads to it.

use super::stage::{Stage, relay};
use crate::{
    call::diagnosis::{CandidateKind, Check, CheckState, Input, Reason, Verdict},
    protocol::IceServer,
};

const RELAYS: [Check; 3] = [Check::TurnUdp, Check::TurnTcp, Check::TurnTls];

/// All works but what is done to it.
fn verdict_with(break_it: impl FnOnce(&mut Stage)) -> Verdict {
    let mut stage = Stage::joined(relay());
    break_it(&mut stage);
    stage.finds(Check::Stun, CandidateKind::Reflexive);
    for check in RELAYS {
        stage.finds(check, CandidateKind::Relay);
    }
    stage.done(Check::Loop, Ok(()));
    stage.ends()
}

/// These checks end like this, then all others as they do where everything works.
fn verdict_after(results: &[(Check, Reason)]) -> Verdict {
    let mut stage = Stage::begun();
    for (check, reason) in results {
        stage.done(*check, Err(*reason));
    }
    for check in [Check::Browser, Check::Devices, Check::Https] {
        stage.done(check, Ok(()));
    }
    stage.input(Input::Joined(relay()));
    stage.finds(Check::Host, CandidateKind::Host);
    stage.finds(Check::Stun, CandidateKind::Reflexive);
    for check in RELAYS {
        stage.finds(check, CandidateKind::Relay);
    }
    stage.done(Check::Loop, Ok(()));
    stage.ends()
}

#[test]
fn all_well() {
    assert_eq!(verdict_with(|_| {}), Verdict::AllWell);
}

#[test]
fn an_old_browser_cannot_make_calls() {
    assert_eq!(verdict_after(&[(Check::Browser, Reason::NotSupported)]), Verdict::BrowserTooOld);
    let also = [(Check::Browser, Reason::NotSupported), (Check::WebSocket, Reason::Unreachable)];
    assert_eq!(verdict_after(&also), Verdict::BrowserTooOld);
}

#[test]
fn a_server_that_answers_in_no_way_is_told_from_no_network_and_from_a_portal() {
    let with = |reason| verdict_after(&[(Check::Https, reason), (Check::WebSocket, Reason::Unreachable)]);
    assert_eq!(with(Reason::Unreachable), Verdict::ServerUnreachable);
    assert_eq!(with(Reason::TimedOut), Verdict::ServerUnreachable);
    assert_eq!(with(Reason::Offline), Verdict::Offline);
    assert_eq!(with(Reason::WrongAnswer), Verdict::Portal);
}

#[test]
fn a_websocket_that_is_blocked_is_told_from_one_that_is_refused() {
    assert_eq!(verdict_after(&[(Check::WebSocket, Reason::Unreachable)]), Verdict::WebSocketBlocked);
    assert_eq!(verdict_after(&[(Check::WebSocket, Reason::TimedOut)]), Verdict::WebSocketBlocked);
    assert_eq!(verdict_after(&[(Check::WebSocket, Reason::Refused)]), Verdict::ServerRefuses);
}

#[test]
fn a_page_that_only_the_check_cannot_fetch_keeps_nobody_from_calling() {
    assert_eq!(verdict_after(&[(Check::Https, Reason::WrongAnswer)]), Verdict::AllWell);
}

#[test]
fn a_browser_without_any_address() {
    let mut stage = Stage::begun();
    for check in [Check::Browser, Check::Devices, Check::Https] {
        stage.done(check, Ok(()));
    }
    stage.input(Input::Joined(relay()));
    for check in [Check::Host, Check::Stun, Check::TurnUdp, Check::TurnTcp, Check::TurnTls] {
        stage.input(Input::GatheringEnded { check });
    }
    assert_eq!(stage.ends(), Verdict::WebRtcBlocked);
}

#[test]
fn a_relay_that_refuses_is_told_from_one_that_is_full_and_one_that_is_away() {
    let all = |code| verdict_with(|stage| RELAYS.into_iter().for_each(|check| stage.fails(check, code)));
    assert_eq!(all(401), Verdict::RelayRefusesLogin);
    assert_eq!(all(441), Verdict::RelayRefusesLogin);
    assert_eq!(all(486), Verdict::RelayFull);
    assert_eq!(all(508), Verdict::RelayFull);
    assert_eq!(all(701), Verdict::RelayUnreachable);
    let silent = verdict_with(|stage| stage.passes(Check::TurnUdp.limit_ms()));
    assert_eq!(silent, Verdict::RelayUnreachable);
}

#[test]
fn a_login_refused_once_says_why_although_the_other_ways_are_blocked() {
    let verdict = verdict_with(|stage| {
        stage.fails(Check::TurnUdp, 701);
        stage.fails(Check::TurnTcp, 401);
        stage.fails(Check::TurnTls, 701);
    });
    assert_eq!(verdict, Verdict::RelayRefusesLogin);
}

#[test]
fn a_relay_through_which_nothing_comes() {
    let verdict = verdict_with(|stage| {
        stage.finds(Check::TurnUdp, CandidateKind::Relay);
        stage.done(Check::Loop, Err(Reason::NoMedia));
    });
    assert_eq!(verdict, Verdict::RelayCarriesNothing);
}

#[test]
fn devices() {
    let with = |reason| verdict_after(&[(Check::Devices, reason)]);
    assert_eq!(with(Reason::Denied), Verdict::DevicesDenied);
    assert_eq!(with(Reason::NotFound), Verdict::NoDevices);
    assert_eq!(with(Reason::InUse), Verdict::DevicesInUse);
    assert_eq!(with(Reason::NotSupported), Verdict::DevicesNotOffered);
    assert_eq!(with(Reason::NotSecure), Verdict::NotSecure);
    assert_eq!(verdict_after(&[(Check::Browser, Reason::NotSecure)]), Verdict::NotSecure);
}

#[test]
fn no_way_through_matters_more_than_devices() {
    let mut results = vec![(Check::Devices, Reason::Denied), (Check::WebSocket, Reason::TimedOut)];
    assert_eq!(verdict_after(&results), Verdict::WebSocketBlocked);
    results.pop();
    assert_eq!(verdict_after(&results), Verdict::DevicesDenied);
}

/// The socket is gone, then the server is asked again by HTTPS. `None` if it does not answer.
fn verdict_when_asked_again(answer: Option<Reason>) -> Verdict {
    verdict_with(|stage| {
        stage.input(Input::SeatLost(Reason::Unreachable));
        assert_eq!(stage.state(Check::Https), CheckState::Running);
        if let Some(reason) = answer {
            stage.done(Check::Https, Err(reason));
        }
        RELAYS.into_iter().for_each(|check| stage.fails(check, 701));
    })
}

#[test]
fn a_server_that_goes_away_in_the_middle_is_neither_a_blocked_socket_nor_a_relay_that_is_away() {
    assert_eq!(verdict_when_asked_again(Some(Reason::Unreachable)), Verdict::ServerUnreachable);
    assert_eq!(verdict_when_asked_again(None), Verdict::ServerUnreachable);
    assert_eq!(verdict_when_asked_again(Some(Reason::Offline)), Verdict::Offline);
}

#[test]
fn a_socket_that_ends_in_the_middle_and_opens_no_more_is_blocked_if_the_server_still_answers() {
    let verdict = verdict_with(|stage| {
        stage.input(Input::SeatLost(Reason::Unreachable));
        stage.done(Check::Https, Ok(()));
        stage.done(Check::WebSocket, Err(Reason::Unreachable));
        stage.done(Check::Https, Ok(()));
    });
    assert_eq!(verdict, Verdict::WebSocketBlocked);
}

#[test]
fn a_server_that_goes_away_before_there_is_a_socket_is_named() {
    let mut stage = Stage::begun();
    stage.done(Check::Https, Ok(()));
    stage.done(Check::WebSocket, Err(Reason::Unreachable));
    stage.done(Check::Https, Err(Reason::Unreachable));
    assert_eq!(stage.ends(), Verdict::ServerUnreachable);
}

#[test]
fn without_a_relay_the_own_address_decides() {
    let stun = IceServer { urls: vec!["stun:s".to_owned()], username: None, credential: None };
    let verdict = |found: bool| {
        let mut stage = Stage::joined(vec![stun.clone()]);
        if found {
            stage.finds(Check::Stun, CandidateKind::Reflexive);
        }
        stage.ends()
    };
    assert_eq!(verdict(true), Verdict::NoRelay);
    assert_eq!(verdict(false), Verdict::OnlyNearby);
}

#[test]
fn udp_that_is_blocked_leaves_the_relay_by_streams() {
    let verdict = verdict_with(|stage| {
        stage.fails(Check::Stun, 701);
        stage.fails(Check::TurnUdp, 701);
    });
    assert_eq!(verdict, Verdict::UdpBlocked);
}

#[test]
fn udp_counts_as_blocked_even_if_nobody_says_so() {
    let silent = verdict_with(|stage| {
        for check in [Check::TurnTcp, Check::TurnTls] {
            stage.finds(check, CandidateKind::Relay);
        }
        stage.done(Check::Loop, Ok(()));
        stage.passes(Check::TurnUdp.limit_ms());
    });
    assert_eq!(silent, Verdict::UdpBlocked);
    let ended = verdict_with(|stage| stage.input(Input::GatheringEnded { check: Check::TurnUdp }));
    assert_eq!(ended, Verdict::UdpBlocked);
}

#[test]
fn udp_that_reaches_the_relay_is_not_blocked_whatever_stun_says() {
    // Of an interface that has no way to the server.
    assert_eq!(verdict_with(|stage| stage.fails(Check::Stun, 701)), Verdict::AllWell);
}

#[test]
fn a_relay_that_says_no_over_udp_only_is_named_but_after_all_else() {
    for (code, named) in
        [(401, Verdict::RelayRefusesLogin), (486, Verdict::RelayFull), (403, Verdict::UdpBlocked)]
    {
        let verdict = verdict_with(|stage| stage.fails(Check::TurnUdp, code));
        assert_eq!(verdict, named, "{code}");
        let mut stage = Stage::begun();
        stage.done(Check::Devices, Err(Reason::Denied));
        stage.done(Check::Browser, Ok(()));
        stage.input(Input::Joined(relay()));
        stage.fails(Check::TurnUdp, code);
        stage.finds(Check::TurnTcp, CandidateKind::Relay);
        stage.done(Check::Loop, Ok(()));
        assert_eq!(stage.ends(), Verdict::DevicesDenied, "{code}");
    }
}

#[test]
fn without_a_relay_over_udp_stun_says_whether_udp_is_blocked() {
    let urls = ["stun:s", "turn:r?transport=tcp"].map(str::to_owned).to_vec();
    let server = IceServer { urls, username: None, credential: None };
    let verdict = |code: Option<u16>| {
        let mut stage = Stage::joined(vec![server.clone()]);
        match code {
            Some(code) => stage.fails(Check::Stun, code),
            None => stage.finds(Check::Stun, CandidateKind::Reflexive),
        }
        stage.finds(Check::TurnTcp, CandidateKind::Relay);
        stage.done(Check::Loop, Ok(()));
        stage.ends()
    };
    assert_eq!(verdict(Some(701)), Verdict::UdpBlocked);
    assert_eq!(verdict(None), Verdict::AllWell);
}

#[test]
fn streams_that_are_blocked_matter_to_others_only() {
    let verdict = verdict_with(|stage| {
        stage.fails(Check::TurnTcp, 701);
        stage.fails(Check::TurnTls, 701);
    });
    assert_eq!(verdict, Verdict::StreamsBlocked);
    let one = verdict_with(|stage| stage.fails(Check::TurnTls, 701));
    assert_eq!(one, Verdict::AllWell, "one stream is enough");
}
