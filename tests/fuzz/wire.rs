//! STUN as a client writes it, independent of the server's own code: so a fault in one is no fault in the other.

use std::net::{IpAddr, SocketAddr};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac as _};
use md5::{Digest as _, Md5};
use sha1::Sha1;

pub(crate) const ALLOCATE: u16 = 0x0003;
pub(crate) const REFRESH: u16 = 0x0004;
pub(crate) const SEND: u16 = 0x0016;
pub(crate) const CREATE_PERMISSION: u16 = 0x0008;
pub(crate) const CHANNEL_BIND: u16 = 0x0009;

const USERNAME: u16 = 0x0006;
const MESSAGE_INTEGRITY: u16 = 0x0008;
pub(crate) const CHANNEL_NUMBER: u16 = 0x000C;
pub(crate) const LIFETIME: u16 = 0x000D;
pub(crate) const XOR_PEER_ADDRESS: u16 = 0x0012;
pub(crate) const DATA: u16 = 0x0013;
const REALM: u16 = 0x0014;
const NONCE: u16 = 0x0015;
pub(crate) const REQUESTED_TRANSPORT: u16 = 0x0019;

const COOKIE: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];

/// A user name, and the password that belongs to it, or another.
pub(crate) struct Login {
    pub(crate) username: String,
    pub(crate) password: String,
}

impl Login {
    pub(crate) fn new(secret: &str, id: &str, expiry: u64) -> Self {
        let username = format!("{expiry}:{id}");
        let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(username.as_bytes());
        Self { password: STANDARD.encode(mac.finalize().into_bytes()), username }
    }
}

pub(crate) fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let mut bytes = [kind.to_be_bytes(), (value.len() as u16).to_be_bytes()].concat();
    bytes.extend(value);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

pub(crate) fn peer(address: SocketAddr) -> Vec<u8> {
    let port = (address.port() ^ 0x2112).to_be_bytes();
    let value = match address {
        SocketAddr::V4(v4) => {
            let ip: Vec<_> = v4.ip().octets().iter().zip(COOKIE).map(|(a, b)| a ^ b).collect();
            [&[0, 1][..], &port, &ip].concat()
        }
        // The transaction id is all zeros.
        SocketAddr::V6(v6) => {
            let key = [&COOKIE[..], &[0; 12]].concat();
            let ip: Vec<_> = v6.ip().octets().iter().zip(key).map(|(a, b)| a ^ b).collect();
            [&[0, 2][..], &port, &ip].concat()
        }
    };
    attribute(XOR_PEER_ADDRESS, &value)
}

pub(crate) fn message(kind: u16, attributes: &[u8]) -> Vec<u8> {
    let length = (attributes.len() as u16).to_be_bytes();
    [&kind.to_be_bytes()[..], &length, &COOKIE, &[0; 12], attributes].concat()
}

/// Signed with this login (RFC 8489, section 14.5).
pub(crate) fn signed(kind: u16, attributes: &[u8], login: &Login, nonce: &[u8]) -> Vec<u8> {
    let mut all = attributes.to_vec();
    all.extend(attribute(USERNAME, login.username.as_bytes()));
    all.extend(attribute(REALM, b"halloo"));
    all.extend(attribute(NONCE, nonce));
    let mut bytes = message(kind, &all);
    let with_integrity = (all.len() + 24) as u16;
    bytes[2..4].copy_from_slice(&with_integrity.to_be_bytes());
    let key = Md5::digest(format!("{}:halloo:{}", login.username, login.password));
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).unwrap();
    mac.update(&bytes);
    bytes.extend(attribute(MESSAGE_INTEGRITY, &mac.finalize().into_bytes()));
    bytes
}

/// What an answer says in its nonce.
pub(crate) fn nonce(answer: &[u8]) -> Vec<u8> {
    find(answer, NONCE).next().unwrap_or_default()
}

/// The addresses of peers in a message.
pub(crate) fn peers(message: &[u8]) -> impl Iterator<Item = IpAddr> {
    // The transaction id is all zeros.
    let key = [&COOKIE[..], &[0; 12]].concat();
    find(message, XOR_PEER_ADDRESS).filter_map(move |value| {
        let bytes: Vec<u8> = value.get(4..)?.iter().zip(&key).map(|(a, b)| a ^ b).collect();
        let v4 = <[u8; 4]>::try_from(&bytes[..]).ok().map(IpAddr::from);
        v4.or_else(|| <[u8; 16]>::try_from(&bytes[..]).ok().map(IpAddr::from)).map(|ip| ip.to_canonical())
    })
}

fn find(message: &[u8], wanted: u16) -> impl Iterator<Item = Vec<u8>> {
    let mut rest = message.get(20..).unwrap_or_default().to_vec();
    std::iter::from_fn(move || {
        while rest.len() >= 4 {
            let kind = u16::from_be_bytes([rest[0], rest[1]]);
            let length = usize::from(u16::from_be_bytes([rest[2], rest[3]]));
            let value = rest.get(4..4 + length)?.to_vec();
            let next = (4 + length).next_multiple_of(4).min(rest.len());
            rest.drain(..next);
            if kind == wanted {
                return Some(value);
            }
        }
        None
    })
}
