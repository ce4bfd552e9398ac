//! The reference of the benchmark: passes WebSocket frames between the two sockets that name the same URL
//! path.
//!
//! It parses nothing and knows no rooms, seats or limits, so it is about the least that any relay in this
//! language can do. Buffers and socket options are those of the server that it is compared with.
//!
//! `relay ADDRESS:PORT` gives each socket a task and a queue, as every server does in which more than two can
//! talk. `relay ADDRESS:PORT paired` joins two sockets in one task: a lower bound that only works for pairs.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::{FutureExt, SinkExt, StreamExt};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};
use tokio_tungstenite::{
    WebSocketStream, accept_hdr_async_with_config,
    tungstenite::{
        Message,
        handshake::server::{ErrorResponse, Request, Response},
        protocol::WebSocketConfig,
    },
};

type Socket = WebSocketStream<TcpStream>;

/// The first socket of each path that still waits for its second.
type Waiting<T> = Arc<Mutex<HashMap<String, T>>>;

/// What the second socket of a path needs to talk to the first: where to write, and where the first reads.
type Ends = (UnboundedSender<Message>, UnboundedReceiver<Message>);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:8090".to_owned());
    let paired = arguments.next().is_some_and(|mode| mode == "paired");
    let listener = TcpListener::bind(address).await?;
    let by_queue = Waiting::<Ends>::default();
    let by_socket = Waiting::<Socket>::default();
    loop {
        let (stream, _) = listener.accept().await?;
        if paired {
            tokio::spawn(serve_paired(stream, Arc::clone(&by_socket)));
        } else {
            tokio::spawn(serve(stream, Arc::clone(&by_queue)));
        }
    }
}

async fn open(stream: TcpStream) -> Option<(String, Socket)> {
    stream.set_nodelay(true).ok()?;
    let mut path = String::new();
    #[expect(clippy::result_large_err, reason = "the type is tungstenite's")]
    let read_path = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
        request.uri().path().clone_into(&mut path);
        Ok(response)
    };
    let config = WebSocketConfig::default().read_buffer_size(4 * 1024).write_buffer_size(4 * 1024);
    let socket = accept_hdr_async_with_config(stream, read_path, Some(config)).await.ok()?;
    Some((path, socket))
}

async fn serve(stream: TcpStream, waiting: Waiting<Ends>) {
    let Some((path, mut socket)) = open(stream).await else { return };
    let (to_partner, mut from_partner) = pair(path, &waiting);
    loop {
        tokio::select! {
            incoming = socket.next() => match incoming {
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(message)) => {
                    let _ = to_partner.send(message);
                }
            },
            outgoing = from_partner.recv() => {
                let Some(message) = outgoing else { break };
                if write_all(&mut socket, message, &mut from_partner).await.is_none() {
                    break;
                }
            }
        }
    }
    let _ = socket.close(None).await;
}

fn pair(path: String, waiting: &Waiting<Ends>) -> Ends {
    let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(ends) = waiting.remove(&path) {
        return ends;
    }
    let (to_second, from_first) = unbounded_channel();
    let (to_first, from_second) = unbounded_channel();
    waiting.insert(path, (to_first, from_first));
    (to_second, from_second)
}

/// Writes what is queued with one system call.
async fn write_all(
    socket: &mut Socket,
    first: Message,
    queue: &mut UnboundedReceiver<Message>,
) -> Option<()> {
    socket.feed(first).await.ok()?;
    while let Ok(message) = queue.try_recv() {
        socket.feed(message).await.ok()?;
    }
    socket.flush().await.ok()
}

async fn serve_paired(stream: TcpStream, waiting: Waiting<Socket>) {
    let Some((path, socket)) = open(stream).await else { return };
    let (mut a, mut b) = {
        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match waiting.remove(&path) {
            Some(first) => (first, socket),
            None => {
                waiting.insert(path, socket);
                return;
            }
        }
    };
    loop {
        let done = tokio::select! {
            message = a.next() => pass_on(message, &mut a, &mut b).await.is_none(),
            message = b.next() => pass_on(message, &mut b, &mut a).await.is_none(),
        };
        if done {
            break;
        }
    }
    let _ = a.close(None).await;
    let _ = b.close(None).await;
}

type Incoming = Option<Result<Message, tokio_tungstenite::tungstenite::Error>>;

async fn pass_on(mut message: Incoming, from: &mut Socket, to: &mut Socket) -> Option<()> {
    loop {
        match message {
            Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
            Some(Ok(message)) => to.feed(message).await.ok()?,
        }
        match from.next().now_or_never() {
            Some(next) => message = next,
            None => return to.flush().await.ok(),
        }
    }
}
