//! Resume tokens: proof of a seat that a restarted server can check.
//!
//! `<peer>.<mac>`: the MAC (HMAC-SHA256, RFC 2104) binds the peer to its room under the server's key. The
//! room is not in the token: whoever presents it names the room as well.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::protocol::{PeerId, ResumeToken, RoomName};

/// What a valid token proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Proof {
    /// Who has the seat.
    pub(super) peer: PeerId,
    /// The seat was taken in a grace period by a newcomer.
    pub(super) provisional: bool,
}

/// Makes and checks tokens.
pub(super) struct TokenKey([u8; 32]);

impl TokenKey {
    pub(super) const fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// Returns a token for a seat in `room`.
    pub(super) fn seal(&self, room: &RoomName, proof: Proof) -> Option<ResumeToken> {
        let mac = self.mac(room, proof)?.finalize().into_bytes();
        format!("{}.{}", proof.peer, URL_SAFE_NO_PAD.encode(mac)).parse().ok()
    }

    /// Returns what this token proves about a seat in `room`; `None` if it is not valid. Compares in constant
    /// time.
    pub(super) fn open(&self, room: &RoomName, token: &ResumeToken) -> Option<Proof> {
        let (peer, mac) = token.as_str().split_once('.')?;
        let peer: PeerId = peer.parse().ok()?;
        let mac = URL_SAFE_NO_PAD.decode(mac).ok()?;
        let proofs = [false, true].map(|provisional| Proof { peer, provisional });
        proofs
            .into_iter()
            .find(|proof| self.mac(room, *proof).is_some_and(|expected| expected.verify_slice(&mac).is_ok()))
    }

    fn mac(&self, room: &RoomName, Proof { peer, provisional }: Proof) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        let purpose: &[u8] =
            if provisional { b"halloo resume provisional v1\0" } else { b"halloo resume v1\0" };
        mac.update(purpose);
        mac.update(&peer.number().to_be_bytes());
        mac.update(room.as_str().as_bytes());
        Some(mac)
    }
}

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenKey(..)")
    }
}
