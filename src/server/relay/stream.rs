//! Clients that come by TCP or TLS, where nothing else gets through.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, split},
    sync::mpsc,
    time::timeout,
};

use super::Relay;
use crate::turn::{Client, Frames, Transport};

/// Who has no allocation after this time is sent away.
const PATIENCE: Duration = Duration::from_secs(30);
/// Who has one says something in each of its lifetimes.
const ALLOCATED_PATIENCE: Duration = Duration::from_secs(3_700);
/// Frames that may wait for a client.
const QUEUE: usize = 256;
const READ_BYTES: usize = 16 * 1024;

impl Relay {
    /// Serves one stream until it ends, and frees what its client has been given.
    pub(in crate::server) async fn serve_stream<S>(
        self: &Arc<Self>,
        stream: S,
        remote: SocketAddr,
        local: SocketAddr,
    ) where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let canonical = |address: SocketAddr| SocketAddr::new(address.ip().to_canonical(), address.port());
        let client = Client { transport: Transport::Tcp, remote: canonical(remote), local: canonical(local) };
        let (mut reading, mut writing) = split(stream);
        let (frames, mut queue) = mpsc::channel::<Vec<u8>>(QUEUE);
        self.lock().streams.insert(client, frames.clone());
        let write = async {
            let mut waiting = Vec::new();
            while queue.recv_many(&mut waiting, QUEUE).await > 0 {
                // In one call, and with TLS in one record, what has come meanwhile.
                let frames = waiting.concat();
                waiting.clear();
                if writing.write_all(&frames).await.is_err() || writing.flush().await.is_err() {
                    return;
                }
            }
        };
        let read = async {
            let mut cut = Frames::default();
            let mut buffer = vec![0; READ_BYTES];
            loop {
                let has_allocation = self.lock().turn.has_allocation(client);
                let patience = if has_allocation { ALLOCATED_PATIENCE } else { PATIENCE };
                let Ok(Ok(length @ 1..)) = timeout(patience, reading.read(&mut buffer)).await else { return };
                cut.push(buffer.get(..length).unwrap_or_default());
                loop {
                    match cut.pop() {
                        Ok(Some(frame)) => {
                            if let Some(reply) = self.handle(client, frame) {
                                // Packets may be lost, but over a stream nobody asks for an answer twice.
                                let Ok(Ok(())) = timeout(patience, frames.send(reply)).await else { return };
                            }
                        }
                        Ok(None) => break,
                        Err(_) => return,
                    }
                }
            }
        };
        tokio::select! {
            () = write => {}
            () = read => {}
        }
        let mut state = self.lock();
        state.streams.remove(&client);
        state.turn.client_gone(client);
        state.let_go();
    }
}
