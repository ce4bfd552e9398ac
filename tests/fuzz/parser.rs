//! The message format and the framing of streams on arbitrary bytes: nothing panics, and both implementations
//! agree.

use halloo::turn::{
    PeerSocket,
    message::{Class, Message, Method, Writer, attribute},
};

use crate::{frames::Stream, stun};

/// RFC 5769, section 2.1.
const PASSWORD: &[u8] = b"VOkJxbRl1RmTxUk/WvJxBt";

/// Reads the bytes as one message, and as a stream in pieces.
pub fn read(bytes: &[u8]) {
    match (Message::read(bytes), stun::read(bytes)) {
        (None, None) => {}
        (Some(read), Some(expected)) => compare(bytes, &read, &expected),
        (read, expected) => panic!("{read:?} in place of {expected:?}"),
    }
    let mut stream = Stream::default();
    let size = bytes.len() % 13 + 1;
    let _ = bytes.chunks(size).all(|piece| stream.push(piece).1);
}

fn compare(bytes: &[u8], read: &Message<'_>, expected: &stun::Message<'_>) {
    assert_eq!((class(read.class), method(read.method)), (expected.class, expected.method));
    assert_eq!(read.id, expected.id);
    assert_eq!(read.has_fingerprint, expected.has_fingerprint);
    assert_eq!(read.is_signed(), expected.integrity.is_some());
    for key in [PASSWORD, b""] {
        assert_eq!(read.is_signed_with(key), expected.is_signed_with(key));
    }
    let attributes: Vec<_> =
        expected.attributes.iter().map(|(kind, at)| (*kind, &bytes[at.clone()])).collect();
    assert_eq!(read.attributes().collect::<Vec<_>>(), attributes);
    let peers = read.peers().map(|peers| peers.into_iter().map(|PeerSocket(peer)| peer).collect());
    assert_eq!(peers, expected.peers());
    let data = expected.attributes.iter().find(|(kind, _)| *kind == stun::DATA);
    assert_eq!(read.range(attribute::DATA), data.map(|(_, at)| at.clone()));
    for (kind, _) in &attributes {
        assert_eq!(read.get(*kind), expected.get(*kind));
        assert_eq!(read.text(*kind), expected.text(*kind));
        let number =
            expected.get(*kind).and_then(|value| value.first_chunk()).map(|first| u32::from_be_bytes(*first));
        assert_eq!(read.number(*kind), number);
    }
    // Written again, it is read alike.
    let plain = attributes.iter().filter(|(kind, _)| *kind != stun::FINGERPRINT);
    let writer = Writer::new(read.class, read.method, &read.id);
    let again = plain.fold(writer, |writer, (kind, value)| writer.put(*kind, value));
    let again = if read.is_signed() { again.sign(PASSWORD) } else { again };
    let again = again.finish(read.has_fingerprint);
    let reread = Message::read(&again).expect("a message");
    let without = |(kind, _): &(u16, &[u8])| *kind != stun::FINGERPRINT;
    assert!(reread.attributes().filter(without).eq(attributes.iter().copied().filter(without)));
}

fn class(class: Class) -> u16 {
    match class {
        Class::Request => stun::REQUEST,
        Class::Indication => stun::INDICATION,
        Class::Success => stun::SUCCESS,
        Class::Error => stun::ERROR,
    }
}

fn method(method: Method) -> u16 {
    match method {
        Method::Binding => stun::BINDING,
        Method::Allocate => stun::ALLOCATE,
        Method::Refresh => stun::REFRESH,
        Method::Send => stun::SEND,
        Method::Data => stun::DATA_INDICATION,
        Method::CreatePermission => stun::CREATE_PERMISSION,
        Method::ChannelBind => stun::CHANNEL_BIND,
    }
}
