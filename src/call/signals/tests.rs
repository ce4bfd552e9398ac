//! A whole set-up as the page records it, and what must not get out of it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod capsules;
mod redaction;
mod stories;

use super::{Entry, Recorded};

pub(super) const ME: &str = "00000000000000aa";
pub(super) const BEN: &str = "00000000000000bb";

/// The states of a connection, as the recorder lists them.
pub(super) fn states(signaling: &str, gathering: &str, ice: &str, connection: &str) -> String {
    format!(
        ",,,signalingState,{signaling},iceGatheringState,{gathering},iceConnectionState,{ice},\
         connectionState,{connection}"
    )
}

pub(super) const OFFER: &str = "v=0\\r\\no=- 4611 2 IN IP4 192.0.2.33\\r\\ns=-\\r\\nt=0 0\\r\\n\
    a=group:BUNDLE 0\\r\\n\
    m=audio 9 UDP/TLS/RTP/SAVPF 111\\r\\nc=IN IP4 192.0.2.33\\r\\na=rtcp:9 IN IP4 0.0.0.0\\r\\n\
    a=ice-ufrag:uFr4\\r\\na=ice-pwd:verySecretIcePassword1\\r\\n\
    a=fingerprint:sha-256 AA:BB:CC:DD:EE:FF:00:11\\r\\na=setup:actpass\\r\\na=mid:0\\r\\n\
    a=rtpmap:111 opus/48000/2\\r\\na=ssrc:7 cname:c0mputer\\r\\n";

/// Of a STUN server.
const LOOKUP_FAILED: &str = "701,stun:stun.example,STUN host lookup, 192.0.2.9,signalingState,x";

/// A call from navigation to the first picture.
pub(super) fn story() -> Vec<Entry> {
    let offer = format!(
        r#"{{"type":"signal","from":"{BEN}","signal":{{"kind":"offer","epoch":0,"sdp":"{OFFER}"}}}}"#
    );
    let answer =
        format!(r#"{{"type":"signal","to":"{BEN}","signal":{{"kind":"answer","epoch":0,"sdp":"{OFFER}"}}}}"#);
    let candidate = |direction: &str, address: &str| {
        format!(
            r#"{{"type":"signal","{direction}":"{BEN}","signal":{{"kind":"candidate","epoch":0,"sdp_mid":"0",
            "candidate":"candidate:842 1 udp 2122 {address} 61000 typ host generation 0 ufrag uFr4",
            "username_fragment":"uFr4"}}}}"#
        )
    };
    let joined = format!(
        r#"{{"type":"joined","room":"k7f-9qz","you":"{ME}","peers":[{{"id":"{BEN}","name":"Ben Ignatius",
        "media":{{"microphone":true,"camera":true}}}}],
        "ice_servers":[{{"urls":["turn:turn.example:3478?transport=udp","stun:198.51.100.4:3478"],
        "username":"1900000000:abcdef","credential":"q2VyeSBzZWNyZXQ="}}],
        "resume_token":"t0k3n.of-the_seat","capacity":6}}"#
    );
    let join = r#"{"type":"join","room":"k7f-9qz","name":"Ada Lovelace",
        "visit":"0123456789abcdef0123456789abcdef"}"#;
    let ice_connected = states("stable", "complete", "connected", "connecting");
    let connected = states("stable", "complete", "connected", "connected");
    let list: &[(u64, &str, &str, Option<&str>)] = &[
        (90, "connecting", "", None),
        (120, "open", ",,,readyState,1", None),
        (121, "sent", r#"{"type":"hello","version":1}"#, None),
        (122, "sent", join, None),
        (130, "client started", "", None),
        (131, "devices asked", "", None),
        (150, "message", &joined, None),
        (160, "devices answered", "", None),
        (170, "message", &offer, None),
        (171, "signalingstatechange", &states("have-remote-offer", "new", "new", "new"), Some(BEN)),
        (175, "message", &candidate("from", "192.0.2.33"), None),
        (180, "sent", &answer, None),
        (181, "icegatheringstatechange", &states("stable", "gathering", "new", "new"), Some(BEN)),
        (182, "iceconnectionstatechange", &states("stable", "gathering", "checking", "new"), Some(BEN)),
        (183, "sent", &candidate("to", "9b1c-77.local"), None),
        (200, "iceconnectionstatechange", &ice_connected, Some(BEN)),
        (205, "statechange", ",,,state,connecting", Some(BEN)),
        (210, "icecandidateerror", LOOKUP_FAILED, Some(BEN)),
        (228, "statechange", ",,,state,connected", Some(BEN)),
        (230, "connectionstatechange", &connected, Some(BEN)),
        (300, "loadeddata", ",,,readyState,4", Some(BEN)),
        (310, "track", "", Some(BEN)),
    ];
    let recorded = list.iter().zip(1..).map(|(&(at_ms, kind, text, peer), number)| Recorded {
        number,
        at_us: at_ms * 1000,
        kind: kind.to_owned(),
        text: text.to_owned(),
        peer: peer.map(|id| id.parse().unwrap()),
    });
    recorded.filter_map(Entry::from_recorded).collect()
}
