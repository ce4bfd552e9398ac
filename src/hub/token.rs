//! Resume tokens: proof of a seat that a restarted server can check.
//!
//! `<peer>.<minute>.<mac>`: the MAC (HMAC-SHA256, RFC 2104) binds the peer and the minute in which the token
//! was made to their room under the server's key. The room is not in the token: whoever presents it names the
//! room as well.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::protocol::{PeerId, ResumeToken, RoomName};

/// How long a token proves a seat that the hub does not know. A client gets a new one whenever it joins
/// again. Unit: minute.
pub(super) const MAX_AGE_MINUTES: u32 = 7 * 24 * 60;

/// What a valid token proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Proof {
    /// Who has the seat.
    pub(super) peer: PeerId,
    /// The seat was taken in a grace period by a newcomer.
    pub(super) provisional: bool,
    /// The room was locked.
    pub(super) locked: bool,
    /// When the token was made. Unit: minutes since 1970.
    pub(super) minute: u32,
}

/// Makes and checks tokens.
pub(super) struct TokenKey([u8; 32]);

impl TokenKey {
    pub(super) const fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// Returns a token for a seat in `room`.
    pub(super) fn seal(&self, room: &RoomName, proof: Proof) -> Option<ResumeToken> {
        let mac = self.mac_of(room, proof)?.finalize().into_bytes();
        format!("{}.{:x}.{}", proof.peer, proof.minute, URL_SAFE_NO_PAD.encode(mac)).parse().ok()
    }

    /// Returns what this token proves about a seat in `room`; `None` if it is not valid. Compares in constant
    /// time.
    pub(super) fn open(&self, room: &RoomName, token: &ResumeToken) -> Option<Proof> {
        let mut parts = token.as_str().split('.');
        let (Some(peer), Some(minute), Some(mac), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return None;
        };
        let (peer, minute) = (peer.parse().ok()?, u32::from_str_radix(minute, 16).ok()?);
        let mac = URL_SAFE_NO_PAD.decode(mac).ok()?;
        let proof = |provisional, locked| Proof { peer, provisional, locked, minute };
        let proofs = [proof(false, false), proof(false, true), proof(true, false), proof(true, true)];
        proofs.into_iter().find(|proof| {
            self.mac_of(room, *proof).is_some_and(|expected| expected.verify_slice(&mac).is_ok())
        })
    }

    /// Returns what every token of this seat is known by once they are revoked.
    pub(super) fn fingerprint(&self, room: &RoomName, peer: PeerId) -> Option<u64> {
        let mac = self.mac(b"halloo revoked v1\0", room, peer)?.finalize().into_bytes();
        mac.first_chunk().map(|bytes| u64::from_be_bytes(*bytes))
    }

    fn mac_of(&self, room: &RoomName, proof: Proof) -> Option<Hmac<Sha256>> {
        let purpose: &[u8] = match (proof.provisional, proof.locked) {
            (false, false) => b"halloo resume v2\0",
            (true, false) => b"halloo resume provisional v2\0",
            (false, true) => b"halloo resume locked v2\0",
            (true, true) => b"halloo resume provisional locked v2\0",
        };
        Some(
            self.mac(purpose, room, proof.peer)?.chain_update(b"\0").chain_update(proof.minute.to_be_bytes()),
        )
    }

    /// No room name has a NUL, so that what follows it cannot be taken for a part of it.
    fn mac(&self, purpose: &[u8], room: &RoomName, peer: PeerId) -> Option<Hmac<Sha256>> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        let mac = mac.chain_update(purpose).chain_update(peer.number().to_be_bytes());
        Some(mac.chain_update(room.as_str().as_bytes()))
    }
}

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenKey(..)")
    }
}
