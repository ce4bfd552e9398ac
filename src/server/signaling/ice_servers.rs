//! The STUN and TURN servers that a joining client is told of. Pure: the wall clock is passed in.
//!
//! With a shared secret, TURN logins are minted per seat and expire ([`crate::turn::Secret`]).

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::{
    protocol::{IceServer, PeerId},
    server::{config::Config, net::host::RequestedHost, relay::Relay, tls::Certificate},
    turn::Secret,
};

/// The operator's STUN and TURN servers, and the one inside.
#[derive(Clone, Default)]
pub(crate) struct IceServers {
    servers: Vec<IceServer>,
    secret: Option<Secret>,
    login_lifetime: Duration,
    own: Option<Own>,
}

/// The TURN server inside.
#[derive(Clone)]
pub(crate) struct Own {
    pub(crate) relay: Arc<Relay>,
    /// Streams come to it by TLS, if there is one.
    pub(crate) certificate: Option<Arc<Certificate>>,
}

impl IceServers {
    /// The servers of these settings, and the one inside.
    pub(crate) fn new(config: &Config, own: Option<Own>) -> Self {
        Self {
            servers: config.ice_servers.clone(),
            secret: config.turn_secret.clone(),
            login_lifetime: config.turn_login,
            own,
        }
    }

    /// For how long what [`Self::for_peer`] tells is good, if not for ever.
    pub(crate) fn login_lifetime(&self) -> Option<Duration> {
        (self.secret.is_some() || self.own.is_some()).then_some(self.login_lifetime)
    }

    /// What to tell this peer at this time.
    pub(crate) fn for_peer(
        &self,
        peer: PeerId,
        requested: &RequestedHost,
        now: SystemTime,
    ) -> Vec<IceServer> {
        let expiry = (now + self.login_lifetime).duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let id = peer.to_string();
        let mut servers = self.servers.clone();
        if let Some(secret) = &self.secret {
            for server in servers.iter_mut().filter(|server| server.username.is_none() && is_turn(server)) {
                let login = secret.login(&id, expiry);
                server.username = Some(login.username);
                server.credential = Some(login.password);
            }
        }
        servers.extend(
            self.own
                .as_ref()
                .and_then(|own| own.relay.ice_server(requested, own.certificate.as_deref(), &id, expiry)),
        );
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
        let config =
            Config { ice_servers: all, turn_secret: Some(Secret::new("secret")), ..Config::default() };
        let told = IceServers::new(&config, None).for_peer(PeerId::new(10), &RequestedHost::default(), now);
        assert_eq!(told[0], server("stun:s"));
        assert_eq!(told[1].username.as_deref(), Some("1600:000000000000000a"));
        assert_eq!(told[1].credential, Some(Secret::new("secret").login("000000000000000a", 1_600).password));
        assert_eq!(told[2], own);
    }
}
