//! Logins and nonces, made a second time: who may be let in is not asked of the server that is judged.

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
/// Minutes for which a nonce is good.
const NONCE_MINUTES: u64 = 60;

/// The key of a user name (RFC 8489, section 9.2.2), whose password is that of the TURN REST scheme.
pub fn key(username: &str) -> Vec<u8> {
    let password = STANDARD.encode(stun::mac(SECRET, username.as_bytes()));
    Md5::digest([username, ":", REALM, ":", &password].concat()).to_vec()
}

/// Seconds since 1970, and whose login it is.
pub fn parse(username: &str) -> Option<(u64, &str)> {
    let colon = username.find(':')?;
    Some((username[..colon].parse().ok()?, &username[colon + 1..]))
}

/// What a client at this address is told at this time.
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

/// Whether a client at this address was told this within the last hour.
pub fn is_fresh(nonce_given: &str, unix: u64, client: IpAddr) -> bool {
    let Some(told) = URL_SAFE_NO_PAD.decode(nonce_given).ok().filter(|told| told.len() == 9) else {
        return false;
    };
    let minute = unix / 60;
    let last_bits = stun::number(&told[..3]) as u64;
    let mut recent = (minute.saturating_sub(NONCE_MINUTES)..=minute).rev();
    let said = recent.find(|minute| minute & 0x00FF_FFFF == last_bits);
    said.is_some_and(|minute| nonce(minute * 60, client) == nonce_given)
}
