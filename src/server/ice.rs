//! The STUN and TURN servers that a joining client is told of. Pure: the wall clock is passed in.
//!
//! With a shared secret, TURN logins are minted per seat and expire ([`crate::turn::Secret`]).

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::relay::Relay;
use crate::{
    protocol::{IceServer, PeerId},
    turn::Secret,
};

/// How long a minted login is good for new allocations; longer than any call ought to last.
const LOGIN_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// The operator's STUN and TURN servers, and the one inside.
#[derive(Clone, Default)]
pub(super) struct IceServers {
    servers: Vec<IceServer>,
    secret: Option<Secret>,
    own: Option<Own>,
}

/// The TURN server inside.
#[derive(Clone)]
pub(super) struct Own {
    pub(super) relay: Arc<Relay>,
    /// Streams come to it by TLS.
    pub(super) has_tls: bool,
}

impl IceServers {
    /// These servers. `secret` is shared with the TURN servers among them that have no login of their own.
    pub(super) fn new(servers: Vec<IceServer>, secret: Option<String>, own: Option<Own>) -> Self {
        Self { servers, secret: secret.map(Secret::new), own }
    }

    /// What to tell this peer, who knows this server as `host`, at this time.
    pub(super) fn for_peer(&self, peer: PeerId, host: &str, now: SystemTime) -> Vec<IceServer> {
        let expiry = (now + LOGIN_LIFETIME).duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let id = peer.to_string();
        let mut servers = self.servers.clone();
        if let Some(secret) = &self.secret {
            for server in servers.iter_mut().filter(|server| server.username.is_none() && is_turn(server)) {
                let login = secret.login(&id, expiry);
                server.username = Some(login.username);
                server.credential = Some(login.password);
            }
        }
        let own = self.own.as_ref();
        servers.extend(own.and_then(|own| own.relay.ice_server(host, own.has_tls, &id, expiry)));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn server(url: &str) -> IceServer {
        IceServer { urls: vec![url.to_owned()], username: None, credential: None }
    }

    #[test]
    fn only_turn_servers_without_a_login_get_one() {
        let own =
            IceServer { username: Some("u".into()), credential: Some("c".into()), ..server("turn:own") };
        let all = vec![server("stun:s"), server("turn:t"), own.clone()];
        let now = UNIX_EPOCH + Duration::from_secs(1_000);
        let told = IceServers::new(all, Some("secret".into()), None).for_peer(PeerId::new(10), "", now);
        assert_eq!(told[0], server("stun:s"));
        assert_eq!(told[1].username.as_deref(), Some("87400:000000000000000a"));
        assert_eq!(
            told[1].credential,
            Some(Secret::new("secret").login("000000000000000a", 87_400).password)
        );
        assert_eq!(told[2], own);
    }
}
