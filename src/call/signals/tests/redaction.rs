//! What must not get out, whatever the messages are.

use proptest::{collection::vec, prelude::*, sample::select};

use super::{BEN, story};
use crate::call::signals::{Capsule, Direction, Entry, Json, Level, Log, Message, PageTimes, Redactor, What};

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
    let joined = story().into_iter().find_map(|entry| match entry.what {
        What::Message(message) if message.kind == "joined" => message.json(),
        What::Message(_) | What::State(_) => None,
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
        let entry = Entry { number: 1, at_us: 1, what: What::Message(message) };
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
