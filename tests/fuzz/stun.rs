//! The oracle's implementation of STUN (RFC 8489). Simple, not fast.

use std::{
    net::{IpAddr, SocketAddr},
    ops::Range,
};

use hmac::{Hmac, Mac as _};
use sha1::Sha1;

pub const REQUEST: u16 = 0;
pub const INDICATION: u16 = 1;
pub const SUCCESS: u16 = 2;
pub const ERROR: u16 = 3;

pub const BINDING: u16 = 1;
pub const ALLOCATE: u16 = 3;
pub const REFRESH: u16 = 4;
pub const SEND: u16 = 6;
pub const DATA_INDICATION: u16 = 7;
pub const CREATE_PERMISSION: u16 = 8;
pub const CHANNEL_BIND: u16 = 9;
pub const METHODS: [u16; 7] =
    [ALLOCATE, REFRESH, CREATE_PERMISSION, CHANNEL_BIND, BINDING, SEND, DATA_INDICATION];

pub const USERNAME: u16 = 0x0006;
pub const INTEGRITY: u16 = 0x0008;
pub const ERROR_CODE: u16 = 0x0009;
pub const UNKNOWN_ATTRIBUTES: u16 = 0x000A;
pub const CHANNEL_NUMBER: u16 = 0x000C;
pub const LIFETIME: u16 = 0x000D;
pub const PEER: u16 = 0x0012;
pub const DATA: u16 = 0x0013;
pub const REALM: u16 = 0x0014;
pub const NONCE: u16 = 0x0015;
pub const RELAYED: u16 = 0x0016;
pub const FAMILY: u16 = 0x0017;
pub const TRANSPORT: u16 = 0x0019;
pub const MAPPED: u16 = 0x0020;
pub const ADDITIONAL_FAMILY: u16 = 0x8000;
pub const FINGERPRINT: u16 = 0x8028;

/// The first comprehension-optional attribute type.
const OPTIONAL: u16 = 0x8000;
const COOKIE: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];

pub type Id = [u8; 12];

/// A well-formed message.
#[derive(Debug, Clone)]
pub struct Message<'a> {
    pub bytes: &'a [u8],
    pub class: u16,
    pub method: u16,
    pub id: Id,
    /// Types and value ranges of the attributes before the first MESSAGE-INTEGRITY.
    pub attributes: Vec<(u16, Range<usize>)>,
    /// Offset of MESSAGE-INTEGRITY.
    pub integrity: Option<usize>,
    pub has_fingerprint: bool,
}

/// Reads a message. Returns `None` for malformed input or an unknown method.
pub fn read(bytes: &[u8]) -> Option<Message<'_>> {
    if bytes.len() < 20 || bytes[0] >= 0x40 || bytes[4..8] != COOKIE {
        return None;
    }
    if !bytes.len().is_multiple_of(4) || number(&bytes[2..4]) != bytes.len() - 20 {
        return None;
    }
    // M11 to M7, C1, M6 to M4, C0, M3 to M0.
    let bit = |at: u16| (number(&bytes[..2]) >> at & 1) as u16;
    let class = bit(8) << 1 | bit(4);
    let places = [0, 1, 2, 3, 5, 6, 7, 9, 10, 11, 12, 13];
    let method = places.iter().enumerate().map(|(to, from)| bit(*from) << to).sum();
    if !METHODS.contains(&method) {
        return None;
    }
    let mut id = Id::default();
    id.copy_from_slice(&bytes[8..20]);
    let (mut attributes, mut integrity, mut has_fingerprint) = (Vec::new(), None, false);
    let mut at = 20;
    while at < bytes.len() {
        let (kind, length) = (number(&bytes[at..at + 2]) as u16, number(&bytes[at + 2..at + 4]));
        let next = at + 4 + length.div_ceil(4) * 4;
        if next > bytes.len() {
            return None;
        }
        if kind == INTEGRITY && integrity.is_none() {
            if length != 20 {
                return None;
            }
            integrity = Some(at);
        }
        if kind == FINGERPRINT {
            if length != 4 || next != bytes.len() || bytes[at + 4..] != checksum(&bytes[..at]) {
                return None;
            }
            has_fingerprint = true;
        }
        if integrity.is_none() {
            attributes.push((kind, at + 4..at + 4 + length));
        }
        at = next;
    }
    Some(Message { bytes, class, method, id, attributes, integrity, has_fingerprint })
}

impl<'a> Message<'a> {
    pub fn all(&self, wanted: u16) -> impl Iterator<Item = &'a [u8]> {
        let bytes = self.bytes;
        let all = self.attributes.iter().filter(move |(kind, _)| *kind == wanted);
        all.map(move |(_, place)| &bytes[place.clone()])
    }

    pub fn get(&self, wanted: u16) -> Option<&'a [u8]> {
        self.all(wanted).next()
    }

    pub fn text(&self, wanted: u16) -> Option<&'a str> {
        std::str::from_utf8(self.get(wanted)?).ok()
    }

    /// Returns every XOR-PEER-ADDRESS; `None` if one is malformed.
    pub fn peers(&self) -> Option<Vec<SocketAddr>> {
        self.all(PEER).map(|value| address_of(value, &self.id)).collect()
    }

    /// Returns the comprehension-required attributes (RFC 8489, section 14) that are not among these.
    pub fn unknown(&self, understood: &[u16]) -> Vec<u16> {
        let kinds = self.attributes.iter().map(|(kind, _)| *kind);
        kinds.filter(|kind| *kind < OPTIONAL && !understood.contains(kind)).collect()
    }

    /// RFC 8489, section 14.5.
    pub fn is_signed_with(&self, key: &[u8]) -> bool {
        self.integrity.is_some_and(|at| sum(&self.bytes[..at], key) == self.bytes[at + 4..at + 24])
    }

    /// The number in ERROR-CODE.
    pub fn code(&self) -> Option<u16> {
        let [_, _, class, number] = self.get(ERROR_CODE)?.first_chunk::<4>()?;
        Some(u16::from(*class) * 100 + u16::from(*number))
    }
}

/// Writes a message without MESSAGE-INTEGRITY and FINGERPRINT.
pub fn write(class: u16, method: u16, id: &Id, attributes: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let places = [0, 1, 2, 3, 5, 6, 7, 9, 10, 11, 12, 13];
    let method: u16 = places.iter().enumerate().map(|(from, to)| (method >> from & 1) << to).sum();
    let kind = method | (class & 1) << 4 | (class & 2) << 7;
    let mut bytes = [&kind.to_be_bytes()[..], &[0, 0], &COOKIE, id].concat();
    for (kind, value) in attributes {
        put(&mut bytes, *kind, value);
    }
    bytes
}

/// Adds an attribute.
pub fn put(bytes: &mut Vec<u8>, kind: u16, value: &[u8]) {
    bytes.extend(kind.to_be_bytes());
    bytes.extend((value.len() as u16).to_be_bytes());
    bytes.extend(value);
    while !bytes.len().is_multiple_of(4) {
        bytes.push(0);
    }
    let length = (bytes.len() - 20) as u16;
    bytes[2..4].copy_from_slice(&length.to_be_bytes());
}

/// Adds MESSAGE-INTEGRITY.
pub fn sign(bytes: &mut Vec<u8>, key: &[u8]) {
    let sum = sum(bytes, key);
    put(bytes, INTEGRITY, &sum);
}

/// Adds FINGERPRINT.
pub fn fingerprint(bytes: &mut Vec<u8>) {
    put(bytes, FINGERPRINT, &[0; 4]);
    let at = bytes.len() - 8;
    let crc = checksum(&bytes[..at]);
    bytes[at + 4..].copy_from_slice(&crc);
}

/// The HMAC over everything before the attribute, with the length that the message has with it.
fn sum(before: &[u8], key: &[u8]) -> Vec<u8> {
    let mut before = before.to_vec();
    let length = (before.len() + 24 - 20) as u16;
    before[2..4].copy_from_slice(&length.to_be_bytes());
    mac(key, &before)
}

pub fn mac(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mac = Hmac::<Sha1>::new_from_slice(key).expect("a key of any length");
    mac.chain_update(bytes).finalize().into_bytes().to_vec()
}

/// FINGERPRINT is the last attribute: the length in the header includes it already.
fn checksum(before: &[u8]) -> [u8; 4] {
    (crc32fast::hash(before) ^ 0x5354_554E).to_be_bytes()
}

/// RFC 8489, section 14.2.
pub fn address_of(value: &[u8], id: &Id) -> Option<SocketAddr> {
    let mask = [&COOKIE[..], id].concat();
    let plain: Vec<u8> = value.iter().skip(4).zip(&mask).map(|(byte, mask)| byte ^ mask).collect();
    let ip: IpAddr = match (value.get(1)?, value.len()) {
        (1, 8) => <[u8; 4]>::try_from(plain).ok()?.into(),
        (2, 20) => <[u8; 16]>::try_from(plain).ok()?.into(),
        _ => return None,
    };
    Some(SocketAddr::new(ip, number(&value[2..4]) as u16 ^ 0x2112))
}

/// The inverse of [`address_of`].
pub fn value_of(address: SocketAddr, id: &Id) -> Vec<u8> {
    let (family, octets) = match address.ip() {
        IpAddr::V4(v4) => (1, v4.octets().to_vec()),
        IpAddr::V6(v6) => (2, v6.octets().to_vec()),
    };
    let mask = [&COOKIE[..], id].concat();
    let mut value = vec![0, family];
    value.extend((address.port() ^ 0x2112).to_be_bytes());
    value.extend(octets.iter().zip(mask).map(|(octet, mask)| octet ^ mask));
    value
}

/// Big-endian.
pub fn number(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}
