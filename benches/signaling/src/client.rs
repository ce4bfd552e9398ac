//! One simulated person: a WebSocket with a seat, spoken to in the words of `docs/PROTOCOL.md`.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, Utf8Bytes, protocol::WebSocketConfig},
};

use crate::process::Kind;

/// A seat, or one end of a path at the relay.
#[derive(Debug)]
pub struct Client {
    socket: WebSocketStream<TcpStream>,
    /// Own peer id; empty at the relay.
    pub id: String,
}

impl Client {
    /// Opens a socket. The relay pairs by path; halloo has one path for all.
    pub async fn open(kind: &Kind, server: SocketAddr, room: &str) -> Result<Self> {
        let path = match kind {
            Kind::Halloo(_) => "signal",
            Kind::Relay(..) => room,
        };
        let stream = TcpStream::connect(server).await.context("connect")?;
        stream.set_nodelay(true)?;
        let config = WebSocketConfig::default().read_buffer_size(4 * 1024);
        let url = format!("ws://{server}/{path}");
        let (socket, _) =
            client_async_with_config(url, stream, Some(config)).await.context("WebSocket handshake")?;
        Ok(Self { socket, id: String::new() })
    }

    /// Takes a seat; at the relay there is none to take. `hello` and `join` go in one flight.
    pub async fn join(&mut self, kind: &Kind, room: &str) -> Result<()> {
        if matches!(kind, Kind::Relay(..)) {
            return Ok(());
        }
        self.socket.feed(r#"{"type":"hello","version":1,"features":["bench"]}"#.into()).await?;
        let join = format!(
            r#"{{"type":"join","room":"{room}","name":"Ada","media":{{"microphone":true,"camera":true}}}}"#
        );
        self.socket.send(join.into()).await?;
        let joined = self.until("joined").await?;
        joined["you"].as_str().context("joined without you")?.clone_into(&mut self.id);
        Ok(())
    }

    /// Reads until a message of this type comes.
    pub async fn until(&mut self, kind: &str) -> Result<Value> {
        loop {
            let text = self.read().await?;
            let message: Value = serde_json::from_str(&text)?;
            if message["type"] == kind {
                return Ok(message);
            }
            if matches!(message["type"].as_str(), Some("error" | "full")) {
                bail!("the server says {text} instead of {kind}");
            }
        }
    }

    /// Reads until so many signals have come.
    pub async fn signals(&mut self, count: usize) -> Result<()> {
        let mut seen = 0;
        while seen < count {
            seen += usize::from(is_signal(&self.read().await?)?);
        }
        Ok(())
    }

    /// Sends one frame.
    pub async fn send(&mut self, text: Utf8Bytes) -> Result<()> {
        Ok(self.socket.send(Message::Text(text)).await?)
    }

    /// Sends frames with one system call.
    pub async fn send_all(&mut self, texts: impl Iterator<Item = Utf8Bytes>) -> Result<()> {
        for text in texts {
            self.socket.feed(Message::Text(text)).await?;
        }
        Ok(self.socket.flush().await?)
    }

    /// Frees the seat, which would otherwise be kept and cost time later, and closes without waiting for the
    /// answer.
    pub async fn close(mut self) {
        if !self.id.is_empty() {
            let _ = self.socket.feed(r#"{"type":"leave"}"#.into()).await;
        }
        let _ = self.socket.close(None).await;
    }

    /// The two directions, for use by two tasks.
    pub fn split(self) -> (Sender, Receiver) {
        let (sender, receiver) = self.socket.split();
        (Sender(sender), Receiver(receiver))
    }

    async fn read(&mut self) -> Result<Utf8Bytes> {
        loop {
            match self.socket.next().await.context("the socket ended")?? {
                Message::Text(text) if is_heartbeat(&text) => self.send(HEARTBEAT.into()).await?,
                Message::Text(text) => return Ok(text),
                Message::Close(frame) => bail!("the server closed the socket: {frame:?}"),
                _ => {}
            }
        }
    }
}

/// The writing half of a [`Client`].
#[derive(Debug)]
pub struct Sender(futures_util::stream::SplitSink<WebSocketStream<TcpStream>, Message>);

impl Sender {
    /// Sends one frame.
    pub async fn send(&mut self, text: Utf8Bytes) -> Result<()> {
        Ok(self.0.send(Message::Text(text)).await?)
    }
}

/// The reading half of a [`Client`].
#[derive(Debug)]
pub struct Receiver(futures_util::stream::SplitStream<WebSocketStream<TcpStream>>);

impl Receiver {
    /// Waits for the next signal; `None` when the socket is gone.
    pub async fn signal(&mut self) -> Result<Option<()>> {
        while let Some(Ok(message)) = self.0.next().await {
            if let Message::Text(text) = message
                && is_signal(&text)?
            {
                return Ok(Some(()));
            }
        }
        Ok(None)
    }
}

const HEARTBEAT: &str = r#"{"type":"heartbeat"}"#;

fn is_heartbeat(text: &str) -> bool {
    text == HEARTBEAT
}

/// Whether this is a relayed signal, with the sender of halloo or the receiver that the relay leaves in
/// place.
fn is_signal(text: &str) -> Result<bool> {
    if text.starts_with(r#"{"type":"error""#) {
        bail!("the server says {text}");
    }
    Ok(text.starts_with(r#"{"type":"signal""#))
}

/// The frame that carries a payload to a peer; the relay is sent the same bytes.
pub fn frame(to: &str, payload: &str) -> Utf8Bytes {
    let to = if to.is_empty() { "0000000000000000" } else { to };
    format!(r#"{{"type":"signal","to":"{to}","signal":{payload}}}"#).into()
}
