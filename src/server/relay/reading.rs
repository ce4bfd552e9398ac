//! Reads the sockets of the TURN server: those for clients, and relayed ones.

use std::{cell::RefCell, io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{net::UdpSocket, task::yield_now, time::sleep};

use super::{Relay, outgoing::Outgoing, sockets};
use crate::turn::{ClientSocket, HEADROOM, PeerSocket, Transport};

/// The longest datagram, with room for header and padding.
const BUFFER: usize = HEADROOM + 65_536 + 4;
/// Datagrams that are read at a time, before other tasks get the thread.
const AT_A_TIME: usize = 64;
/// The delay after a read error.
const READ_BACKOFF: Duration = Duration::from_millis(10);

thread_local! {
    /// Nobody awaits while a datagram is in it, so that each thread needs one only.
    static DATAGRAM: RefCell<Vec<u8>> = RefCell::new(vec![0; BUFFER]);
}

impl Relay {
    pub(super) async fn read_clients(self: &Arc<Self>, local: SocketAddr, socket: &UdpSocket) {
        let read = |buffer: &mut [u8]| {
            let (length, remote) = socket.try_recv_from(buffer)?;
            let client = ClientSocket { transport: Transport::Udp, remote, local };
            let response = buffer.get(..length).and_then(|bytes| self.handle_datagram(client, bytes));
            if let Some(response) = response {
                sockets::send(socket, &response, remote);
            }
            Ok(())
        };
        drain(socket, read).await;
    }

    /// Reads the relayed socket of a client until the task is ended.
    pub(super) async fn read_peers(
        self: Arc<Self>,
        client: ClientSocket,
        outgoing: Option<Arc<Outgoing>>,
        socket: Arc<UdpSocket>,
    ) {
        let read = |buffer: &mut [u8]| {
            let (length, peer) = socket.try_recv_from(buffer.get_mut(HEADROOM..).unwrap_or_default())?;
            let (now, peer) = (self.now().steady, PeerSocket(peer));
            let frame = self.lock().turn.handle_peer_traffic(now, client, peer, buffer, length);
            match (frame.and_then(|range| buffer.get(range)), &outgoing) {
                (Some(frame), Some(outgoing)) => outgoing.offer(frame),
                (Some(frame), None) => self.send_datagram(client, frame),
                (None, _) => {}
            }
            Ok(())
        };
        drain(&socket, read).await;
    }
}

/// Calls `read` whenever the socket is ready, until it would block. Never returns.
async fn drain(socket: &UdpSocket, read: impl Fn(&mut [u8]) -> io::Result<()>) {
    loop {
        let ready = socket.readable().await;
        let result = ready
            .and_then(|()| DATAGRAM.with_borrow_mut(|buffer| (0..AT_A_TIME).try_for_each(|_| read(buffer))));
        match result {
            Ok(()) => yield_now().await,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            // Such as an answer that a port is closed.
            Err(_) => sleep(READ_BACKOFF).await,
        }
    }
}
