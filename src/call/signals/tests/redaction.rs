//! What must not get out, whatever the messages are.

use proptest::{collection::vec, prelude::*, sample::select};

use super::{BEN, story};
use crate::call::signals::{
    Capsule, Direction, Entry, Event, Json, Level, Log, Message, PageTimes, Redactor,
};

/// What the story has that nobody else must get.
const CREDENTIALS: [&str; 6] = [
    "1900000000:abcdef",
    "q2VyeSBzZWNyZXQ=",
    "t0k3n.of-the_seat",
    "0123456789abcdef0123456789abcdef",
    "verySecretIcePassword1",
    "k7f-9qz",
];

/// What the story has that is in a file only if one asks for it.
const PRIVATE: [&str; 8] =
    ["192.0.2.", "198.51.100.4", ".local", "Ada", "Ben", "uFr4", "AA:BB:CC", "turn.example"];

/// As strict as the end-to-end tests.
fn has_address(text: &str) -> bool {
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    let runs = text.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | ':' | '-'));
    runs.into_iter().any(|run| {
        let dots: Vec<_> = run.split(['.', ':', '-']).collect();
        let v4 = dots.windows(4).any(|four| four.iter().all(|word| is_number(word)))
            && run.matches('.').count() >= 3;
        let groups: Vec<_> = run.split(':').collect();
        let is_hex = |word: &&str| word.bytes().all(|byte| byte.is_ascii_hexdigit());
        let v6 = groups.len() > 2 && groups[1..groups.len() - 1].iter().any(is_hex);
        v4 || v6 || run.to_ascii_lowercase().contains(".local")
    })
}

#[test]
fn a_file_to_hand_on_has_nothing_private() {
    let text = Capsule::write(PageTimes::default(), &Log::of(story(), 0), false);
    for secret in CREDENTIALS.iter().chain(&PRIVATE) {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert!(!has_address(&text), "{text}");
    // What belongs together still does: the fragment of the description is that of the candidates.
    assert!(text.contains("a=ice-ufrag:ufrag-1\\r\\n"), "{text}");
    assert!(
        text.contains(
            "candidate:foundation-1 1 udp 2122 address-1 61000 typ host generation 0 ufrag ufrag-1"
        )
    );
    assert!(text.contains(r#""username_fragment":"ufrag-1""#));
    assert!(text.contains("turn:host-1?transport=udp"));
    // And what is not private is there.
    for kept in ["a=rtpmap:111 opus/48000/2", "a=setup:actpass", "\"kind\":\"offer\"", BEN, "\"capacity\":6"]
    {
        assert!(text.contains(kept), "{kept}");
    }
}

#[test]
fn a_file_with_addresses_has_no_credentials() {
    let text = Capsule::write(PageTimes::default(), &Log::of(story(), 0), true);
    for secret in CREDENTIALS {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    for private in PRIVATE {
        assert!(text.contains(private), "{private}");
    }
}

#[test]
fn on_the_own_screen_credentials_are_masked() {
    let joined = story().into_iter().find_map(|entry| match entry.event {
        Event::Message(message) if message.kind == "joined" => message.json(),
        Event::Message(_) | Event::State(_) => None,
    });
    let shown = Redactor::new(Level::Credentials).redact(&joined.unwrap()).compact();
    for hidden in ["t0k3n", "q2VyeSBzZWNyZXQ=", "1900000000"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
    for seen in ["k7f-9qz", "198.51.100.4", "Ben Ignatius"] {
        assert!(shown.contains(seen), "{shown}");
    }
}

#[test]
fn placeholders_of_a_capsule_are_shown_as_they_are() {
    let text =
        r#"{"type":"ice_servers","ice_servers":[{"username":"credential-7","credential":"credential-8"}]}"#;
    let json = Json::parse(text).unwrap();
    assert_eq!(Redactor::new(Level::Credentials).redact(&json), json);
    assert_ne!(Redactor::new(Level::Secrets).redact(&json), json, "in a file they are values like others");
}

#[test]
fn what_is_not_known_is_taken_out() {
    let text = r#"{"type":"signal","signal":{"kind":"chat","text":"see you at noon",
        "deep":{"type":"secret words","more":["and more"]},"level":3}}"#;
    let redacted = Redactor::new(Level::Everything).redact(&Json::parse(text).unwrap()).compact();
    for hidden in ["noon", "secret words", "and more"] {
        assert!(!redacted.contains(hidden), "{redacted}");
    }
    assert!(redacted.contains("\"kind\":\"chat\"") && redacted.contains("\"level\":3"), "{redacted}");
}

#[test]
fn a_description_of_a_liar_has_no_way_out() {
    for sdp in [
        "v=0\ra=ice-pwd:hidemehideme\r",
        " a=ice-pwd:hidemehideme",
        "a=x-pwd:hidemehideme",
        "A=ice-pwd:hidemehideme",
        "hidemehideme",
        "s=hidemehideme",
        "a=ssrc:1 cname:hidemehideme",
    ] {
        let json = Json::object([("sdp", Json::text(sdp))]);
        let redacted = Redactor::new(Level::Everything).redact(&json).compact();
        assert!(!redacted.contains("hideme"), "{sdp:?}: {redacted}");
    }
}

fn redacted(text: &str) -> String {
    Redactor::new(Level::Everything).redact(&Json::parse(text).unwrap()).compact()
}

/// The capsule of these messages.
fn capsule(messages: impl IntoIterator<Item = Json>) -> String {
    let entries = messages.into_iter().zip(1..).map(|(json, number)| {
        let text = json.compact();
        let bytes = text.len();
        let message = Message::read(Direction::Received, text, bytes);
        Entry { number, at_us: number, event: Event::Message(message) }
    });
    Capsule::write(PageTimes::default(), &Log::of(entries.collect(), 0), false)
}

#[test]
fn names_of_servers_are_taken_out_of_errors() {
    for (value, expected) in [
        ("701,stun:stun.example,STUN host lookup, 192.0.2.9", "701,stun:host-1,STUN host lookup, address-1"),
        ("701,TURNS:turn.example:5349?transport=tcp,x", "701,TURNS:host-1?transport=tcp,x"),
        ("turn:bücher.example failed", "turn:host-1 failed"),
    ] {
        assert_eq!(Redactor::new(Level::Everything).redact_state(value), expected);
    }
}

#[test]
fn rooms_and_people_are_unreadable_whatever_they_are_called() {
    let text = redacted(
        r#"{"type":"joined","room":"room-42","peers":[{"id":"00000000000000bb","name":"name-7"},
        {"id":"00000000000000cc","name":"Bo"},{"id":"00000000000000dd","name":"address-1"}],
        "reason":"Bo left room-42, and name-7 did; Bob stays","kind":"name-7"}"#,
    );
    for hidden in ["room-42", "name-7", "Bo ", "\"address-1"] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
    assert!(text.contains(r#""room":"room-1""#) && text.contains(r#""name":"name-3""#), "{text}");
    assert!(text.contains("(hidden) left (hidden), and (hidden) did; Bob stays"), "{text}");
}

#[test]
fn an_equal_name_has_an_equal_placeholder_in_the_whole_capsule() {
    let named = |name| Json::object([("type", Json::text("join")), ("name", Json::text(name))]);
    let text = capsule(["name-2", "Ada", "name-2"].map(named));
    let names: Vec<_> = text.split("\"name\":").skip(1).map(|rest| rest.split('}').next().unwrap()).collect();
    assert_eq!(names, ["\"name-1\"", "\"name-2\"", "\"name-1\""]);
}

#[test]
fn structure_stays_when_a_secret_is_the_same_word() {
    // A signal with a description and a candidate.
    let offer = |room: &str, ufrag: &str, foundation: &str, address: &str, digest: &str| {
        let sdp = [
            "v=0",
            "m=video 9 UDP/TLS/RTP/SAVPF 96",
            "a=mid:video",
            "a=rtpmap:96 opus/48000/2",
            &format!("a=ice-ufrag:{ufrag}"),
            &format!("a=fingerprint:sha-256 {digest}"),
            "",
        ];
        let candidate = format!("candidate:{foundation} 1 udp 7 {address} 9 typ host ufrag {ufrag}");
        let signal = Json::object([
            ("kind", Json::text("offer")),
            ("sdp_mid", Json::text("video")),
            ("username_fragment", Json::text(ufrag)),
            ("candidate", Json::text(candidate)),
            ("sdp", Json::text(sdp.join("\r\n"))),
        ]);
        Json::object([("type", Json::text("signal")), ("room", Json::text(room)), ("signal", signal)])
            .compact()
    };
    let kept = offer("room-1", "ufrag-1", "foundation-1", "address-1", "fingerprint-1");
    let secrets = ["video", "type", "signal", "candidate", "opus", "mid", "kind", "host", "offer", "sha-256"];
    for secret in secrets {
        assert_eq!(redacted(&offer(secret, secret, "1", "10.0.0.1", "AA:BB")), kept);
    }
}

#[test]
fn an_error_within_a_signal_is_no_error_of_the_server() {
    let signal = r#"{"type":"signal","signal":{"kind":"x","type":"error","message":"see you at noon"}}"#;
    assert!(!redacted(signal).contains("noon"));
    let other = r#"{"type":"dance","message":"see you at noon"}"#;
    assert!(!redacted(other).contains("noon"));
    let error =
        r#"{"type":"error","code":"bad_room","message":"the room k7f-9qz is at 10.0.0.1","room":"k7f-9qz"}"#;
    let error = redacted(error);
    assert!(error.contains(r#""message":"the room (hidden) is at address-1""#), "{error}");
}

#[test]
fn members_and_lines_are_known_in_any_spelling() {
    for text in [
        r#"{"SDP":"v=0\r\nhidemehideme\r\n"}"#,
        r#"{"Candidate":"hidemehideme"}"#,
        r#"{"URLS":["turn:hideme.example"]}"#,
        r#"{"urls":["hideme.example"]}"#,
        r#"{"candidate":"candidate:1  1 udp  7   hideme 9 typ srflx RADDR  hideme rport 1 UFRAG  hideme"}"#,
        r#"{"candidate":"candidate: hideme 1 udp 7 hideme 9"}"#,
        r#"{"sdp":"a=fingerprint:sha-256  hideme\r\na=ssrc:1  cname:hideme\r\no=hideme 1 1 IN IP4 0.0.0.0"}"#,
    ] {
        assert!(!redacted(text).contains("hideme"), "{text}: {}", redacted(text));
    }
    // Spaces around a secret are not part of it.
    let text = redacted(
        r#"{"sdp":"a=ice-ufrag: uFr4 \r\na=fingerprint:sha-256  AA:BB \r\n",
        "candidate":"candidate:1 1 udp 7 x 9 ufrag uFr4","reason":"uFr4 AA:BB"}"#,
    );
    assert!(text.contains("ufrag ufrag-1") && text.contains("(hidden) (hidden)"), "{text}");
}

#[test]
fn beyond_the_limit_more_is_hidden() {
    let servers =
        (0..5000).map(|at| Json::object([("credential", Json::text(format!("credential{at:05}")))]));
    let message = Json::object([
        ("ice_servers", Json::List(servers.collect())),
        ("type", Json::text("signal")),
        ("reason", Json::text("it is credential04999, geheim für immer")),
        ("sdp", Json::text("m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:credential04998\r\n")),
    ]);
    let text = Redactor::new(Level::Everything).redact(&message).compact();
    for hidden in ["credential0", "geheim", "immer", "für"] {
        assert!(!text.contains(hidden), "{hidden}");
    }
    assert!(text.contains("m=video (hidden) UDP/TLS/RTP/SAVPF (hidden)"), "{}", &text[text.len() - 200..]);
    assert!(text.contains(r#""type":"signal""#));
}

#[test]
fn many_secrets_do_not_make_it_slow() {
    let line = |at: u32| {
        format!("a=ice-ufrag:f{at:07}\r\na=candidate:{at} 1 udp 1 10.0.{}.{} 9 typ host", at / 256, at % 256)
    };
    let sdp = (0..20_000).map(line).collect::<Vec<_>>().join("\r\n");
    let json = Json::object([("sdp", Json::text(sdp))]);
    let redacted = Redactor::new(Level::Everything).redact(&json).compact();
    assert!(!has_address(&redacted));
}

/// Secrets as browsers and servers make them.
fn secret() -> impl Strategy<Value = String> {
    "[A-Za-z0-9+/]{4,24}"
}

/// Secrets as people and liars make them: words of the protocol, what looks like a placeholder, anything.
fn any_secret() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec![
            "video",
            "type",
            "kind",
            "signal",
            "offer",
            "candidate",
            "joined",
            "room",
            "name",
            "mid",
            "v=0",
            "a=mid",
            "m=video 9",
            "UDP/TLS/RTP/SAVPF",
            "peers",
            "room-1",
            "name-7",
            "ufrag-2",
            "(hidden)",
            "-",
        ])
        .prop_map(str::to_owned),
        "[a-z]{1,3}",
        "[A-Za-z0-9+/]{4,24}",
        ".{0,12}",
    ]
}

fn address() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<std::net::Ipv4Addr>().prop_map(|address| address.to_string()),
        any::<std::net::Ipv6Addr>().prop_map(|address| address.to_string()),
        "[0-9a-f]{8}-[0-9a-f]{4}\\.local",
    ]
}

fn description() -> BoxedStrategy<String> {
    vec(line(), 0..6).prop_map(|lines| lines.join("\r\n")).boxed()
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        address().prop_map(|address| format!("c=IN IP4 {address}")),
        address().prop_map(|address| format!("o=- 1 2 IN IP6 {address}")),
        address().prop_map(|address| format!(
            "a=candidate:1 1 udp 1 {address} 9 typ srflx raddr {address} rport 1"
        )),
        address().prop_map(|address| format!("a=x-something:{address}")),
        address(),
        ".{0,20}",
        select(vec!["v=0", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=mid:0", "a=rtcp-mux", "a=sendrecv"])
            .prop_map(str::to_owned),
    ]
}

fn json(texts: BoxedStrategy<String>) -> impl Strategy<Value = Json> {
    let name = || {
        prop_oneof![
            select(vec!["type", "signal", "sdp", "peers", "urls", "tracks", "odd"]).prop_map(str::to_owned),
            ".{0,12}"
        ]
    };
    let leaf = prop_oneof![
        texts.prop_map(Json::Text),
        any::<bool>().prop_map(Json::Bool),
        any::<u64>().prop_map(Json::from)
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Json::List),
            vec((name(), inner), 0..4).prop_map(Json::Object),
        ]
    })
}

proptest! {
    #[test]
    fn no_address_survives_wherever_it_stands(
        text in json(prop_oneof![description(), address()].boxed()),
        name in address(),
    ) {
        // What is in a member that nobody knows is taken out whole.
        let json = Json::Object(vec![("signal".to_owned(), text), (name, Json::Null)]);
        let redacted = Redactor::new(Level::Everything).redact(&json).compact();
        prop_assert!(!has_address(&redacted), "{redacted}");
    }

    #[test]
    fn no_secret_survives_wherever_it_stands(
        [ufrag, pwd, token, credential] in [secret(), secret(), secret(), secret()],
        noise in json(".{0,20}".boxed()),
        end in select(vec!["\r\n", "\n", "\r"]),
        before in ".{0,5}",
    ) {
        let secrets = [&ufrag, &pwd, &token, &credential];
        // What a word of this program contains by chance says nothing.
        prop_assume!(!noise.compact().contains(ufrag.as_str()));
        let sdp = ["v=0", &format!("a=ice-ufrag:{ufrag}"), &format!("a=ice-pwd:{pwd}"), "a=mid:0"].join(end);
        let candidate = format!("candidate:1 1 udp 1 10.0.0.1 9 typ host ufrag {ufrag}");
        let elsewhere = format!("{before}{pwd}{token}{credential}{ufrag}");
        let servers = Json::object([("credential", Json::text(credential.clone()))]);
        let json = Json::Object(vec![
            ("reason".to_owned(), Json::text(elsewhere)),
            ("noise".to_owned(), noise),
            ("signal".to_owned(), Json::object([
                ("kind", Json::text("offer")),
                ("sdp", Json::text(sdp)),
                ("candidate", Json::text(candidate)),
                ("username_fragment", Json::text(ufrag.clone())),
            ])),
            ("resume_token".to_owned(), Json::text(token.clone())),
            ("ice_servers".to_owned(), Json::List(vec![servers])),
        ]);
        let text = json.compact();
        let bytes = text.len();
        let message = Message::read(Direction::Received, text, bytes);
        let entry = Entry { number: 1, at_us: 1, event: Event::Message(message) };
        let capsule = Capsule::write(PageTimes::default(), &Log::of(vec![entry], 0), false);
        let written = Capsule::read(&capsule).unwrap();
        let written = written.entries[0].message().unwrap().text.to_string();
        for secret in secrets {
            // Words of the program that a secret may be a part of.
            let is_word = capsule_words().iter().any(|word| word.contains(secret.as_str()));
            prop_assert!(is_word || !written.contains(secret.as_str()), "{secret} in {written}");
        }
    }

    #[test]
    fn a_capsule_keeps_its_shape_whatever_the_secrets_are(
        [room, name, token] in [any_secret(), any_secret(), any_secret()],
        [ufrag, pwd] in [any_secret(), any_secret()],
    ) {
        let text = |text: &str| Json::text(text);
        let one_line = |text: &str| text.replace(['\r', '\n'], " ").trim().to_owned();
        let (ufrag, pwd) = (one_line(&ufrag), one_line(&pwd));
        let description = |ufrag: &str, pwd: &str| {
            let media = "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:video";
            format!("{media}\r\na=ice-ufrag:{ufrag}\r\na=ice-pwd:{pwd}\r\n")
        };
        let offer = Json::object([("kind", text("offer")), ("sdp", text(&description(&ufrag, &pwd)))]);
        let candidate = Json::object([("kind", text("candidate")), ("username_fragment", text(&ufrag))]);
        let messages = [
            Json::object([
                ("type", text("joined")),
                ("room", text(&room)),
                ("peers", Json::List(vec![Json::object([("id", text(BEN)), ("name", text(&name))])])),
                ("resume_token", text(&token)),
            ]),
            Json::object([
                ("type", text("signal")),
                ("from", text(BEN)),
                ("signal", offer),
            ]),
            Json::object([
                ("type", text("signal")),
                ("from", text(BEN)),
                ("signal", candidate),
            ]),
            Json::object([("type", text("error")), ("code", text("bad_room")), ("message", text(&room))]),
        ];
        let read = Capsule::read(&capsule(messages)).unwrap();
        let read: Vec<_> = read.entries.iter().map(|entry| entry.message().unwrap()).collect();
        let kinds: Vec<_> = read.iter().map(|message| message.kind.as_str()).collect();
        prop_assert_eq!(kinds, ["joined", "offer", "candidate", "error"]);
        let json: Vec<_> = read.iter().map(|message| message.json().unwrap()).collect();
        let placeholder = |value: &str, of: &str| match value {
            "" => String::new(),
            _ => format!("{of}-1"),
        };
        prop_assert_eq!(json[0].text_of("room").unwrap(), placeholder(&room, "room"));
        let peer = &json[0].get("peers").unwrap().items().unwrap()[0];
        prop_assert_eq!(peer.text_of("id").unwrap(), BEN);
        prop_assert_eq!(peer.text_of("name").unwrap(), placeholder(&name, "name"));
        prop_assert_eq!(json[0].text_of("resume_token").unwrap(), placeholder(&token, "credential"));
        // A dash says that there is none.
        let in_line = |value: &str, of: &str| match value {
            "-" => value.to_owned(),
            _ => placeholder(value, of),
        };
        let [offer, candidate] = [1, 2].map(|at: usize| json[at].get("signal").unwrap());
        let expected = description(&in_line(&ufrag, "ufrag"), &in_line(&pwd, "pwd"));
        prop_assert_eq!(offer.text_of("sdp").unwrap(), expected);
        prop_assert_eq!(candidate.text_of("username_fragment").unwrap(), placeholder(&ufrag, "ufrag"));
        let said = json[3].text_of("message").unwrap().replace("(hidden)", "");
        prop_assert!(room.is_empty() || !said.contains(&room), "{said}");
    }

    #[test]
    fn what_is_redacted_stays_the_same_when_redacted_again(text in json(description())) {
        let once = Redactor::new(Level::Everything).redact(&text);
        prop_assert_eq!(Redactor::new(Level::Everything).redact(&once), once);
    }
}

/// What the redacted message has by itself.
fn capsule_words() -> [&'static str; 26] {
    [
        "reason",
        "noise",
        "signal",
        "kind",
        "offer",
        "sdp",
        "candidate",
        "username_fragment",
        "resume_token",
        "ice_servers",
        "credential",
        "ice-ufrag",
        "ice-pwd",
        "mid",
        "host",
        "typ",
        "udp",
        "address",
        "foundation",
        "fragment",
        "hidden",
        "text",
        "ufrag",
        "pwd",
        "token",
        "credential-1",
    ]
}
