//! Logins and nonces, implemented a second time, so that the oracle does not depend on the code under test.

use std::net::IpAddr;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use hmac::{Hmac, Mac as _};
use md5::{Digest as _, Md5};
use sha2::Sha256;

use crate::stun;

pub const REALM: &str = "halloo";
pub const SECRET: &[u8] = b"the secret of a test";
/// How long a nonce is valid.
const NONCE_MINUTES: u64 = 60;

/// Returns the key of a user name (RFC 8489, section 9.2.2) with the password of the TURN REST scheme.
pub fn key(username: &str) -> Vec<u8> {
    let password = STANDARD.encode(stun::mac(SECRET, username.as_bytes()));
    Md5::digest([username, ":", REALM, ":", &password].concat()).to_vec()
}

/// Returns the expiry, in seconds since 1970, and the id.
pub fn parse(username: &str) -> Option<(u64, &str)> {
    let colon = username.find(':')?;
    Some((username[..colon].parse().ok()?, &username[colon + 1..]))
}

/// Returns the nonce for a client at this address and time.
pub fn nonce(unix: u64, client: IpAddr) -> String {
    let minute = (unix / 60).to_be_bytes();
    let mac = Hmac::<Sha256>::new_from_slice(SECRET).expect("a key of any length");
    let mac = mac.chain_update(b"nonce").chain_update(minute);
    let sum = match client.to_canonical() {
        IpAddr::V4(v4) => mac.chain_update(v4.octets()),
        IpAddr::V6(v6) => mac.chain_update(v6.octets()),
    };
    URL_SAFE_NO_PAD.encode([&minute[5..], &sum.finalize().into_bytes()[..6]].concat())
}

/// Returns whether this nonce was made for this address within the last hour.
pub fn is_fresh(received: &str, unix: u64, client: IpAddr) -> bool {
    let Some(decoded) = URL_SAFE_NO_PAD.decode(received).ok().filter(|decoded| decoded.len() == 9) else {
        return false;
    };
    let minute = unix / 60;
    let last_bits = stun::number(&decoded[..3]) as u64;
    let mut recent = (minute.saturating_sub(NONCE_MINUTES)..=minute).rev();
    let made = recent.find(|minute| minute & 0x00FF_FFFF == last_bits);
    made.is_some_and(|minute| nonce(minute * 60, client) == received)
}
