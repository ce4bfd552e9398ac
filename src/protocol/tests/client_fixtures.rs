//! What clients send, as the server and as other clients read it.

use super::*;

fn join(name: Option<&str>, resume: Option<ResumeMode>, media: MediaState) -> ClientMsg {
    ClientMsg::Join {
        room: room(),
        name: name.map(super::name),
        resume: resume.map(|mode| Resume { token: token("00000000000000a1.c2VjcmV0"), mode }),
        media,
        visit: Some(VISIT),
    }
}

/// As an older client would, which names no visit.
fn older(mut join: ClientMsg) -> ClientMsg {
    if let ClientMsg::Join { visit, .. } = &mut join {
        *visit = None;
    }
    join
}

/// What the server understood, as a client would say it.
fn read_by_server(text: &str) -> ClientMsg {
    let relayed = decode_client(text).unwrap_or_else(|e| panic!("{text} does not decode: {e}"));
    serde_json::from_str(&encode(&relayed)).unwrap()
}

#[test]
fn every_client_message_reads_and_writes_like_its_fixture() {
    let mut expected = vec![
        ("hello", ClientMsg::Hello { version: 1, features: vec!["reactions".to_owned()] }),
        ("join", join(Some("Ada"), None, ON)),
        ("join_nameless", join(None, None, OFF)),
        ("join_reconnect", join(Some("Ada"), Some(ResumeMode::Reconnect), MICROPHONE_ONLY)),
        ("join_takeover", join(Some("Ada"), Some(ResumeMode::Takeover), MICROPHONE_ONLY)),
        ("set_media", ClientMsg::SetMedia { media: MICROPHONE_ONLY }),
        ("set_media_screen", ClientMsg::SetMedia { media: SHARING }),
        ("lock", ClientMsg::Lock { locked: true }),
        ("lock_open", ClientMsg::Lock { locked: false }),
        ("raise_hand", ClientMsg::RaiseHand { raised: true }),
        ("raise_hand_lower", ClientMsg::RaiseHand { raised: false }),
        ("react_thumbs_up", ClientMsg::React { reaction: Reaction::ThumbsUp }),
        ("react_clap", ClientMsg::React { reaction: Reaction::Clap }),
        ("react_heart", ClientMsg::React { reaction: Reaction::Heart }),
        ("react_laugh", ClientMsg::React { reaction: Reaction::Laugh }),
        ("react_surprise", ClientMsg::React { reaction: Reaction::Surprise }),
        ("keep_seat", ClientMsg::KeepSeat { peer: BELA }),
        ("heartbeat", ClientMsg::Heartbeat),
        ("leave", ClientMsg::Leave),
    ];
    expected
        .extend(signals().into_iter().map(|(name, signal)| (name, ClientMsg::Signal { to: BELA, signal })));
    compare("client", expected, |name, text, value| {
        assert_eq!(read_by_server(text), value, "{name} as the server reads it");
        assert_eq!(json(&encode(&value)), json(text), "{name} as a client writes it");
        assert_eq!(json(&encode(&decode_client(text).unwrap())), json(text), "{name} read and written");
    });
}

#[test]
fn messages_of_older_newer_and_careless_clients_are_understood() {
    let hello = |version| ClientMsg::Hello { version, features: Vec::new() };
    let signal = |signal| ClientMsg::Signal { to: BELA, signal };
    let unknown_mode = ClientMsg::Join {
        room: room(),
        name: None,
        resume: Some(Resume { token: token("a.b"), mode: ResumeMode::Takeover }),
        media: OFF,
        visit: None,
    };
    let expected = vec![
        ("hello_without_features", hello(1)),
        ("hello_of_another_version", hello(2)),
        ("join_with_the_room_alone", older(join(None, None, OFF))),
        ("join_in_upper_case", older(join(None, None, OFF))),
        ("join_with_a_name_to_trim", older(join(Some("Ada"), None, OFF))),
        ("join_with_half_a_media_state", older(join(None, None, MediaState { camera: true, ..OFF }))),
        ("join_with_unknown_fields", older(join(None, None, ON))),
        ("join_with_unknown_resume_mode", unknown_mode),
        ("lock_with_unknown_field", ClientMsg::Lock { locked: true }),
        ("heartbeat_with_unknown_field", ClientMsg::Heartbeat),
        ("leave_with_unknown_field", ClientMsg::Leave),
        ("set_media_with_unknown_field", ClientMsg::SetMedia { media: MICROPHONE_ONLY }),
        ("signal_of_unknown_kind", signal(Signal::Unknown)),
        ("signal_without_epoch", signal(Signal::Offer { sdp: SDP.to_owned(), tracks: None, epoch: 0 })),
        (
            "signal_with_unknown_source",
            signal(Signal::Offer {
                sdp: SDP.to_owned(),
                tracks: Some(tracks(&[("1", TrackSource::Camera)])),
                epoch: 0,
            }),
        ),
        ("signal_with_unknown_field", signal(Signal::EndOfCandidates { epoch: 0 })),
    ];
    compare("client/lenient", expected, |name, text, value| {
        assert_eq!(read_by_server(text), value, "{name}")
    });
}

#[test]
fn every_mistake_of_a_client_has_its_code() {
    let codes = [
        ("bad_message", ErrorCode::BadMessage),
        ("unknown_type", ErrorCode::UnknownType),
        ("bad_room", ErrorCode::BadRoom),
        ("bad_name", ErrorCode::BadName),
    ];
    for (folder, code) in codes {
        for (name, text) in fixtures(&format!("client/bad/{folder}")) {
            let error = decode_client(&text).err().unwrap_or_else(|| panic!("{folder}/{name} decodes"));
            assert_eq!(error.code, code, "{folder}/{name}: {error}");
            assert!(!error.message.is_empty(), "{folder}/{name} is refused without a word");
        }
    }
}

#[test]
fn seed_fault_10_hostile_room_names_are_an_error_and_no_room() {
    for hostile in [
        r#""__proto__""#,
        r#""constructor.prototype""#,
        r#"["blue-river-42"]"#,
        r#"{"toString":"x"}"#,
        r#""../admin""#,
        r#""a b""#,
        r#""a\u0000b""#,
        "1e9",
        "true",
    ] {
        let text = format!(r#"{{"type":"join","room":{hostile}}}"#);
        assert_eq!(decode_client(&text).unwrap_err().code, ErrorCode::BadRoom, "{hostile}");
    }
}

#[test]
fn the_server_passes_a_signal_on_byte_for_byte() {
    let signal = "{ \"kind\":\"offer\",\n\t\"sdp\" : \"caf\\u00e9 \\/ \u{1f600}\",\
        \"kind\":1e400, \"b\":[ ],\"a\":-0.0 }";
    let text = format!(r#"{{"signal":  {signal}  ,"to":"{BELA}","type":"signal"}}"#);
    let ClientMsg::Signal { to, signal: raw } = decode_client(&text).unwrap() else { panic!("not a signal") };
    assert_eq!(to, BELA);
    assert_eq!(raw.get(), signal);
    let relayed: RawServerMsg = ServerMsg::Signal { from: ADA, signal: raw };
    assert_eq!(encode(&relayed), format!(r#"{{"type":"signal","from":"{ADA}","signal":{signal}}}"#));
}

#[test]
fn a_signal_of_the_largest_frame_is_read() {
    let frame = |sdp: &str| {
        encode(&ClientMsg::Signal {
            to: BELA,
            signal: Signal::Offer { sdp: sdp.to_owned(), tracks: None, epoch: 0 },
        })
    };
    let sdp = "x".repeat(MAX_FRAME_BYTES - frame("").len());
    let text = frame(&sdp);
    assert_eq!(text.len(), MAX_FRAME_BYTES);
    assert_eq!(MAX_FRAME_BYTES, 65_536, "the limit is part of the protocol");
    assert_eq!(
        read_by_server(&text),
        ClientMsg::Signal { to: BELA, signal: Signal::Offer { sdp, tracks: None, epoch: 0 } }
    );
}

#[test]
fn a_frame_of_brackets_is_refused_and_not_a_stack_overflow() {
    let depth = MAX_FRAME_BYTES / 2 - 100;
    let deep = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(decode_client(&deep).unwrap_err().code, ErrorCode::BadMessage);
    let in_a_join = format!(r#"{{"type":"join","room":{deep}}}"#);
    assert!(decode_client(&in_a_join).is_err());
    // The server does not look into a signal: either answer is fine, as long as there is one.
    let in_a_signal = format!(r#"{{"type":"signal","to":"{BELA}","signal":{{"kind":{deep}}}}}"#);
    if let Ok(relayed) = decode_client(&in_a_signal) {
        let received: Result<ClientMsg, _> = serde_json::from_str(&encode(&relayed));
        assert!(received.is_err(), "a client takes brackets for a signal");
    }
}
