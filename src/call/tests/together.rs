//! Locks, hands and reactions.

use super::*;
use crate::protocol::Reaction;

const FEATURES: [&str; 3] = ["lock", "hands", "reactions"];

fn able_welcome() -> ServerMsg {
    let (heartbeat_ms, resume_window_ms) = (HEARTBEAT_MS, RESUME_WINDOW_MS);
    let features = FEATURES.map(str::to_owned).to_vec();
    ServerMsg::Welcome { version: 1, features, heartbeat_ms, resume_window_ms }
}

/// A snapshot with a lock and hands.
fn joined_with(locked: bool, hand: Option<u32>, peers: &[(PeerId, Option<u32>)]) -> ServerMsg {
    let ServerMsg::Joined { room, you, ice_servers, resume_token, capacity, complete, .. } =
        joined(ME, &[], true)
    else {
        panic!("joined is joined");
    };
    let peers = peers.iter().map(|(peer, hand)| PeerInfo { hand: *hand, ..info(*peer) }).collect();
    ServerMsg::Joined { room, you, peers, ice_servers, resume_token, capacity, complete, locked, hand }
}

fn locked(locked: bool, by: PeerId) -> ServerMsg {
    ServerMsg::Locked { locked, by, resume_token: token("locked-seat") }
}

fn room_locked() -> ServerMsg {
    ServerMsg::Error { code: ErrorCode::RoomLocked, message: String::new() }
}

/// In a room with somebody, on a server that can do everything.
fn accompanied() -> Scene {
    let mut scene = Scene::lobby();
    scene.join();
    scene.give(claimed(None));
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(able_welcome());
    scene.server(joined_with(false, None, &[(GIVING_WAY, None)]));
    scene
}

/// The socket is lost and found again.
fn resumes(scene: &mut Scene, message: ServerMsg) -> Vec<Effect> {
    scene.closes(CloseCode::Other(1006));
    scene.after(500);
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(able_welcome());
    scene.server(message)
}

fn together(scene: &Scene) -> TogetherView {
    scene.call.view().together
}

#[test]
fn the_view_says_what_the_server_can_do() {
    let can = |view: TogetherView| [view.can_lock, view.can_raise_hand, view.can_react];
    assert_eq!(can(together(&accompanied())), [true; 3]);
    assert_eq!(can(together(&Scene::seated())), [false; 3], "an older server");
}

#[test]
fn everybody_is_told_who_locked_and_keeps_a_token_that_says_so() {
    let mut scene = accompanied();
    assert_eq!(scene.command(Command::Lock(true)), [Effect::Send(ClientMsg::Lock { locked: true })]);
    assert!(!together(&scene).locked, "the server decides");
    let effects = scene.server(locked(true, GIVING_WAY));
    assert_eq!(effects, [Effect::StoreSeat { room: room(), token: token("locked-seat") }]);
    let view = together(&scene);
    assert_eq!((view.locked, view.locked_by), (true, Some(GIVING_WAY)));

    scene.closes(CloseCode::Other(1006));
    scene.after(500);
    let effects = scene.give(Input::Socket(SocketEvent::Opened));
    let join = said(&effects)[1];
    let ClientMsg::Join { resume: Some(Resume { token: used, mode }), .. } = join else { panic!("{join:?}") };
    assert_eq!((used, *mode), (&token("locked-seat"), ResumeMode::Reconnect));
}

#[test]
fn a_snapshot_says_whether_the_room_is_locked() {
    let mut scene = accompanied();
    scene.server(locked(true, GIVING_WAY));
    resumes(&mut scene, joined_with(true, None, &[(GIVING_WAY, None)]));
    let view = together(&scene);
    assert_eq!((view.locked, view.locked_by), (true, Some(GIVING_WAY)));
    resumes(&mut scene, joined_with(false, None, &[(GIVING_WAY, None)]));
    let view = together(&scene);
    assert_eq!((view.locked, view.locked_by), (false, None));
}

#[test]
fn a_newcomer_at_a_locked_room_waits_and_gets_in_when_it_is_unlocked() {
    let mut scene = Scene::lobby();
    scene.join();
    scene.give(claimed(None));
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(able_welcome());
    assert!(scene.server(room_locked()).contains(&Effect::CloseSocket));
    assert_eq!((scene.status(), scene.call.view().awaits_seat), (Status::Locked, true));
    assert_eq!(scene.kept_on, [true, false], "nobody looks at a call");
    assert!(scene.after(2_100).contains(&Effect::OpenSocket));
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(room_locked());
    assert_eq!(scene.status(), Status::Locked);
    scene.after(4_000);
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(joined_with(false, None, &[(GIVING_WAY, None)]));
    assert_eq!((scene.status(), scene.call.view().awaits_seat), (Status::Connecting, false));
}

#[test]
fn a_room_that_stays_locked_is_given_up_in_the_end() {
    let mut scene = Scene::lobby();
    scene.join();
    scene.give(claimed(None));
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(room_locked());
    while scene.call.view().awaits_seat {
        assert!(scene.now < Millis(3_600_000), "asks for ever");
        if scene.after(500).contains(&Effect::OpenSocket) {
            scene.give(Input::Socket(SocketEvent::Opened));
            scene.server(room_locked());
        }
    }
    assert_eq!((scene.status(), scene.after(3_600_000)), (Status::Locked, vec![]));
    assert!(scene.join().contains(&Effect::OpenSocket), "only the person tries again");
}

/// A newcomer who was faster than the holders of seats after a restart.
#[test]
fn who_loses_the_seat_to_a_lock_leaves_the_call_and_waits() {
    let mut scene = accompanied();
    scene.command(Command::RaiseHand(true));
    scene.server(ServerMsg::HandRaised { peer: ME, hand: Some(1) });
    scene.server(room_locked());
    let mut effects = Vec::new();
    while scene.status() != Status::Locked {
        assert!(scene.now < Millis(400_000), "never locked");
        if scene.after(500).contains(&Effect::OpenSocket) {
            scene.give(Input::Socket(SocketEvent::Opened));
            effects.extend(scene.server(room_locked()));
        }
    }
    assert!(effects.contains(&Effect::CloseConnection { peer: GIVING_WAY }));
    assert_eq!(together(&scene), TogetherView::default());
}

#[test]
fn hands_of_others_are_seen_from_the_snapshot_on() {
    let mut scene = accompanied();
    resumes(&mut scene, joined_with(false, None, &[(GIVING_WAY, Some(4)), (INSISTING, None)]));
    let hands = |scene: &Scene| -> Vec<_> {
        scene.call.view().participants.iter().map(|peer| (peer.id, peer.hand)).collect()
    };
    assert_eq!(hands(&scene), [(GIVING_WAY, Some(4)), (INSISTING, None)]);
    scene.server(ServerMsg::HandRaised { peer: INSISTING, hand: Some(5) });
    scene.server(ServerMsg::HandRaised { peer: GIVING_WAY, hand: None });
    assert_eq!(hands(&scene), [(GIVING_WAY, None), (INSISTING, Some(5))]);
}

#[test]
fn the_own_hand_is_up_when_the_server_says_so() {
    let mut scene = accompanied();
    let effects = scene.command(Command::RaiseHand(true));
    assert_eq!(effects, [Effect::Send(ClientMsg::RaiseHand { raised: true })]);
    let hand = |scene: &Scene| (together(scene).wants_hand, together(scene).hand);
    assert_eq!(hand(&scene), (true, None));
    scene.server(ServerMsg::HandRaised { peer: ME, hand: Some(3) });
    assert_eq!(hand(&scene), (true, Some(3)));
    scene.command(Command::RaiseHand(false));
    scene.server(ServerMsg::Error { code: ErrorCode::RateLimited, message: String::new() });
    assert_eq!(hand(&scene), (true, Some(3)), "too many in a row: it is still up");
}

#[test]
fn a_reloaded_page_finds_its_hand_up() {
    let mut scene = Scene::lobby();
    scene.join();
    scene.give(claimed(Some("seat")));
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(able_welcome());
    assert!(said(&scene.server(joined_with(false, Some(2), &[]))).is_empty());
    assert_eq!((together(&scene).wants_hand, together(&scene).hand), (true, Some(2)));
}

#[test]
fn what_is_done_to_the_hand_without_signaling_is_said_on_return() {
    let mut scene = accompanied();
    scene.closes(CloseCode::Other(1006));
    assert_eq!(said(&scene.command(Command::RaiseHand(true))), [&ClientMsg::RaiseHand { raised: true }; 0]);
    assert!(together(&scene).wants_hand);
    scene.after(500);
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(able_welcome());
    let effects = scene.server(joined_with(false, None, &[(GIVING_WAY, None)]));
    assert_eq!(said(&effects), [&ClientMsg::RaiseHand { raised: true }]);
    scene.server(ServerMsg::HandRaised { peer: ME, hand: Some(1) });

    scene.closes(CloseCode::Other(1006));
    scene.command(Command::RaiseHand(false));
    scene.after(500);
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(able_welcome());
    let effects = scene.server(joined_with(false, Some(1), &[(GIVING_WAY, None)]));
    assert_eq!(said(&effects), [&ClientMsg::RaiseHand { raised: false }]);
}

/// The hub keeps hands in memory alone.
#[test]
fn a_hand_is_raised_again_after_a_restart_of_the_server() {
    let mut scene = accompanied();
    scene.server(ServerMsg::HandRaised { peer: ME, hand: Some(7) });
    let effects = resumes(&mut scene, joined_with(false, None, &[]));
    assert_eq!(said(&effects), [&ClientMsg::RaiseHand { raised: true }]);
    scene.server(ServerMsg::HandRaised { peer: ME, hand: Some(1) });
    let effects = scene.resumes(joined_with(false, None, &[]));
    assert!(said(&effects).iter().all(|msg| !matches!(msg, ClientMsg::RaiseHand { .. })), "an older server");
}

#[test]
fn a_reaction_is_shown_for_four_seconds() {
    let mut scene = accompanied();
    let effects = scene.command(Command::React(Reaction::Clap));
    assert_eq!(effects, [Effect::Send(ClientMsg::React { reaction: Reaction::Clap })]);
    assert!(together(&scene).reactions.is_empty(), "shown when it is with the others");
    scene.server(ServerMsg::Reaction { peer: ME, reaction: Reaction::Clap });
    scene.after(1_000);
    scene.server(ServerMsg::Reaction { peer: GIVING_WAY, reaction: Reaction::Heart });
    let shown = |scene: &Scene| -> Vec<_> {
        together(scene).reactions.iter().map(|shown| (shown.peer, shown.reaction)).collect()
    };
    assert_eq!(shown(&scene), [(ME, Reaction::Clap), (GIVING_WAY, Reaction::Heart)]);
    scene.after(3_000);
    assert_eq!(shown(&scene), [(GIVING_WAY, Reaction::Heart)]);
    scene.after(1_000);
    assert_eq!(shown(&scene), []);
}

#[test]
fn reactions_without_end_are_not_kept_without_end() {
    let mut scene = accompanied();
    for _ in 0..1_000 {
        scene.server(ServerMsg::Reaction { peer: GIVING_WAY, reaction: Reaction::Laugh });
    }
    assert_eq!(together(&scene).reactions.len(), 30);
    assert_eq!(together(&scene).reactions.last().map(|shown| shown.id), Some(1_000));
}

#[test]
fn nothing_of_it_is_left_after_hanging_up() {
    let mut scene = accompanied();
    scene.server(locked(true, GIVING_WAY));
    scene.server(ServerMsg::HandRaised { peer: ME, hand: Some(1) });
    scene.server(ServerMsg::Reaction { peer: ME, reaction: Reaction::Surprise });
    scene.command(Command::Leave);
    assert_eq!(together(&scene), TogetherView::default());
    assert_eq!(scene.call.poll_timeout(), None);
    scene.join();
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.server(able_welcome());
    assert!(
        said(&scene.server(joined_with(false, None, &[]))).is_empty(),
        "a new visit begins without a hand"
    );
}
