//! All peer connections of the client, and the STUN and TURN servers that they use.

use std::cell::RefCell;

use litemap::LiteMap;

use super::peer::{self, PeerConnection};
use crate::{
    browser::{devices::LocalMedia, feed::Feed},
    call::{ConnectionId, Encoding},
    protocol::{IceServer, PeerId},
};

/// The peer connections, one to each participant.
#[derive(Default)]
pub(crate) struct PeerConnections {
    open: RefCell<LiteMap<PeerId, PeerConnection>>,
    /// Without those that the browser has refused.
    ice_servers: RefCell<Vec<IceServer>>,
}

/// What came of making a connection.
pub(crate) struct Opened {
    /// There is one.
    pub(crate) is_open: bool,
    /// The browser has refused some of the servers.
    pub(crate) servers_refused: bool,
}

impl PeerConnections {
    /// Uses these servers, in the connections that there are and in new ones. Returns whether the browser has
    /// refused some of them.
    pub(crate) fn use_servers(&self, ice_servers: Vec<IceServer>) -> bool {
        self.ice_servers.replace(ice_servers);
        self.configure() && self.leave_out_refused()
    }

    /// Makes a connection; with transceivers for these devices, if it is to offer.
    pub(crate) fn open(
        &self,
        feed: &Feed,
        peer: PeerId,
        id: ConnectionId,
        offering: Option<(&LocalMedia, Encoding)>,
    ) -> Opened {
        let open = || {
            let configuration = peer::configuration(&self.ice_servers.borrow());
            PeerConnection::open(feed, peer, id, &configuration)
        };
        let mut servers_refused = false;
        let opened = open().or_else(|error| {
            servers_refused = self.leave_out_refused();
            if servers_refused { open() } else { Err(error) }
        });
        if let (Ok(opened), Some((media, camera))) = (&opened, offering) {
            opened.add_transceivers(media, camera);
        }
        let is_open = opened.is_ok();
        if let Ok(opened) = opened {
            self.open.borrow_mut().insert(peer, opened);
        }
        Opened { is_open, servers_refused }
    }

    /// Closes the connection to a peer.
    pub(crate) fn close(&self, peer: PeerId) {
        drop(self.open.borrow_mut().remove(&peer));
    }

    /// Does something with the connection to a peer, if there is one.
    pub(crate) fn with(&self, peer: PeerId, f: impl FnOnce(&PeerConnection)) {
        if let Some(connection) = self.open.borrow().get(&peer) {
            f(connection);
        }
    }

    /// Does something with every connection, of which it gets to know to whom it is.
    pub(crate) fn for_each_with_peer(&self, mut f: impl FnMut(PeerId, &PeerConnection)) {
        self.open.borrow().iter().for_each(|(peer, connection)| f(*peer, connection));
    }

    /// Does something with every connection.
    pub(crate) fn for_each(&self, f: impl FnMut(&PeerConnection)) {
        self.open.borrow().values().for_each(f);
    }

    /// Has all connections use the servers. Returns whether the browser may have refused one of these.
    fn configure(&self) -> bool {
        let configuration = peer::configuration(&self.ice_servers.borrow());
        self.open.borrow().values().filter(|peer| !peer.configure(&configuration)).count() > 0
    }

    /// Goes on with the servers that the browser takes. Returns false if it takes them all.
    fn leave_out_refused(&self) -> bool {
        let refused = peer::leave_out_refused(&mut self.ice_servers.borrow_mut());
        if refused {
            self.configure();
        }
        refused
    }
}
