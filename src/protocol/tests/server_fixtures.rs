//! What the server sends, as clients read it.

use super::*;

fn bela() -> PeerInfo {
    PeerInfo {
        id: BELA,
        name: Some(name("Béla")),
        media: MICROPHONE_ONLY,
        reconnecting: false,
        replaces: None,
        hand: None,
    }
}

fn lost_cara() -> PeerInfo {
    PeerInfo { id: CARA, name: None, media: OFF, reconnecting: true, replaces: None, hand: None }
}

fn joined(peers: Vec<PeerInfo>, ice_servers: Vec<IceServer>, capacity: u32, complete: bool) -> ServerMsg {
    let resume_token = token("00000000000000a1.c2VjcmV0");
    ServerMsg::Joined {
        room: room(),
        you: ADA,
        peers,
        ice_servers,
        resume_token,
        capacity,
        complete,
        locked: false,
        hand: None,
    }
}

fn joined_locked() -> ServerMsg {
    let mut msg = joined(vec![PeerInfo { hand: Some(1), ..bela() }], Vec::new(), 2, true);
    if let ServerMsg::Joined { locked, hand, .. } = &mut msg {
        (*locked, *hand) = (true, Some(2));
    }
    msg
}

fn locked(locked: bool, by: PeerId) -> ServerMsg {
    ServerMsg::Locked { locked, by, resume_token: token("00000000000000a1.c2VjcmV0") }
}

fn ice_servers() -> Vec<IceServer> {
    let text = |text: &str| text.to_owned();
    vec![
        IceServer { urls: vec![text("stun:stun.example.org:3478")], username: None, credential: None },
        IceServer {
            urls: vec![text("turn:turn.example.org?transport=udp"), text("turns:turn.example.org")],
            username: Some(text("1800000000:ada")),
            credential: Some(text("hush")),
        },
    ]
}

fn error(code: ErrorCode) -> ServerMsg {
    ServerMsg::Error { code, message: "what went wrong".to_owned() }
}

#[test]
fn every_server_message_reads_and_writes_like_its_fixture() {
    let welcome = ServerMsg::Welcome {
        version: 1,
        features: vec!["reactions".to_owned()],
        heartbeat_ms: 10_000,
        resume_window_ms: 30_000,
    };
    let anew = PeerInfo { replaces: Some(CARA), ..bela() };
    let mut expected = vec![
        ("welcome", welcome),
        ("joined_first", joined(Vec::new(), Vec::new(), 2, true)),
        ("joined", joined(vec![bela(), lost_cara()], ice_servers(), 8, true)),
        ("joined_incomplete", joined(vec![anew], Vec::new(), 2, false)),
        ("joined_locked", joined_locked()),
        ("locked", locked(true, BELA)),
        ("locked_open", locked(false, ADA)),
        ("hand_raised", ServerMsg::HandRaised { peer: BELA, hand: Some(2) }),
        ("hand_raised_lowered", ServerMsg::HandRaised { peer: BELA, hand: None }),
        ("reaction", ServerMsg::Reaction { peer: BELA, reaction: Reaction::Clap }),
        ("full", ServerMsg::Full { room: room(), capacity: 2 }),
        ("peer_joined", ServerMsg::PeerJoined { peer: bela(), replaces: None }),
        ("peer_joined_nameless", ServerMsg::PeerJoined { peer: lost_cara(), replaces: None }),
        ("peer_joined_replaces", ServerMsg::PeerJoined { peer: bela(), replaces: Some(CARA) }),
        ("peer_left_left", ServerMsg::PeerLeft { peer: BELA, reason: LeaveReason::Left }),
        ("peer_left_timed_out", ServerMsg::PeerLeft { peer: BELA, reason: LeaveReason::TimedOut }),
        ("peer_reconnecting", ServerMsg::PeerReconnecting { peer: BELA }),
        ("peer_back", ServerMsg::PeerBack { peer: BELA }),
        ("media_changed", ServerMsg::MediaChanged { peer: BELA, media: MICROPHONE_ONLY }),
        ("media_changed_screen", ServerMsg::MediaChanged { peer: BELA, media: SHARING }),
        ("ice_servers", ServerMsg::IceServers { ice_servers: ice_servers() }),
        ("heartbeat", ServerMsg::Heartbeat),
        ("server_restarting", ServerMsg::ServerRestarting { retry_after_ms: 1_234 }),
        ("error_bad_message", error(ErrorCode::BadMessage)),
        ("error_unknown_type", error(ErrorCode::UnknownType)),
        ("error_bad_room", error(ErrorCode::BadRoom)),
        ("error_bad_name", error(ErrorCode::BadName)),
        ("error_hello_first", error(ErrorCode::HelloFirst)),
        ("error_unsupported_version", error(ErrorCode::UnsupportedVersion)),
        ("error_already_joined", error(ErrorCode::AlreadyJoined)),
        ("error_not_joined", error(ErrorCode::NotJoined)),
        ("error_no_such_peer", error(ErrorCode::NoSuchPeer)),
        ("error_rate_limited", error(ErrorCode::RateLimited)),
        ("error_room_locked", error(ErrorCode::RoomLocked)),
    ];
    expected
        .extend(signals().into_iter().map(|(name, signal)| (name, ServerMsg::Signal { from: ADA, signal })));
    compare("server", expected, |name, text, value| {
        assert_eq!(decode_server(text).as_ref(), Ok(&value), "{name} as a client reads it");
        assert_eq!(json(&encode(&value)), json(text), "{name} as the server writes it");
    });
}

#[test]
fn messages_of_older_and_newer_servers_are_understood() {
    let welcome = ServerMsg::Welcome {
        version: 1,
        features: Vec::new(),
        heartbeat_ms: 10_000,
        resume_window_ms: 30_000,
    };
    let plain =
        PeerInfo { id: BELA, name: None, media: OFF, reconnecting: false, replaces: None, hand: None };
    let expected = vec![
        ("welcome_without_features", welcome),
        ("joined_by_an_older_server", joined(vec![plain], Vec::new(), 2, true)),
        ("peer_joined_with_unknown_fields", ServerMsg::PeerJoined { peer: bela(), replaces: None }),
        ("peer_left_for_an_unknown_reason", ServerMsg::PeerLeft { peer: BELA, reason: LeaveReason::Unknown }),
        ("error_of_unknown_code", error(ErrorCode::Unknown)),
        ("heartbeat_with_unknown_field", ServerMsg::Heartbeat),
        ("heartbeat_with_members_of_others", ServerMsg::Heartbeat),
        (
            "signal_with_unknown_source",
            ServerMsg::Signal {
                from: ADA,
                signal: Signal::Offer {
                    sdp: SDP.to_owned(),
                    tracks: Some(tracks(&[("1", TrackSource::Camera)])),
                    epoch: 0,
                },
            },
        ),
        (
            "signal_with_many_tracks",
            ServerMsg::Signal {
                from: ADA,
                signal: Signal::Offer { sdp: SDP.to_owned(), tracks: Some(many_tracks()), epoch: 0 },
            },
        ),
        ("signal_of_unknown_kind", ServerMsg::Signal { from: ADA, signal: Signal::Unknown }),
        (
            "signal_without_epoch",
            ServerMsg::Signal {
                from: ADA,
                signal: Signal::Answer { sdp: SDP.to_owned(), tracks: None, epoch: 0 },
            },
        ),
    ];
    compare("server/lenient", expected, |name, text, value| {
        assert_eq!(decode_server(text).as_ref(), Ok(&value), "{name}");
    });
}

#[test]
fn what_no_server_says_is_an_error_for_the_client() {
    for (name, text) in fixtures("server/bad") {
        let decoded = decode_server(&text);
        assert_eq!(decoded.err().map(|e| e.code), Some(ErrorCode::BadMessage), "{name}");
    }
}

/// The reader of the client is written by hand; the derived one reads the same messages as the same.
#[test]
fn both_readers_of_server_messages_agree() {
    for folder in ["server", "server/lenient", "server/bad"] {
        for (name, text) in fixtures(folder) {
            let derived = serde_json::from_str::<ServerMsg>(&text).ok();
            assert_eq!(decode_server(&text).ok(), derived, "{folder}/{name}");
        }
    }
}

#[test]
fn close_codes_keep_their_numbers() {
    let numbers = [
        (1001, CloseCode::GoingAway),
        (1009, CloseCode::TooLarge),
        (4000, CloseCode::BadMessages),
        (4001, CloseCode::HeartbeatTimeout),
        (4002, CloseCode::SlowConsumer),
        (4003, CloseCode::Replaced),
        (4004, CloseCode::RateLimited),
        (4005, CloseCode::UnsupportedVersion),
        (4999, CloseCode::Other(4999)),
    ];
    for (number, code) in numbers {
        assert_eq!(CloseCode::from_number(number), code);
        assert_eq!(code.number(), number);
    }
}
