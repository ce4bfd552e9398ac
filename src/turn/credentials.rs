//! Time-limited logins, and stateless nonces.
//!
//! Logins follow "A REST API for access to TURN services" (draft-uberti-behave-turn-rest-00), in coturn
//! `use-auth-secret`: the user name is `expiry:id`, the password `base64(HMAC-SHA1(secret, user name))`.

use std::{fmt, net::IpAddr};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use hmac::{Hmac, Mac};
use md5::{Digest as _, Md5};
use sha1::Sha1;
use sha2::Sha256;

/// How long a nonce is valid.
const NONCE_MINUTES: u64 = 60;

/// The secret that is shared by the server that makes logins and the one that checks them.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

/// A user name and its password.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// `expiry:id`. Unit of the expiry: seconds since 1970.
    pub username: String,
    /// Base64 of the HMAC of the user name.
    pub password: String,
}

impl Secret {
    /// Wraps these bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// Returns a login for a user, valid until `expiry`. Unit: seconds since 1970.
    pub fn login(&self, id: &str, expiry: u64) -> Login {
        let username = format!("{expiry}:{id}");
        Login { password: self.password(&username), username }
    }

    /// Returns a number that cannot be guessed without the secret.
    pub(super) fn seed(&self) -> u64 {
        let sum = mac::<Hmac<Sha256>>(&self.0, &[b"seed"]);
        sum.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
    }

    fn password(&self, username: &str) -> String {
        let sum = mac::<Hmac<Sha1>>(&self.0, &[username.as_bytes()]);
        STANDARD.encode(sum)
    }

    /// Returns the key for MESSAGE-INTEGRITY (RFC 8489, section 9.2.2).
    pub(super) fn key(&self, username: &str, realm: &str) -> [u8; 16] {
        Md5::digest(format!("{username}:{realm}:{}", self.password(username))).into()
    }

    /// Returns the nonce of this minute for this client.
    pub(super) fn nonce(&self, unix: u64, client: IpAddr) -> String {
        self.nonce_of_minute(unix / 60, client)
    }

    /// Returns whether this nonce was made for this client within the last hour.
    pub(super) fn is_fresh(&self, nonce: &str, unix: u64, client: IpAddr) -> bool {
        let bytes = URL_SAFE_NO_PAD.decode(nonce).unwrap_or_default();
        let Some(&[high, middle, low]) = bytes.first_chunk::<3>() else { return false };
        let low_bits = u64::from(u32::from_be_bytes([0, high, middle, low]));
        // The nonce contains the low 24 bits of its minute. The high bits follow from the age.
        let age = (unix / 60).wrapping_sub(low_bits) & 0x00FF_FFFF;
        age <= NONCE_MINUTES && self.nonce_of_minute(unix / 60 - age.min(unix / 60), client) == nonce
    }

    /// Twelve characters, because it is part of unauthenticated responses.
    fn nonce_of_minute(&self, minute: u64, client: IpAddr) -> String {
        let [_, _, _, _, _, time @ ..] = minute.to_be_bytes();
        let address = match client.to_canonical() {
            IpAddr::V4(v4) => v4.octets().to_vec(),
            IpAddr::V6(v6) => v6.octets().to_vec(),
        };
        let sum = mac::<Hmac<Sha256>>(&self.0, &[b"nonce", &minute.to_be_bytes(), &address]);
        URL_SAFE_NO_PAD.encode([&time, sum.get(..6).unwrap_or_default()].concat())
    }
}

/// Returns the expiry and the id in a user name; `None` for another format.
pub(super) fn parse_username(username: &str) -> Option<(u64, &str)> {
    let (expiry, id) = username.split_once(':')?;
    Some((expiry.parse().ok()?, id))
}

/// HMAC accepts keys of any length: the error is for other MACs.
fn mac<M: hmac::digest::KeyInit + Mac>(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let Ok(mut mac) = <M as Mac>::new_from_slice(key) else { return Vec::new() };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 2202, section 3, test case 2.
    #[test]
    fn the_password_is_hmac_sha1_in_base64() {
        let digest = STANDARD.encode([
            0xef, 0xfc, 0xdf, 0x6a, 0xe5, 0xeb, 0x2f, 0xa2, 0xd2, 0x74, 0x16, 0xd5, 0xf1, 0x84, 0xdf, 0x9c,
            0x25, 0x9a, 0x7c, 0x79,
        ]);
        assert_eq!(Secret::new("Jefe").password("what do ya want for nothing?"), digest);
    }

    #[test]
    fn a_nonce_is_good_for_an_hour_and_for_one_address() {
        let secret = Secret::new("s");
        let ada: IpAddr = [192, 0, 2, 1].into();
        let start = 1_795_000_000;
        let nonce = secret.nonce(start, ada);
        assert_eq!(nonce.len(), 12);
        for (later, fresh) in [(0, true), (3_540, true), (3_720, false), (10_000_000, false)] {
            assert_eq!(secret.is_fresh(&nonce, start + later, ada), fresh, "{later}");
        }
        assert!(!secret.is_fresh(&nonce, start, [192, 0, 2, 2].into()));
        assert!(!Secret::new("t").is_fresh(&nonce, start, ada));
        for damaged in ["", "AAAA", "not base64!", &nonce[..11]] {
            assert!(!secret.is_fresh(damaged, start, ada), "{damaged}");
        }
        assert!(!secret.is_fresh(&nonce, 0, ada), "a clock that was set back to the beginning");
    }
}
