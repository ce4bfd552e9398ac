//! The seeds of the corpus: a file for each request of a client, and for each past bug.

use std::path::PathBuf;

use crate::{
    script::{attribute, fault, step},
    stun,
};

/// The fuzz targets.
pub const PROGRAMS: [&str; 4] = ["server", "message", "signaling", "hub"];

/// Returns the corpus of a fuzz target.
pub fn directory(program: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(program)
}

/// Returns fuzz target, name and content of each seed.
pub fn all() -> Vec<(&'static str, String, Vec<u8>)> {
    let scripts = scripts().into_iter().map(|(name, bytes)| ("server", name.to_owned(), bytes));
    let messages = messages().into_iter().map(|(name, bytes)| ("message", name.to_owned(), bytes));
    let frames = frames().into_iter().map(|(name, bytes)| ("signaling", name, bytes));
    let visits = visits().into_iter().map(|(name, bytes)| ("hub", name, bytes));
    let all = scripts.chain(messages).chain(frames).chain(visits);
    all.map(|(program, name, bytes)| (program, format!("seed-{name}"), bytes)).collect()
}

/// The examples of the protocol, which are those of its documentation.
fn frames() -> Vec<(String, Vec<u8>)> {
    let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    let mut frames = Vec::new();
    for side in ["client", "client/lenient", "server", "server/lenient"] {
        let entries = std::fs::read_dir(fixtures.join(side)).expect("the fixtures");
        for path in entries.map(|entry| entry.expect("a fixture").path()) {
            if let Some(name) = path.file_stem().filter(|_| path.is_file()) {
                let name = format!("{}-{}", side.replace('/', "-"), name.to_string_lossy());
                frames.push((name, std::fs::read(&path).expect("a fixture")));
            }
        }
    }
    frames
}

fn visits() -> Vec<(String, Vec<u8>)> {
    // Two join, one is lost and comes back by token, the server restarts, both come back, one leaves.
    let call = [3, 0, 0, 0, 0, 3, 3, 1, 0, 0, 0, 3, 6, 0, 1, 7, 0, 1, 1, 0, 0, 3, 2, 0, 0, 0, 3, 10, 0, 4];
    let again = [11, 0, 0, 1, 3, 0, 0, 0, 0, 3, 3, 1, 0, 0, 1, 3, 5, 0, 10, 0, 5];
    // Two join, lock, raise a hand and react; a third is refused. After a restart the third is faster, and
    // out again when the two are back, then in when the room is unlocked.
    let together: [&[u8]; 13] = [
        &[3, 0, 0, 0, 0, 3],
        &[3, 1, 0, 0, 1, 3],
        &[8, 0, 0, 5],
        &[8, 1, 0, 6],
        &[8, 0, 0, 7],
        &[3, 2, 0, 0, 4, 3],
        &[11, 0, 0, 0],
        &[3, 2, 0, 0, 4, 3],
        &[3, 0, 0, 0, 2, 3],
        &[3, 1, 0, 1, 3, 3],
        &[8, 0, 1, 5],
        &[3, 2, 0, 0, 7, 3],
        &[5, 0],
    ];
    vec![
        ("call".to_owned(), call.to_vec()),
        ("restart".to_owned(), [call.as_slice(), &again].concat()),
        ("together".to_owned(), together.concat()),
    ]
}

/// RFC 5769, section 2.1, with FINGERPRINT; short-term password.
const RFC_5769_REQUEST: &[u8] =
    b"\x00\x01\x00\x58\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae\
\x80\x22\x00\x10STUN test client\x00\x24\x00\x04\x6e\x00\x01\xff\
\x80\x29\x00\x08\x93\x2f\xf9\xb1\x51\x26\x3b\x36\
\x00\x06\x00\x09\x65\x76\x74\x6a\x3a\x68\x36\x76\x59\x20\x20\x20\
\x00\x08\x00\x14\x9a\xea\xa7\x0c\xbf\xd8\xcb\x56\x78\x1e\xf2\xb5\xb2\xd3\xf2\x49\xc1\xb5\x71\xa2\
\x80\x28\x00\x04\xe5\x7a\x3b\xcf";
/// RFC 5769, section 2.2: an answer with XOR-MAPPED-ADDRESS 192.0.2.1:32853.
const RFC_5769_IPV4: &[u8] =
    b"\x01\x01\x00\x3c\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae\
\x80\x22\x00\x0btest vector\x20\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43\
\x00\x08\x00\x14\x2b\x91\xf5\x99\xfd\x9e\x90\xc3\x8c\x74\x89\xf9\x2a\xf9\xba\x53\xf0\x6b\xe7\xd7\
\x80\x28\x00\x04\xc0\x7d\x4c\x96";
/// RFC 5769, section 2.3: and with an address of IPv6.
const RFC_5769_IPV6: &[u8] =
    b"\x01\x01\x00\x48\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae\
\x80\x22\x00\x0btest vector\x20\
\x00\x20\x00\x14\x00\x02\xa1\x47\x01\x13\xa9\xfa\xa5\xd3\xf1\x79\xbc\x25\xf4\xb5\xbe\
\xd2\xb9\xd9\x00\x08\x00\x14\xa3\x82\x95\x4e\x4b\xe6\x7b\xf1\x17\x84\xc9\x7c\x82\x92\xc2\x75\xbf\xe3\xed\x41\
\x80\x28\x00\x04\xc8\xfb\x0b\x4c";
/// RFC 5769, section 2.4: long-term password.
const RFC_5769_LONG_TERM: &[u8] =
    b"\x00\x01\x00\x60\x21\x12\xa4\x42\x78\xad\x34\x33\xc6\xad\x72\xc0\x29\xda\x41\x2e\
\x00\x06\x00\x12\xe3\x83\x9e\xe3\x83\x88\xe3\x83\xaa\xe3\x83\x83\xe3\x82\xaf\xe3\x82\xb9\x00\x00\
\x00\x15\x00\x1cf//499k954d6OL34oL9FSTvy64sA\x00\x14\x00\x0bexample.org\x00\
\x00\x08\x00\x14\xf6\x70\x24\x65\x6d\xd6\x4a\x3e\x02\xb8\xe0\x71\x2e\x85\xc9\xa2\x8c\xa8\x96\x66";

fn messages() -> Vec<(&'static str, Vec<u8>)> {
    let id = [7; 12];
    let peer = stun::value_of("8.8.8.8:5000".parse().expect("an address"), &id);
    let peer_v6 = stun::value_of("[2606:4700::1]:5000".parse().expect("an address"), &id);
    let request = |method, attributes: &[(u16, Vec<u8>)]| stun::write(stun::REQUEST, method, &id, attributes);
    let signed = |mut bytes: Vec<u8>| {
        stun::sign(&mut bytes, b"VOkJxbRl1RmTxUk/WvJxBt");
        stun::fingerprint(&mut bytes);
        bytes
    };
    let udp = (stun::TRANSPORT, vec![17, 0, 0, 0]);
    let channel = (stun::CHANNEL_NUMBER, vec![0x40, 1, 0, 0]);
    let login = [
        (stun::USERNAME, b"1:ada".to_vec()),
        (stun::REALM, b"halloo".to_vec()),
        (stun::NONCE, vec![b'A'; 12]),
    ];
    let data = (stun::DATA, b"hello".to_vec());
    let indication =
        |method, attributes: &[(u16, Vec<u8>)]| stun::write(stun::INDICATION, method, &id, attributes);
    let channel_data = b"\x40\x01\x00\x05hello".to_vec();
    let stream = [&channel_data[..], &[0; 3], &request(stun::BINDING, &[]), &channel_data, &[0; 3]].concat();
    vec![
        ("rfc-5769-request", RFC_5769_REQUEST.to_vec()),
        ("rfc-5769-ipv4-response", RFC_5769_IPV4.to_vec()),
        ("rfc-5769-ipv6-response", RFC_5769_IPV6.to_vec()),
        ("rfc-5769-long-term", RFC_5769_LONG_TERM.to_vec()),
        ("binding", request(stun::BINDING, &[])),
        ("allocate", request(stun::ALLOCATE, std::slice::from_ref(&udp))),
        ("allocate-signed", signed(request(stun::ALLOCATE, &[&[udp][..], &login].concat()))),
        ("refresh", signed(request(stun::REFRESH, &[(stun::LIFETIME, vec![0, 0, 2, 88])]))),
        (
            "permission",
            signed(request(stun::CREATE_PERMISSION, &[(stun::PEER, peer.clone()), (stun::PEER, peer_v6)])),
        ),
        ("bind", signed(request(stun::CHANNEL_BIND, &[channel, (stun::PEER, peer.clone())]))),
        ("send", indication(stun::SEND, &[(stun::PEER, peer.clone()), data.clone()])),
        ("data", indication(stun::DATA_INDICATION, &[(stun::PEER, peer), data])),
        ("address-too-long", indication(stun::SEND, &[(stun::PEER, [&[0, 2][..], &[7; 22]].concat())])),
        ("error", stun::write(stun::ERROR, stun::ALLOCATE, &id, &[(stun::ERROR_CODE, vec![0, 0, 4, 1])])),
        (
            "unknown-attributes",
            request(stun::BINDING, &[(0x7777, vec![]), (0x0018, vec![0]), (0x8022, b"x".to_vec())]),
        ),
        ("channel-data", channel_data),
        ("stream", stream.clone()),
        ("stream-cut-off", stream[..stream.len() - 9].to_vec()),
        ("too-long", b"\x40\x00\xff\xff".to_vec()),
        ("http", b"GET / HTTP/1.1\r\n\r\n".to_vec()),
    ]
}

// Clients, by their number in a script.
const ADA: u8 = 0;
const EVE: u8 = 1;
const BY_IPV6: u8 = 2;
const BY_STREAM: u8 = 3;
const BY_STREAM_IPV6: u8 = 4;
const TORN: [u8; 4] = [0, 1 << 3, 2 << 3, 3 << 3];
const NO_SOCKETS_YET: u8 = 0x20;
const NO_V4: u8 = 0x40;
const NO_V6: u8 = 0x80;

// Logins: who, until when, and with a fingerprint.
const OF_ADA: u8 = 0;
const OF_BOB: u8 = 1;
const OF_EVE: u8 = 2;
const LONGER: u8 = 1 << 2;
const RUN_OUT: u8 = 2 << 2;
const WITH_FINGERPRINT: u8 = 0x80;

// Requests, by their place among the methods of a script.
const ALLOCATE: u8 = 0;
const REFRESH: u8 = 1;
const PERMIT: u8 = 2;
const BIND: u8 = 3;
const BINDING: u8 = 4;
const AS_INDICATION: u8 = 1 << 3;
const AS_ANSWER: u8 = 2 << 3;
const SAME_ID: u8 = 0x20;

// Peers: what they are, and which of them.
const PEER: [u8; 2] = [0, 0];
const PEER_V6: [u8; 2] = [2, 0];
const PRIVATE: [u8; 2] = [6, 1];
const LOOPBACK: [u8; 2] = [7, 1];
const OWN_DOOR: [u8; 2] = [4, 53];
const IN_DISGUISE: [u8; 2] = [9, 53];
fn relay_of(client: u8) -> [u8; 2] {
    [3, client]
}

/// The usual server, and the smallest.
const USUAL: u8 = 0x3C;
const SMALLEST: u8 = 0;

const UDP: &[u8] = &[attribute::TRANSPORT];
const BOTH_FAMILIES: &[u8] = &[attribute::TRANSPORT, attribute::ADDITIONAL_FAMILY, 2];

fn ask(client: u8, login: u8, method: u8, count: u8, attributes: &[u8]) -> Vec<u8> {
    [&[step::ASK, client, login, method, count], attributes].concat()
}

fn allocate(client: u8, login: u8) -> Vec<u8> {
    ask(client, login, ALLOCATE, 1, UDP)
}

fn permit(client: u8, login: u8, peers: &[[u8; 2]]) -> Vec<u8> {
    let peers: Vec<u8> = peers.iter().flat_map(|[kind, which]| [attribute::PEER, *kind, *which]).collect();
    ask(client, login, PERMIT, (peers.len() / 3) as u8, &peers)
}

fn bind(client: u8, login: u8, number: u8, peer: [u8; 2]) -> Vec<u8> {
    ask(client, login, BIND, 2, &[attribute::CHANNEL, number, attribute::PEER, peer[0], peer[1]])
}

fn refresh(client: u8, login: u8, seconds: u16) -> Vec<u8> {
    let [high, low] = seconds.to_be_bytes();
    ask(client, login, REFRESH, 1, &[attribute::LIFETIME, high, low])
}

fn send(client: u8, peer: [u8; 2], length: u8) -> Vec<u8> {
    vec![step::SEND, client, peer[0], peer[1], length]
}

fn channel_data(client: u8, number: u8, length: u8) -> Vec<u8> {
    vec![step::CHANNEL_DATA, client, number, length, 0]
}

fn peer_sends(client: u8, peer: [u8; 2], length: u8) -> Vec<u8> {
    vec![step::PEER_SENDS, client, peer[0], peer[1], length]
}

/// Up to 255, with `unit` 0 s, 1 10 s, 2 60 s, 3 100 s.
fn passes(unit: u8, count: u8) -> Vec<u8> {
    vec![step::TIME, unit, count]
}

fn raw(client: u8, bytes: &[u8]) -> Vec<u8> {
    [&[step::RAW, client, bytes.len() as u8], bytes].concat()
}

fn stream(client: u8, bytes: &[u8]) -> Vec<u8> {
    [&[step::STREAM, client, bytes.len() as u8], bytes].concat()
}

fn scripts() -> Vec<(&'static str, Vec<u8>)> {
    let script = |setup: u8, steps: &[Vec<u8>]| [&[setup][..], &steps.concat()].concat();
    let usual = |steps: &[Vec<u8>]| script(USUAL, steps);
    let with_fault = |fault: u8| OF_ADA | fault << 4;
    let channels = |numbers: std::ops::Range<u8>| -> Vec<u8> {
        numbers.flat_map(|number| bind(ADA, OF_ADA, number, [1, number])).collect()
    };
    vec![
        ("nothing", Vec::new()),
        ("strangers", {
            let rfc = [RFC_5769_REQUEST, RFC_5769_IPV4, RFC_5769_LONG_TERM];
            usual(&rfc.map(|bytes| raw(ADA, bytes)))
        }),
        ("binding", usual(&[ask(ADA, 0, BINDING, 0, &[]), ask(BY_IPV6, WITH_FINGERPRINT, BINDING, 0, &[])])),
        ("binding-plain", usual(&[raw(BY_IPV6, &stun::write(0, stun::BINDING, &[1; 12], &[]))])),
        ("allocate-unsigned", usual(&[raw(ADA, &stun::write(0, stun::ALLOCATE, &[1; 12], &[]))])),
        ("unknown-attributes", {
            let unknown = [attribute::RAW, 0x77, 0x77, 0, attribute::RAW, 0, 0x18, 1, 0];
            usual(&[ask(ADA, 0, BINDING, 2, &unknown), ask(ADA, 0, ALLOCATE, 2, &unknown)])
        }),
        ("many-unknown-attributes", {
            let unknown: Vec<_> = (0..40).map(|kind| (0x7700 + kind, Vec::new())).collect();
            usual(&[raw(ADA, &stun::write(stun::REQUEST, stun::BINDING, &[1; 12], &unknown))])
        }),
        ("bad-logins", {
            let logins =
                [fault::PASSWORD, fault::REALM, fault::UNSIGNED, fault::NO_NONCE, fault::NONCE_OF_ANOTHER];
            let mut steps: Vec<_> = logins.map(|fault| allocate(ADA, with_fault(fault))).into();
            steps.push(allocate(ADA, OF_ADA | RUN_OUT));
            steps.push([allocate(ADA, with_fault(fault::OLD_NONCE)), vec![61]].concat());
            steps.push([allocate(ADA, with_fault(fault::OLD_NONCE)), vec![59]].concat());
            usual(&steps)
        }),
        ("damaged", usual(&[[allocate(ADA, with_fault(fault::DAMAGED)), vec![30, 1]].concat()])),
        ("allocate", usual(&[allocate(ADA, OF_ADA)])),
        ("allocate-both", usual(&[ask(BY_IPV6, OF_ADA | WITH_FINGERPRINT, ALLOCATE, 2, BOTH_FAMILIES)])),
        (
            "allocate-v6",
            usual(&[ask(ADA, OF_ADA, ALLOCATE, 2, &[attribute::TRANSPORT, attribute::FAMILY, 2])]),
        ),
        ("allocate-without-v6", script(USUAL | 2, &[ask(ADA, OF_ADA, ALLOCATE, 2, BOTH_FAMILIES)])),
        (
            "sockets-that-fail",
            usual(&[
                ask(ADA | NO_V4, OF_ADA, ALLOCATE, 2, BOTH_FAMILIES),
                ask(ADA | NO_V6, OF_ADA, ALLOCATE, 2, BOTH_FAMILIES),
            ]),
        ),
        (
            "sockets-that-wait",
            usual(&[
                allocate(ADA | NO_SOCKETS_YET, OF_ADA),
                ask(ADA | NO_SOCKETS_YET, OF_ADA, ALLOCATE | SAME_ID, 1, UDP),
                vec![step::OPEN, ADA],
                ask(ADA, OF_ADA, ALLOCATE | SAME_ID, 1, UDP),
                allocate(ADA, OF_ADA),
            ]),
        ),
        (
            "gone-while-sockets-wait",
            script(
                SMALLEST,
                &[
                    allocate(BY_STREAM | NO_SOCKETS_YET, OF_ADA),
                    vec![step::GONE, BY_STREAM],
                    vec![step::OPEN, BY_STREAM],
                    allocate(ADA, OF_ADA),
                ],
            ),
        ),
        ("other-transport", usual(&[ask(ADA, OF_ADA, ALLOCATE, 1, &[attribute::OTHER_TRANSPORT, 6])])),
        (
            "refresh",
            usual(&[
                allocate(ADA, OF_ADA),
                refresh(ADA, OF_ADA, 3_600),
                passes(1, 60),
                refresh(ADA, OF_ADA, 0),
                refresh(ADA, OF_ADA, 600),
            ]),
        ),
        ("times-out", usual(&[allocate(ADA, OF_ADA), passes(2, 10), refresh(ADA, OF_ADA | LONGER, 600)])),
        ("times-out-unseen", usual(&[allocate(ADA, OF_ADA), passes(2 | 4, 10), refresh(ADA, OF_ADA, 600)])),
        (
            "a-login-runs-out-during-a-call",
            usual(&[
                allocate(ADA, OF_ADA),
                passes(1, 59),
                refresh(ADA, OF_ADA, 600),
                passes(1, 30),
                refresh(ADA, OF_ADA, 600),
                allocate(EVE, OF_ADA),
            ]),
        ),
        (
            "another-user",
            usual(&[
                allocate(ADA, OF_ADA),
                refresh(ADA, OF_EVE, 0),
                permit(ADA, OF_EVE, &[PEER]),
                bind(ADA, OF_EVE, 0, PEER),
            ]),
        ),
        (
            "permission",
            usual(&[
                allocate(ADA, OF_ADA),
                send(ADA, PEER, 5),
                permit(ADA, OF_ADA, &[PEER]),
                send(ADA, PEER, 5),
                send(EVE, PEER, 5),
                peer_sends(ADA, PEER, 5),
                peer_sends(ADA, [1, 1], 5),
                passes(1, 30),
                send(ADA, PEER, 5),
            ]),
        ),
        (
            "forbidden-peers",
            usual(&[
                ask(ADA, OF_ADA, ALLOCATE, 2, BOTH_FAMILIES),
                permit(ADA, OF_ADA, &[PEER, PRIVATE]),
                permit(ADA, OF_ADA, &[LOOPBACK]),
                permit(ADA, OF_ADA, &[IN_DISGUISE]),
                send(ADA, IN_DISGUISE, 1),
                bind(ADA, OF_ADA, 1, LOOPBACK),
                permit(ADA, OF_ADA, &[OWN_DOOR]),
                send(ADA, OWN_DOOR, 1),
            ]),
        ),
        (
            "private-peers",
            script(
                USUAL | 1,
                &[
                    allocate(ADA, OF_ADA),
                    permit(ADA, OF_ADA, &[PRIVATE]),
                    send(ADA, PRIVATE, 1),
                    permit(ADA, OF_ADA, &[LOOPBACK]),
                    permit(ADA, OF_ADA, &[PEER_V6]),
                ],
            ),
        ),
        (
            "channel",
            usual(&[
                allocate(ADA, OF_ADA),
                bind(ADA, OF_ADA, 0, PEER),
                channel_data(ADA, 0, 5),
                vec![step::CHANNEL_DATA, ADA, 0, 9, 5],
                peer_sends(ADA, PEER, 5),
                bind(ADA, OF_ADA, 0, [0, 1]),
                bind(ADA, OF_ADA, 1, PEER),
                ask(ADA, OF_ADA, BIND, 2, &[attribute::ANY_CHANNEL, 0x50, 0, attribute::PEER, 0, 0]),
                passes(1, 31),
                channel_data(ADA, 0, 5),
                permit(ADA, OF_ADA, &[PEER]),
                channel_data(ADA, 0, 5),
            ]),
        ),
        (
            "channel-runs-out",
            usual(&[
                allocate(ADA, OF_ADA),
                bind(ADA, OF_ADA, 0, PEER),
                refresh(ADA, OF_ADA, 3_600),
                passes(2, 10),
                permit(ADA, OF_ADA, &[PEER]),
                channel_data(ADA, 0, 5),
                peer_sends(ADA, PEER, 5),
                bind(ADA, OF_ADA, 1, PEER),
            ]),
        ),
        (
            "ipv6-peer",
            usual(&[
                ask(ADA, OF_ADA, ALLOCATE, 2, BOTH_FAMILIES),
                permit(ADA, OF_ADA, &[PEER_V6, PEER]),
                send(ADA, PEER_V6, 5),
                peer_sends(ADA, PEER_V6, 7),
                bind(ADA, OF_ADA, 0, PEER_V6),
                peer_sends(ADA, PEER_V6, 7),
            ]),
        ),
        (
            "long-packets",
            usual(&[
                allocate(ADA, OF_ADA),
                permit(ADA, OF_ADA, &[PEER]),
                peer_sends(ADA, PEER, 255),
                peer_sends(ADA, PEER, 251),
                bind(ADA, OF_ADA, 0, PEER),
                peer_sends(ADA, PEER, 255),
            ]),
        ),
        (
            "client-to-client",
            usual(&[
                allocate(ADA, OF_ADA),
                allocate(BY_STREAM, OF_BOB),
                bind(ADA, OF_ADA, 0, relay_of(BY_STREAM)),
                channel_data(ADA, 0, 5),
                permit(BY_STREAM, OF_BOB, &[relay_of(ADA)]),
                channel_data(ADA, 0, 5),
                bind(BY_STREAM, OF_BOB, 7, relay_of(ADA)),
                channel_data(ADA, 0, 5),
                vec![step::GONE, BY_STREAM],
                channel_data(ADA, 0, 5),
            ]),
        ),
        (
            "client-to-itself",
            usual(&[allocate(ADA, OF_ADA), bind(ADA, OF_ADA, 0, relay_of(ADA)), channel_data(ADA, 0, 5)]),
        ),
        (
            "quota-of-a-user",
            script(
                SMALLEST | 0x30,
                &[
                    allocate(ADA, OF_ADA),
                    allocate(EVE, OF_ADA | LONGER),
                    refresh(ADA, OF_ADA, 0),
                    allocate(EVE, OF_ADA | LONGER),
                ],
            ),
        ),
        (
            "quota-of-all",
            script(
                SMALLEST,
                &[
                    allocate(ADA, OF_ADA),
                    allocate(EVE, OF_BOB),
                    allocate(BY_IPV6, OF_EVE),
                    passes(2, 10),
                    allocate(BY_IPV6, OF_EVE | LONGER),
                ],
            ),
        ),
        (
            "many-permissions",
            usual(&[
                allocate(ADA, OF_ADA),
                ask(ADA, OF_ADA, PERMIT, 1, &[attribute::MANY_PEERS, 0, 64]),
                permit(ADA, OF_ADA, &[PEER]),
                passes(1, 31),
                permit(ADA, OF_ADA, &[PEER]),
            ]),
        ),
        (
            "too-many-permissions-at-once",
            usual(&[
                allocate(ADA, OF_ADA),
                ask(ADA, OF_ADA, PERMIT, 1, &[attribute::MANY_PEERS, 0, 70]),
                send(ADA, [1, 3], 5),
            ]),
        ),
        (
            "a-channel-without-room-for-its-permission",
            usual(&[
                allocate(ADA, OF_ADA),
                ask(ADA, OF_ADA, PERMIT, 1, &[attribute::MANY_PEERS, 1, 64]),
                bind(ADA, OF_ADA, 0, PEER),
                passes(1, 31),
                permit(ADA, OF_ADA, &[PEER]),
                channel_data(ADA, 0, 5),
            ]),
        ),
        ("many-channels", usual(&[allocate(ADA, OF_ADA), channels(0..33)])),
        (
            "indications-and-answers",
            usual(&[
                ask(ADA, OF_ADA, ALLOCATE | AS_INDICATION, 1, UDP),
                ask(ADA, OF_ADA, ALLOCATE | AS_ANSWER, 1, UDP),
                ask(ADA, OF_ADA, BINDING | AS_INDICATION, 0, &[]),
            ]),
        ),
        (
            "the-same-id-by-somebody-else",
            usual(&[allocate(ADA, OF_ADA), ask(ADA, OF_EVE, ALLOCATE | SAME_ID, 1, UDP)]),
        ),
        (
            "replayed",
            usual(&[
                allocate(ADA | NO_SOCKETS_YET, OF_ADA),
                vec![step::OPEN, ADA],
                vec![step::REPLAY, ADA],
                vec![step::REPLAY, EVE],
                vec![step::REPLAY, BY_IPV6],
            ]),
        ),
        (
            "a-young-clock",
            script(
                USUAL | 0x40,
                &[
                    allocate(ADA, OF_ADA),
                    vec![step::CLOCK, 0xFF, 0xFE],
                    refresh(ADA, OF_ADA, 600),
                    vec![step::CLOCK, 0x10, 0],
                    refresh(ADA, OF_ADA, 600),
                    allocate(EVE, OF_ADA),
                ],
            ),
        ),
        (
            "torn-streams",
            usual(&[
                allocate(BY_STREAM | TORN[1], OF_ADA),
                bind(BY_STREAM | TORN[2], OF_ADA, 0, PEER),
                channel_data(BY_STREAM | TORN[3], 0, 5),
                peer_sends(BY_STREAM, PEER, 5),
            ]),
        ),
        (
            "a-stream-of-garbage",
            usual(&[
                allocate(BY_STREAM_IPV6, OF_ADA),
                stream(BY_STREAM_IPV6, b"GET / HTTP/1.1\r\n\r\n"),
                stream(BY_STREAM_IPV6, b"\x00\x01\x00\x00\x21\x12\xa4\x42"),
                stream(BY_STREAM_IPV6, b"\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x40\x01"),
            ]),
        ),
    ]
}
