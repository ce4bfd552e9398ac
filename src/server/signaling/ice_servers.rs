//! The STUN and TURN servers that a joining client is told. Pure: the wall clock is an argument.
//!
//! With a shared secret, TURN logins are made per seat and expire ([`crate::turn::Secret`]).

use std::{
    net::IpAddr,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::{
    hub::SeatEnd,
    protocol::{IceServer, PeerId},
    server::{net::host::RequestedHost, relay::Relay, tls::Certificate},
    turn::Secret,
};

/// The operator's settings of STUN and TURN servers.
#[derive(Debug, Clone)]
pub struct IceSettings {
    /// Servers that clients are told, besides the built-in one.
    pub servers: Vec<IceServer>,
    /// Secret shared with those TURN servers that have no fixed login.
    pub secret: Option<Secret>,
    /// How long a TURN login can be used for new allocations, also at the built-in server.
    pub login_lifetime: Duration,
}

impl Default for IceSettings {
    fn default() -> Self {
        Self { servers: Vec::new(), secret: None, login_lifetime: Duration::from_secs(600) }
    }
}

/// The operator's STUN and TURN servers, and the built-in one.
#[derive(Clone, Default)]
pub(crate) struct IceServers {
    settings: IceSettings,
    built_in: Option<BuiltIn>,
}

/// The built-in TURN server.
#[derive(Clone)]
pub(crate) struct BuiltIn {
    pub(crate) relay: Arc<Relay>,
    /// The certificate of TURN over TLS, if there is one.
    pub(crate) certificate: Option<Arc<Certificate>>,
}

impl IceServers {
    /// The servers of these settings, and the built-in one.
    pub(crate) fn new(settings: IceSettings, built_in: Option<BuiltIn>) -> Self {
        Self { settings, built_in }
    }

    /// How long the logins in [`Self::for_peer`] are valid. `None` if there are none that expire.
    pub(crate) fn login_lifetime(&self) -> Option<Duration> {
        (self.settings.secret.is_some() || self.built_in.is_some()).then_some(self.settings.login_lifetime)
    }

    /// The servers for this peer at this address, with logins that are valid from `now` on.
    pub(crate) fn for_peer(
        &self,
        peer: PeerId,
        at: Option<IpAddr>,
        requested: &RequestedHost,
        now: SystemTime,
    ) -> Vec<IceServer> {
        let lifetime = self.settings.login_lifetime;
        let expiry = (now + lifetime).duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let id = peer.to_string();
        let mut servers = self.settings.servers.clone();
        if let Some(secret) = &self.settings.secret {
            for server in servers.iter_mut().filter(|server| server.username.is_none() && is_turn(server)) {
                let login = secret.login(&id, expiry);
                server.username = Some(login.username);
                server.credential = Some(login.password);
            }
        }
        servers.extend(self.built_in.as_ref().and_then(|built_in| {
            built_in.relay.ice_server(requested, built_in.certificate.as_deref(), &id, at, lifetime)
        }));
        servers
    }

    /// Ends what the built-in server relays for this peer, in time. The page of somebody who has left may
    /// still say goodbye, that of a seat taken over still be closing. Whoever was lost may still have media
    /// with others, which nothing of ours ends.
    pub(crate) fn end_seat(&self, peer: PeerId, end: SeatEnd) {
        let grace = match end {
            SeatEnd::Left => Duration::from_secs(30),
            SeatEnd::TakenOver => Duration::from_secs(60),
            SeatEnd::TimedOut => Duration::from_secs(60 * 60),
        };
        if let Some(BuiltIn { relay, .. }) = &self.built_in {
            relay.end_user(&peer.to_string(), grace);
        }
    }
}

/// Hides every login.
impl std::fmt::Debug for IceServers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IceServers").field("servers", &self.settings.servers.len()).finish_non_exhaustive()
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
        let secret = Some(Secret::new("secret"));
        let settings = IceSettings { servers: all, secret, ..IceSettings::default() };
        let told =
            IceServers::new(settings, None).for_peer(PeerId::new(10), None, &RequestedHost::default(), now);
        assert_eq!(told[0], server("stun:s"));
        assert_eq!(told[1].username.as_deref(), Some("1600:000000000000000a"));
        assert_eq!(told[1].credential, Some(Secret::new("secret").login("000000000000000a", 1_600).password));
        assert_eq!(told[2], own);
    }
}
