//! What holds for every text and every message.

use proptest::{
    collection::{btree_map, vec},
    option,
    prelude::*,
    sample::select,
};
use serde_json::{Map, Value};

use super::*;
use crate::protocol::json::Json;

fn any_room() -> impl Strategy<Value = RoomName> {
    "[a-z0-9-]{1,64}".prop_map(|text| text.parse().unwrap())
}

fn any_name() -> impl Strategy<Value = DisplayName> {
    "[a-zA-Zé🦀\"\\\\<]{1,40}".prop_map(|text| text.parse().unwrap())
}

fn any_token() -> impl Strategy<Value = ResumeToken> {
    "[A-Za-z0-9._-]{1,128}".prop_map(|text| text.parse().unwrap())
}

fn any_peer() -> impl Strategy<Value = PeerId> {
    any::<u64>().prop_map(PeerId::new)
}

fn any_media() -> impl Strategy<Value = MediaState> {
    any::<[bool; 4]>().prop_map(|[microphone, camera, screen, screen_audio]| MediaState {
        microphone,
        camera,
        screen,
        screen_audio,
    })
}

fn any_tracks() -> impl Strategy<Value = Option<Tracks>> {
    let source = select(TrackSource::ALL.as_slice());
    // A mid twice would be one member of the object.
    let tracks = btree_map(any::<String>(), source, 0..12);
    option::of(tracks.prop_map(|tracks| tracks.into_iter().collect()))
}

fn any_signal() -> impl Strategy<Value = Signal> {
    let candidate =
        (any::<String>(), option::of(any::<String>()), option::of(any::<u16>()), option::of(any::<String>()))
            .prop_map(|(candidate, sdp_mid, sdp_m_line_index, username_fragment)| Candidate {
                candidate,
                sdp_mid,
                sdp_m_line_index,
                username_fragment,
            });
    prop_oneof![
        (any::<(String, u32)>(), any_tracks()).prop_map(|((sdp, epoch), tracks)| Signal::Offer {
            sdp,
            tracks,
            epoch
        }),
        (any::<(String, u32)>(), any_tracks()).prop_map(|((sdp, epoch), tracks)| Signal::Answer {
            sdp,
            tracks,
            epoch
        }),
        (candidate, any::<u32>()).prop_map(|(candidate, epoch)| Signal::Candidate { candidate, epoch }),
        any::<u32>().prop_map(|epoch| Signal::EndOfCandidates { epoch }),
        any::<(Option<u16>, Option<u16>)>()
            .prop_map(|(camera, screen)| Signal::Viewing(Viewing { camera, screen })),
    ]
}

fn any_client_msg() -> impl Strategy<Value = ClientMsg> {
    let mode = prop_oneof![Just(ResumeMode::Reconnect), Just(ResumeMode::Takeover)];
    let resume = (any_token(), mode).prop_map(|(token, mode)| Resume { token, mode });
    prop_oneof![
        any::<(u32, Vec<String>)>().prop_map(|(version, features)| ClientMsg::Hello { version, features }),
        (any_room(), option::of(any_name()), option::of(resume), any_media(), option::of(any_visit()))
            .prop_map(|(room, name, resume, media, visit)| ClientMsg::Join {
                room,
                name,
                resume,
                media,
                visit
            }),
        any_media().prop_map(|media| ClientMsg::SetMedia { media }),
        (any_peer(), any_signal()).prop_map(|(to, signal)| ClientMsg::Signal { to, signal }),
        any::<bool>().prop_map(|locked| ClientMsg::Lock { locked }),
        any::<bool>().prop_map(|raised| ClientMsg::RaiseHand { raised }),
        any_reaction().prop_map(|reaction| ClientMsg::React { reaction }),
        any_peer().prop_map(|peer| ClientMsg::KeepSeat { peer }),
        Just(ClientMsg::Heartbeat),
        Just(ClientMsg::Leave),
    ]
}

fn any_reaction() -> impl Strategy<Value = Reaction> {
    select(Reaction::ALL.as_slice())
}

fn any_visit() -> impl Strategy<Value = VisitId> {
    any::<u128>().prop_map(VisitId::new)
}

fn any_peer_info() -> impl Strategy<Value = PeerInfo> {
    let hand = any::<Option<u32>>();
    (any_peer(), option::of(any_name()), any_media(), any::<bool>(), option::of(any_peer()), hand).prop_map(
        |(id, name, media, reconnecting, replaces, hand)| PeerInfo {
            id,
            name,
            media,
            reconnecting,
            replaces,
            hand,
        },
    )
}

fn any_ice_server() -> impl Strategy<Value = IceServer> {
    any::<(Vec<String>, Option<String>, Option<String>)>()
        .prop_map(|(urls, username, credential)| IceServer { urls, username, credential })
}

fn any_joined() -> impl Strategy<Value = ServerMsg> {
    let peers = vec(any_peer_info(), 0..4);
    let rest = any::<(u32, bool, bool, Option<u32>)>();
    (any_room(), any_peer(), peers, vec(any_ice_server(), 0..3), any_token(), rest).prop_map(
        |(room, you, peers, ice_servers, resume_token, (capacity, complete, locked, hand))| {
            ServerMsg::Joined {
                room,
                you,
                peers,
                ice_servers,
                resume_token,
                capacity,
                complete,
                locked,
                hand,
            }
        },
    )
}

fn any_server_msg() -> impl Strategy<Value = ServerMsg> {
    let reason = prop_oneof![Just(LeaveReason::Left), Just(LeaveReason::TimedOut)];
    let code =
        prop_oneof![Just(ErrorCode::BadRoom), Just(ErrorCode::NoSuchPeer), Just(ErrorCode::RateLimited)];
    prop_oneof![
        any::<(u32, Vec<String>, u64, u64)>().prop_map(
            |(version, features, heartbeat_ms, resume_window_ms)| {
                ServerMsg::Welcome { version, features, heartbeat_ms, resume_window_ms }
            }
        ),
        any_joined(),
        (any_room(), any::<u32>()).prop_map(|(room, capacity)| ServerMsg::Full { room, capacity }),
        (any_peer_info(), option::of(any_peer()))
            .prop_map(|(peer, replaces)| ServerMsg::PeerJoined { peer, replaces }),
        (any_peer(), reason).prop_map(|(peer, reason)| ServerMsg::PeerLeft { peer, reason }),
        any_peer().prop_map(|peer| ServerMsg::PeerReconnecting { peer }),
        any_peer().prop_map(|peer| ServerMsg::PeerBack { peer }),
        (any_peer(), any_media()).prop_map(|(peer, media)| ServerMsg::MediaChanged { peer, media }),
        (any::<bool>(), any_peer(), any_token()).prop_map(|(locked, by, resume_token)| ServerMsg::Locked {
            locked,
            by,
            resume_token
        }),
        (any_peer(), any::<Option<u32>>()).prop_map(|(peer, hand)| ServerMsg::HandRaised { peer, hand }),
        (any_peer(), any_reaction()).prop_map(|(peer, reaction)| ServerMsg::Reaction { peer, reaction }),
        (any_peer(), any_signal()).prop_map(|(from, signal)| ServerMsg::Signal { from, signal }),
        vec(any_ice_server(), 0..3).prop_map(|ice_servers| ServerMsg::IceServers { ice_servers }),
        Just(ServerMsg::Heartbeat),
        any::<u64>().prop_map(|retry_after_ms| ServerMsg::ServerRestarting { retry_after_ms }),
        (code, any::<String>()).prop_map(|(code, message)| ServerMsg::Error { code, message }),
    ]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[0-9a-f]{16}".prop_map(Value::from),
    ];
    let key = prop_oneof!["room|name|media|to|from|signal|peer|resume|version|kind|sdp", any::<String>()];
    leaf.prop_recursive(3, 24, 5, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            vec((key.clone(), inner), 0..5).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// An object with a type that exists, and fields that may be anything.
fn almost_a_message() -> impl Strategy<Value = Value> {
    let kind = "hello|join|set_media|signal|keep_seat|heartbeat|leave|welcome|joined|peer_joined|peer_left|\
        error|shout|lock|locked|raise_hand|hand_raised|react|reaction";
    let field = "room|name|media|to|from|signal|peer|peers|resume|version|features|code|message|reason|\
        locked|by|raised|hand|reaction|resume_token";
    (kind, vec((field, any_json()), 0..5)).prop_map(|(kind, fields)| {
        let mut object: Map<String, Value> = fields.into_iter().collect();
        object.insert("type".to_owned(), Value::from(kind));
        Value::Object(object)
    })
}

/// Reads a text as both sides would; panics are what is looked for.
fn read(text: &str) {
    if let Ok(msg) = decode_client(text) {
        let again = encode(&msg);
        assert_eq!(decode_client(&again).map(|msg| encode(&msg)), Ok(again));
    }
    if let Ok(msg) = decode_server(text) {
        // `Unknown` is for reading alone: it is written as a value that reads as unknown again.
        assert_eq!(decode_server(&encode(&msg)), Ok(msg));
    }
}

/// Whether both readers have found the same.
fn is_same(read: &Json, value: &Value) -> bool {
    match (read, value) {
        (Json::Null, Value::Null) => true,
        (Json::Bool(read), Value::Bool(value)) => read == value,
        (Json::Number(read), Value::Number(value)) => *read == value.as_u64(),
        (Json::Text(read), Value::String(value)) => read == value,
        (Json::List(read), Value::Array(value)) => {
            read.len() == value.len() && read.iter().zip(value).all(|(read, value)| is_same(read, value))
        }
        (Json::Object(read), Value::Object(value)) => {
            value.iter().all(|(name, value)| read.get(name).is_some_and(|read| is_same(read, value)))
        }
        _ => false,
    }
}

#[test]
fn escapes_are_read_as_serde_reads_them() {
    for text in [
        r#""\ud83e\udd80 \u00e9\/\b\f\n\r\t\"\\""#,
        r#""\ud83e""#,
        r#""\udd80""#,
        r#""\ud83e\u0041""#,
        r#""\ud83ex""#,
        r#""\u12g4""#,
        r#""\x""#,
        "\"\n\"",
        "\"open",
        "01",
        "-",
        "1.",
        ".5",
        "1e",
        "1e+5",
        "18446744073709551615",
        "18446744073709551616",
        "[1,]",
        "{\"a\":1,}",
        "{\"a\" : 1 , \"a\" : 2}",
        "{a:1}",
        "[1 2]",
        "nul",
        "null null",
        "",
    ] {
        let value = serde_json::from_str::<Value>(text);
        match (Json::parse(text), value) {
            (Some(read), Ok(value)) => assert!(is_same(&read, &value), "{text}"),
            (read, value) => assert_eq!(read.is_some(), value.is_ok(), "{text}"),
        }
    }
    assert_eq!(Json::parse(&"[".repeat(100_000)), None);
}

proptest! {
    #[test]
    fn no_text_panics_a_decoder(text in any::<String>()) {
        read(&text);
    }

    #[test]
    fn no_json_panics_a_decoder(value in any_json()) {
        read(&value.to_string());
    }

    #[test]
    fn nothing_that_resembles_a_message_panics_a_decoder(value in almost_a_message()) {
        read(&value.to_string());
    }

    #[test]
    fn a_damaged_message_panics_no_decoder(
        msg in any_client_msg(),
        at in any::<prop::sample::Index>(),
        with in any::<char>(),
    ) {
        let mut chars: Vec<char> = encode(&msg).chars().collect();
        let at = at.index(chars.len());
        chars[at] = with;
        read(&chars.into_iter().collect::<String>());
    }

    #[test]
    fn the_server_reads_what_a_client_writes(msg in any_client_msg()) {
        let text = encode(&msg);
        let relayed = decode_client(&text).unwrap();
        prop_assert_eq!(encode(&relayed), text.clone());
        prop_assert_eq!(encode_request(&msg), text.clone());
        prop_assert_eq!(serde_json::from_str::<ClientMsg>(&text).unwrap(), msg);
    }

    #[test]
    fn the_reader_of_the_client_takes_what_is_json_and_nothing_else(
        value in any_json(), at in any::<prop::sample::Index>(), with in any::<char>()
    ) {
        let text = value.to_string();
        let read = Json::parse(&text);
        prop_assert!(read.as_ref().is_some_and(|read| is_same(read, &value)), "{text}: {read:?}");
        let mut damaged: Vec<char> = text.chars().collect();
        let at = at.index(damaged.len());
        damaged[at] = with;
        let damaged: String = damaged.into_iter().collect();
        let expected = serde_json::from_str::<Value>(&damaged);
        // serde_json stops at what is too large for it. The grammar has no largest number (RFC 8259, section
        // 6).
        let is_too_large = |error: &serde_json::Error| error.to_string().starts_with("number out of range");
        prop_assume!(!expected.as_ref().is_err_and(is_too_large));
        prop_assert_eq!(Json::parse(&damaged).is_some(), expected.is_ok(), "{}", damaged);
    }

    #[test]
    fn a_client_reads_what_the_server_writes(msg in any_server_msg()) {
        prop_assert_eq!(decode_server(&encode(&msg)), Ok(msg));
    }

    #[test]
    fn a_signal_is_written_as_serde_would(from in any_peer(), value in any_json()) {
        let signal = serde_json::value::RawValue::from_string(value.to_string()).unwrap();
        let msg: RawServerMsg = ServerMsg::Signal { from, signal };
        prop_assert_eq!(encode_for_client(&msg), encode(&msg));
    }

    #[test]
    fn peer_ids_sort_alike_as_texts_and_as_numbers(a in any_peer(), b in any_peer()) {
        prop_assert_eq!(a.to_string().cmp(&b.to_string()), a.number().cmp(&b.number()));
        prop_assert_eq!(a.cmp(&b), a.number().cmp(&b.number()));
        prop_assert_eq!(a.to_string().parse(), Ok(a));
    }

    #[test]
    fn a_room_name_reads_the_same_when_folded_twice(text in any::<String>()) {
        if let Ok(name) = text.parse::<RoomName>() {
            prop_assert_eq!(name.as_str().parse(), Ok(name.clone()));
        }
    }
}
