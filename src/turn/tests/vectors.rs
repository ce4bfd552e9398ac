//! The test vectors of RFC 5769.

use crate::turn::message::{Class, Message, Method, attribute, unxor_address};

/// RFC 5769, section 2.1, with FINGERPRINT; short-term password.
const REQUEST: &[u8] = b"\x00\x01\x00\x58\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae\
\x80\x22\x00\x10STUN test client\x00\x24\x00\x04\x6e\x00\x01\xff\
\x80\x29\x00\x08\x93\x2f\xf9\xb1\x51\x26\x3b\x36\
\x00\x06\x00\x09\x65\x76\x74\x6a\x3a\x68\x36\x76\x59\x20\x20\x20\
\x00\x08\x00\x14\x9a\xea\xa7\x0c\xbf\xd8\xcb\x56\x78\x1e\xf2\xb5\xb2\xd3\xf2\x49\xc1\xb5\x71\xa2\
\x80\x28\x00\x04\xe5\x7a\x3b\xcf";
/// RFC 5769, section 2.2: an answer with XOR-MAPPED-ADDRESS 192.0.2.1:32853.
const RESPONSE: &[u8] = b"\x01\x01\x00\x3c\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae\
\x80\x22\x00\x0btest vector\x20\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43\
\x00\x08\x00\x14\x2b\x91\xf5\x99\xfd\x9e\x90\xc3\x8c\x74\x89\xf9\x2a\xf9\xba\x53\xf0\x6b\xe7\xd7\
\x80\x28\x00\x04\xc0\x7d\x4c\x96";
const PASSWORD: &[u8] = b"VOkJxbRl1RmTxUk/WvJxBt";

#[test]
fn the_messages_of_rfc_5769_are_read_and_their_sums_are_right() {
    let request = Message::read(REQUEST).unwrap();
    assert_eq!((request.class, request.method), (Class::Request, Method::Binding));
    assert_eq!(request.text(attribute::USERNAME), Some("evtj:h6vY"));
    assert!(request.has_fingerprint && request.is_signed_with(PASSWORD));
    assert!(!request.is_signed_with(b"another"));
    let response = Message::read(RESPONSE).unwrap();
    assert!(response.has_fingerprint && response.is_signed_with(PASSWORD));
    let mapped = super::stage::addresses(RESPONSE, attribute::XOR_MAPPED_ADDRESS);
    assert_eq!(mapped, ["192.0.2.1:32853"]);
}

#[test]
fn a_damaged_message_is_none() {
    for at in 0..REQUEST.len() {
        let mut damaged = REQUEST.to_vec();
        damaged[at] ^= 0x01;
        assert!(Message::read(&damaged).is_none_or(|message| !message.has_fingerprint), "bit {at}");
    }
    for length in 0..REQUEST.len() {
        assert!(Message::read(&REQUEST[..length]).is_none());
    }
}

#[test]
fn an_address_that_is_too_long_or_too_short_is_none() {
    for (family, right) in [(1, 8), (2, 20)] {
        for length in 0..40 {
            let mut value = vec![0; length];
            if let Some(place) = value.get_mut(1) {
                *place = family;
            }
            assert_eq!(unxor_address(&value, &[0; 12]).is_some(), length == right, "{length} of {family}");
        }
    }
}
