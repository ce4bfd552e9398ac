//! The STUN message format (RFC 8489, section 5): a reader that does not copy, and a writer.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use hmac::{Hmac, Mac as _};
use sha1::Sha1;

use super::sockets::PeerSocket;

/// Size of the header. Unit: byte.
pub(super) const HEADER: usize = 20;
/// Longer requests are not read. Those of browsers have at most 300 bytes.
pub(super) const MAX_REQUEST_BYTES: usize = 2_048;
const COOKIE: u32 = 0x2112_A442;
const FINGERPRINT_XOR: u32 = 0x5354_554E;

/// Attribute types (RFC 8489, section 18.3; RFC 8656, section 18).
#[expect(missing_docs, reason = "the names are those of the RFCs")]
pub mod attribute {
    pub const USERNAME: u16 = 0x0006;
    pub const MESSAGE_INTEGRITY: u16 = 0x0008;
    pub const ERROR_CODE: u16 = 0x0009;
    pub const UNKNOWN_ATTRIBUTES: u16 = 0x000A;
    pub const CHANNEL_NUMBER: u16 = 0x000C;
    pub const LIFETIME: u16 = 0x000D;
    pub const XOR_PEER_ADDRESS: u16 = 0x0012;
    pub const DATA: u16 = 0x0013;
    pub const REALM: u16 = 0x0014;
    pub const NONCE: u16 = 0x0015;
    pub const XOR_RELAYED_ADDRESS: u16 = 0x0016;
    pub const REQUESTED_ADDRESS_FAMILY: u16 = 0x0017;
    pub const REQUESTED_TRANSPORT: u16 = 0x0019;
    pub const XOR_MAPPED_ADDRESS: u16 = 0x0020;
    pub const ADDITIONAL_ADDRESS_FAMILY: u16 = 0x8000;
    pub const ADDRESS_ERROR_CODE: u16 = 0x8001;
    pub const FINGERPRINT: u16 = 0x8028;
}

/// Methods (RFC 8489, section 18.2; RFC 8656, section 17).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the RFCs")]
pub enum Method {
    Binding,
    Allocate,
    Refresh,
    Send,
    Data,
    CreatePermission,
    ChannelBind,
}

impl Method {
    const ALL: [(Self, u16); 7] = [
        (Self::Binding, 1),
        (Self::Allocate, 3),
        (Self::Refresh, 4),
        (Self::Send, 6),
        (Self::Data, 7),
        (Self::CreatePermission, 8),
        (Self::ChannelBind, 9),
    ];

    fn of(number: u16) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == number).map(|(method, _)| *method)
    }

    fn number(self) -> u16 {
        Self::ALL.iter().find(|(known, _)| *known == self).map_or(0, |(_, number)| *number)
    }
}

/// Message classes (RFC 8489, section 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the RFC")]
pub enum Class {
    Request,
    Indication,
    Success,
    Error,
}

impl Class {
    /// The two class bits, at their place between the method bits.
    const fn bits(self) -> u16 {
        match self {
            Self::Request => 0,
            Self::Indication => 0x0010,
            Self::Success => 0x0100,
            Self::Error => 0x0110,
        }
    }
}

/// Error codes (RFC 8489, section 18.4; RFC 8656, section 19).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the RFCs")]
pub enum ErrorCode {
    BadRequest = 400,
    Unauthenticated = 401,
    Forbidden = 403,
    UnknownAttribute = 420,
    AllocationMismatch = 437,
    StaleNonce = 438,
    AddressFamilyNotSupported = 440,
    WrongCredentials = 441,
    UnsupportedTransport = 442,
    PeerAddressFamilyMismatch = 443,
    AllocationQuotaReached = 486,
    InsufficientCapacity = 508,
}

impl ErrorCode {
    /// The hundreds and the rest, as ERROR-CODE has them (RFC 8489, section 14.8).
    const fn class_and_number(self) -> [u8; 2] {
        [(self as u16 / 100) as u8, (self as u16 % 100) as u8]
    }
}

/// A transaction id.
pub type TransactionId = [u8; 12];

/// A well-formed message.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// The class.
    pub class: Class,
    /// The method.
    pub method: Method,
    /// The transaction id.
    pub id: TransactionId,
    bytes: &'a [u8],
    /// Offset of MESSAGE-INTEGRITY. Attributes after it, except FINGERPRINT, are ignored.
    integrity: Option<usize>,
    /// Whether there is a (valid) FINGERPRINT.
    pub has_fingerprint: bool,
}

impl<'a> Message<'a> {
    /// Reads a message of exactly these bytes. Returns `None` for malformed input, an unknown method or a
    /// wrong FINGERPRINT.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let kind = be16(bytes, 0)?;
        let length = usize::from(be16(bytes, 2)?);
        if kind & 0xC000 != 0
            || be32(bytes, 4)? != COOKIE
            || length % 4 != 0
            || bytes.len() != HEADER + length
        {
            return None;
        }
        let class = match kind & 0x0110 {
            0 => Class::Request,
            0x0010 => Class::Indication,
            0x0100 => Class::Success,
            _ => Class::Error,
        };
        let method = Method::of(kind & 0x000F | (kind & 0x00E0) >> 1 | (kind & 0x3E00) >> 2)?;
        let id = bytes.get(8..HEADER)?.try_into().ok()?;
        let mut message = Self { class, method, id, bytes, integrity: None, has_fingerprint: false };
        let mut at = HEADER;
        while at < bytes.len() {
            let (kind, value) = attribute_at(bytes, at)?;
            match kind {
                attribute::MESSAGE_INTEGRITY if message.integrity.is_none() => {
                    (value.len() == 20).then_some(())?;
                    message.integrity = Some(at);
                }
                attribute::FINGERPRINT => {
                    let crc = fingerprint(bytes.get(..at)?, at + 8 - HEADER)?;
                    (value == crc.to_be_bytes() && at + 8 == bytes.len()).then_some(())?;
                    message.has_fingerprint = true;
                }
                _ => {}
            }
            at += 4 + value.len().next_multiple_of(4);
        }
        Some(message)
    }

    /// Returns the attributes up to MESSAGE-INTEGRITY, in order.
    pub fn attributes(&self) -> impl Iterator<Item = (u16, &'a [u8])> + use<'a> {
        let end = self.integrity.unwrap_or(self.bytes.len());
        let bytes = self.bytes;
        let mut at = HEADER;
        std::iter::from_fn(move || {
            let (kind, value) = attribute_at(bytes, at).filter(|_| at < end)?;
            at += 4 + value.len().next_multiple_of(4);
            Some((kind, value))
        })
    }

    /// Returns the value of the first attribute of this type.
    pub fn get(&self, wanted: u16) -> Option<&'a [u8]> {
        self.attributes().find(|(kind, _)| *kind == wanted).map(|(_, value)| value)
    }

    /// Returns an attribute as text; `None` if it is not UTF-8.
    pub fn text(&self, wanted: u16) -> Option<&'a str> {
        std::str::from_utf8(self.get(wanted)?).ok()
    }

    /// Returns the first 32 bits of an attribute.
    pub fn number(&self, wanted: u16) -> Option<u32> {
        be32(self.get(wanted)?, 0)
    }

    /// Returns every XOR-PEER-ADDRESS; `None` if one is malformed.
    pub fn peers(&self) -> Option<Vec<PeerSocket>> {
        let all = self.attributes().filter(|(kind, _)| *kind == attribute::XOR_PEER_ADDRESS);
        all.map(|(_, value)| unxor_address(value, &self.id).map(PeerSocket)).collect()
    }

    /// Returns whether there is a MESSAGE-INTEGRITY.
    pub fn is_signed(&self) -> bool {
        self.integrity.is_some()
    }

    /// Returns whether MESSAGE-INTEGRITY was made with this key (RFC 8489, section 14.5).
    pub fn is_signed_with(&self, key: &[u8]) -> bool {
        let Some(at) = self.integrity else { return false };
        let (Some(before), Some(sum)) = (self.bytes.get(..at), self.bytes.get(at + 4..at + 24)) else {
            return false;
        };
        integrity(key, before, at + 24 - HEADER).is_some_and(|mac| mac.verify_slice(sum).is_ok())
    }

    /// Returns where the value of this attribute is in the packet.
    pub fn range(&self, wanted: u16) -> Option<std::ops::Range<usize>> {
        let value = self.get(wanted)?;
        let start = value.as_ptr() as usize - self.bytes.as_ptr() as usize;
        Some(start..start + value.len())
    }
}

/// Begins an error response to this request.
pub(super) fn error(request: &Message<'_>, code: ErrorCode) -> Writer {
    Writer::new(Class::Error, request.method, &request.id).put_error(code)
}

/// Returns whether a packet is a request other than Binding, and is not too long for one. Such requests are
/// authenticated and change state, which takes longer than to relay a packet.
pub fn is_turn_request(packet: &[u8]) -> bool {
    // The two class bits of a request are zero (RFC 8489, section 5).
    let is_request = |kind| kind & 0xC110 == 0 && kind != Method::Binding.number();
    packet.len() <= MAX_REQUEST_BYTES && be16(packet, 0).is_some_and(is_request)
}

/// Returns whether a packet is an indication, which may carry data of any length.
pub(super) fn is_indication(packet: &[u8]) -> bool {
    be16(packet, 0).is_some_and(|kind| kind & 0xC110 == Class::Indication.bits())
}

/// A message being written.
#[derive(Debug)]
pub struct Writer(Vec<u8>);

/// Returns a Binding request.
pub fn binding_request(id: [u8; 12]) -> Vec<u8> {
    Writer::new(Class::Request, Method::Binding, &id).finish(false)
}

impl Writer {
    /// Begins a message.
    pub fn new(class: Class, method: Method, id: &TransactionId) -> Self {
        let number = method.number();
        let kind = number & 0x000F | (number & 0x0070) << 1 | (number & 0x0F80) << 2 | class.bits();
        let mut bytes = Vec::with_capacity(128);
        bytes.extend(kind.to_be_bytes());
        bytes.extend([0; 2]);
        bytes.extend(COOKIE.to_be_bytes());
        bytes.extend(id);
        Self(bytes)
    }

    /// Adds an attribute.
    pub fn put(mut self, kind: u16, value: &[u8]) -> Self {
        self.0.extend(kind.to_be_bytes());
        self.0.extend(u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes());
        self.0.extend(value);
        self.0.resize(self.0.len().next_multiple_of(4), 0);
        self
    }

    /// Adds an XOR-encoded address (RFC 8489, section 14.2).
    pub fn put_address(self, kind: u16, address: SocketAddr) -> Self {
        let id: TransactionId = self.0.get(8..HEADER).and_then(|id| id.try_into().ok()).unwrap_or_default();
        self.put(kind, &xor_address(address, &id))
    }

    /// Adds ERROR-CODE with an empty reason phrase (RFC 8489, section 14.8).
    pub fn put_error(self, code: ErrorCode) -> Self {
        let [class, number] = code.class_and_number();
        self.put(attribute::ERROR_CODE, &[0, 0, class, number])
    }

    /// Adds ADDRESS-ERROR-CODE for IPv6 (RFC 8656, section 18.12).
    pub fn put_ipv6_error(self, code: ErrorCode) -> Self {
        let [class, number] = code.class_and_number();
        self.put(attribute::ADDRESS_ERROR_CODE, &[2, 0, class, number])
    }

    /// Adds MESSAGE-INTEGRITY.
    pub fn sign(mut self, key: &[u8]) -> Self {
        let length = self.0.len() + 24 - HEADER;
        let sum = integrity(key, &self.0, length).map(|mac| mac.finalize().into_bytes());
        self = self.put(attribute::MESSAGE_INTEGRITY, &sum.unwrap_or_default());
        self
    }

    /// Completes the message, with or without FINGERPRINT.
    pub fn finish(mut self, with_fingerprint: bool) -> Vec<u8> {
        if with_fingerprint {
            let crc = fingerprint(&self.0, self.0.len() + 8 - HEADER).unwrap_or(0);
            self = self.put(attribute::FINGERPRINT, &crc.to_be_bytes());
        }
        let length = u16::try_from(self.0.len() - HEADER).unwrap_or(u16::MAX);
        if let Some(place) = self.0.get_mut(2..4) {
            place.copy_from_slice(&length.to_be_bytes());
        }
        self.0
    }
}

/// The HMAC over everything before the attribute, with the length that the message has with it (RFC 8489,
/// section 14.5).
fn integrity(key: &[u8], before: &[u8], length: usize) -> Option<Hmac<Sha1>> {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).ok()?;
    mac.update(before.get(..2)?);
    mac.update(&u16::try_from(length).ok()?.to_be_bytes());
    mac.update(before.get(4..)?);
    Some(mac)
}

/// RFC 8489, section 14.7.
fn fingerprint(before: &[u8], length: usize) -> Option<u32> {
    let mut crc = crc32fast::Hasher::new();
    crc.update(before.get(..2)?);
    crc.update(&u16::try_from(length).ok()?.to_be_bytes());
    crc.update(before.get(4..)?);
    Some(crc.finalize() ^ FINGERPRINT_XOR)
}

fn attribute_at(bytes: &[u8], at: usize) -> Option<(u16, &[u8])> {
    let length = usize::from(be16(bytes, at + 2)?);
    // Padding must be present too.
    bytes.get(at + 4..at + 4 + length.next_multiple_of(4))?;
    Some((be16(bytes, at)?, bytes.get(at + 4..at + 4 + length)?))
}

/// RFC 8489, section 14.2.
fn xor_address(address: SocketAddr, id: &TransactionId) -> Vec<u8> {
    let mut mask = COOKIE.to_be_bytes().to_vec();
    mask.extend(id);
    let (family, octets) = match address.ip() {
        IpAddr::V4(v4) => (1, v4.octets().to_vec()),
        IpAddr::V6(v6) => (2, v6.octets().to_vec()),
    };
    let mut value = vec![0, family];
    value.extend(address.port().to_be_bytes().iter().zip(&mask).map(|(byte, mask)| byte ^ mask));
    value.extend(octets.iter().zip(&mask).map(|(byte, mask)| byte ^ mask));
    value
}

/// Decodes an XOR-encoded address. Returns `None` for an unknown family or a wrong length.
pub(super) fn unxor_address(value: &[u8], id: &TransactionId) -> Option<SocketAddr> {
    let mut mask = COOKIE.to_be_bytes().to_vec();
    mask.extend(id);
    let unmask =
        |bytes: &[u8]| -> Vec<u8> { bytes.iter().zip(&mask).map(|(byte, mask)| byte ^ mask).collect() };
    let port = u16::from_be_bytes(unmask(value.get(2..4)?).try_into().ok()?);
    let octets = unmask(value.get(4..)?);
    let ip = match (value.get(1)?, value.len()) {
        (1, 8) => IpAddr::from(Ipv4Addr::from(<[u8; 4]>::try_from(octets).ok()?)),
        (2, 20) => IpAddr::from(Ipv6Addr::from(<[u8; 16]>::try_from(octets).ok()?)),
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

pub(super) fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
