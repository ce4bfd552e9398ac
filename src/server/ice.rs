//! The STUN and TURN servers that a joining client is told of. Pure: the wall clock is passed in.
//!
//! With a shared secret, TURN logins are minted per seat and expire (draft-uberti-behave-turn-rest): the user name is
//! `expiry:peer`, the password `base64(HMAC-SHA1(secret, user name))`. coturn calls this `use-auth-secret`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use sha1::Sha1;

use crate::protocol::{IceServer, PeerId};

/// How long a minted login is good for new allocations; longer than any call ought to last.
const LOGIN_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// The operator's STUN and TURN servers.
#[derive(Clone, Default)]
pub(super) struct IceServers {
    servers: Vec<IceServer>,
    secret: Option<String>,
}

impl IceServers {
    /// These servers. `secret` is shared with the TURN servers among them that have no login of their own.
    pub(super) fn new(servers: Vec<IceServer>, secret: Option<String>) -> Self {
        Self { servers, secret }
    }

    /// What to tell this peer at this time.
    pub(super) fn for_peer(&self, peer: PeerId, now: SystemTime) -> Vec<IceServer> {
        let minted = self.secret.as_deref().map(|secret| login(secret, peer, now));
        let mut servers = self.servers.clone();
        if let Some((username, credential)) = minted {
            for server in servers.iter_mut().filter(|server| server.username.is_none() && is_turn(server)) {
                server.username = Some(username.clone());
                server.credential = Some(credential.clone());
            }
        }
        servers
    }
}

/// Hides every login.
impl std::fmt::Debug for IceServers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IceServers").field("servers", &self.servers.len()).finish_non_exhaustive()
    }
}

fn is_turn(server: &IceServer) -> bool {
    server.urls.iter().any(|url| url.starts_with("turn:") || url.starts_with("turns:"))
}

fn login(secret: &str, peer: PeerId, now: SystemTime) -> (String, String) {
    let expiry = (now + LOGIN_LIFETIME).duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let username = format!("{expiry}:{peer}");
    let credential = password(secret, &username);
    (username, credential)
}

fn password(secret: &str, username: &str) -> String {
    // HMAC takes a key of any length; the error type is for other MACs.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(username.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(url: &str) -> IceServer {
        IceServer { urls: vec![url.to_owned()], username: None, credential: None }
    }

    /// RFC 2202, section 3, test case 2.
    #[test]
    fn the_password_is_hmac_sha1_in_base64() {
        let digest = STANDARD.encode([
            0xef, 0xfc, 0xdf, 0x6a, 0xe5, 0xeb, 0x2f, 0xa2, 0xd2, 0x74, 0x16, 0xd5, 0xf1, 0x84, 0xdf, 0x9c,
            0x25, 0x9a, 0x7c, 0x79,
        ]);
        assert_eq!(password("Jefe", "what do ya want for nothing?"), digest);
    }

    #[test]
    fn only_turn_servers_without_a_login_get_one() {
        let own =
            IceServer { username: Some("u".into()), credential: Some("c".into()), ..server("turn:own") };
        let all = vec![server("stun:s"), server("turn:t"), own.clone()];
        let now = UNIX_EPOCH + Duration::from_secs(1_000);
        let told = IceServers::new(all, Some("secret".into())).for_peer(PeerId::new(10), now);
        assert_eq!(told[0], server("stun:s"));
        assert_eq!(told[1].username.as_deref(), Some("87400:000000000000000a"));
        assert_eq!(told[1].credential, Some(password("secret", "87400:000000000000000a")));
        assert_eq!(told[2], own);
    }
}
