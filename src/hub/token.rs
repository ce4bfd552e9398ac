//! Resume tokens: proof of a seat that outlives the memory of the server.
//!
//! `<peer>.<mac>`: the MAC (HMAC-SHA256, RFC 2104) binds the peer to its room under the server's key. The room is not
//! in the token: whoever presents it names the room as well.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::protocol::{PeerId, ResumeToken, RoomName};

/// Makes and checks tokens.
pub(super) struct TokenKey([u8; 32]);

impl TokenKey {
    pub(super) const fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// Proof that `peer` has a seat in `room`.
    pub(super) fn seal(&self, room: &RoomName, peer: PeerId) -> Option<ResumeToken> {
        let mac = self.mac(room, peer)?.finalize().into_bytes();
        format!("{peer}.{}", URL_SAFE_NO_PAD.encode(mac)).parse().ok()
    }

    /// Whose seat in `room` this token proves, if it is genuine. Compares in constant time.
    pub(super) fn open(&self, room: &RoomName, token: &ResumeToken) -> Option<PeerId> {
        let (peer, mac) = token.as_str().split_once('.')?;
        let peer: PeerId = peer.parse().ok()?;
        let mac = URL_SAFE_NO_PAD.decode(mac).ok()?;
        self.mac(room, peer)?.verify_slice(&mac).ok()?;
        Some(peer)
    }

    fn mac(&self, room: &RoomName, peer: PeerId) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(b"halloo resume v1\0");
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
