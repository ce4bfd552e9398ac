//! Arbitrary input: nothing panics; unauthenticated clients get short responses and leave no state.

use proptest::{collection::vec, prelude::*};

use super::stage::{Stage, peer, signed, udp};
use crate::turn::{
    Command, HEADROOM,
    message::{Class, Method, Writer, attribute},
};

const ADA: &str = "198.51.100.7:4000";
const METHODS: [Method; 7] = [
    Method::Binding,
    Method::Allocate,
    Method::Refresh,
    Method::Send,
    Method::Data,
    Method::CreatePermission,
    Method::ChannelBind,
];
const CLASSES: [Class; 4] = [Class::Request, Class::Indication, Class::Success, Class::Error];

/// Random bytes, messages with random attributes, and damaged messages.
fn any_packet() -> impl Strategy<Value = Vec<u8>> {
    let kind = prop_oneof![
        prop::sample::select(vec![
            attribute::USERNAME,
            attribute::MESSAGE_INTEGRITY,
            attribute::CHANNEL_NUMBER,
            attribute::LIFETIME,
            attribute::XOR_PEER_ADDRESS,
            attribute::DATA,
            attribute::REALM,
            attribute::NONCE,
            attribute::REQUESTED_ADDRESS_FAMILY,
            attribute::REQUESTED_TRANSPORT,
            attribute::ADDITIONAL_ADDRESS_FAMILY,
            attribute::FINGERPRINT,
        ]),
        any::<u16>(),
    ];
    let attributes = vec((kind, vec(any::<u8>(), 0..24)), 0..6);
    let message = (
        prop::sample::select(METHODS.to_vec()),
        prop::sample::select(CLASSES.to_vec()),
        attributes,
        any::<bool>(),
        prop::option::of((any::<prop::sample::Index>(), any::<u8>())),
    )
        .prop_map(|(method, class, attributes, fingerprint, damage)| {
            let writer = Writer::new(class, method, &[7; 12]);
            let writer = attributes.iter().fold(writer, |writer, (kind, value)| writer.put(*kind, value));
            let mut bytes = writer.finish(fingerprint);
            if let Some((at, byte)) = damage {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            bytes
        });
    prop_oneof![vec(any::<u8>(), 0..120), message]
}

fn any_request() -> impl Strategy<Value = (Method, Vec<(u16, Vec<u8>)>)> {
    (prop::sample::select(METHODS.to_vec()), vec((any::<u16>(), vec(any::<u8>(), 0..24)), 0..4))
}

proptest! {
    #[test]
    fn a_stranger_gets_no_long_answer_and_leaves_no_trace(packets in vec(any_packet(), 1..8)) {
        let mut stage = Stage::new();
        for packet in packets {
            match stage.send(udp(ADA), &packet) {
                Command::Discard => {}
                // 36 bytes of realm, nonce and error, or 8 of an address.
                Command::Reply(reply) => prop_assert!(reply.len() <= packet.len() + 36, "{}", reply.len()),
                other @ (Command::Close
                | Command::SendToPeer { .. }
                | Command::SendToClient { .. }
                | Command::CreateAllocation(_)) => prop_assert!(false, "{other:?}"),
            }
            prop_assert!(stage.is_empty());
        }
    }

    #[test]
    fn somebody_with_a_login_can_ask_for_anything(
        asked in vec(any_request(), 1..8),
        packets in vec(any_packet(), 0..8),
    ) {
        let mut stage = Stage::new();
        let login = stage.login("ada");
        stage.allocate(udp(ADA), &login);
        for (method, attributes) in asked {
            let request = stage.request(method);
            let request = attributes.iter().fold(request, |request, (kind, value)| request.put(*kind, value));
            let nonce = stage.secret.nonce(stage.now.unix, udp(ADA).remote.ip());
            let _ = stage.send(udp(ADA), &signed(&login, &nonce, request));
        }
        for packet in packets {
            let _ = stage.send(udp(ADA), &packet);
        }
        stage.server.handle_client_closed(udp(ADA));
        prop_assert!(stage.is_empty());
    }

    #[test]
    fn what_any_peer_sends_is_wrapped_or_dropped(length in 0usize..70_000, port in any::<u16>()) {
        let mut stage = Stage::new();
        let login = stage.login("ada");
        stage.allocate(udp(ADA), &login);
        stage.permit(udp(ADA), &login, &["8.8.8.8:1"]);
        let mut buffer = vec![7; HEADROOM + length + 3];
        let peer = peer(&format!("8.8.8.8:{port}"));
        let range = stage.server.handle_peer_traffic(stage.now.steady, udp(ADA), peer, &mut buffer, length);
        // No datagram is longer.
        prop_assert!(range.is_some() || length > 65_000);
        if let Some(range) = range {
            prop_assert!(range.start <= HEADROOM && range.end >= HEADROOM + length);
            prop_assert!(buffer[HEADROOM..HEADROOM + length].iter().all(|byte| *byte == 7));
        }
    }
}
