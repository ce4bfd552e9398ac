//! A server on a port of its own, and clients that speak plain JSON to it as a third party would.
#![allow(dead_code, reason = "each test program uses a part of it")]

use std::{net::SocketAddr, time::Duration};

use futures_util::{SinkExt, StreamExt};
use halloo::{
    hub::HubConfig,
    server::{self, ServeError, config::Config, ops::key::KeySource},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::oneshot,
    task::JoinHandle,
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, client::IntoClientRequest, protocol::CloseFrame},
};

/// No answer within this time is a failure; nothing waits for it to pass.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(10);

/// A running server.
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), ServeError>>,
}

impl Server {
    /// With two seats in a room and a fixed key.
    pub(crate) async fn start() -> Self {
        Self::with_capacity(2).await
    }

    /// With these seats in a room.
    pub(crate) async fn with_capacity(room_capacity: u32) -> Self {
        let hub = HubConfig { room_capacity, ..HubConfig::default() };
        Self::start_with(Config { hub, ..Config::default() }).await
    }

    /// With this configuration and a fixed key.
    pub(crate) async fn start_with(config: Config) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::run(server::Server::plain(listener), config)
    }

    /// Runs this server.
    pub(crate) fn run(server: server::Server, config: Config) -> Self {
        let address = server.address().unwrap();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            let stopped = async move {
                let _ = stopped.await;
            };
            // Nothing is kept between runs.
            let config = Config { key: KeySource::Given([7; 32]), ..config };
            server.run(&config, [7; 32], stopped).await
        });
        Self { address, stop, task }
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        timeout(TIMEOUT, self.task).await.unwrap().unwrap().unwrap();
    }

    /// Loads a page as a browser does.
    pub(crate) async fn get(&self, path: &str) {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address);
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = String::new();
        timeout(TIMEOUT, stream.read_to_string(&mut response)).await.unwrap().unwrap();
        assert!(response.starts_with("HTTP/1.1 200"), "{response}");
    }

    /// Opens a socket.
    pub(crate) async fn connect(&self) -> Client {
        Client::connect(self.address).await
    }

    /// Opens a socket as a page of this origin.
    pub(crate) async fn connect_from(&self, origin: &str) -> Result<Client, Error> {
        Client::open(TcpStream::connect(self.address).await.unwrap(), self.address, Some(origin)).await
    }

    /// Opens a socket through a proxy, for a client of this address.
    pub(crate) async fn connect_for(&self, client: &str) -> Result<Client, Error> {
        let mut request = format!("ws://{}/signal", self.address).into_client_request().unwrap();
        request.headers_mut().insert("x-forwarded-for", client.parse().unwrap());
        let (socket, _) = client_async(request, TcpStream::connect(self.address).await.unwrap()).await?;
        Ok(Client { socket })
    }

    /// Opens a socket whose own buffer for reading is as small as can be.
    pub(crate) async fn connect_with_small_buffer(&self) -> Client {
        Client::connect_with_small_buffer(self.address).await
    }

    /// Opens a socket and takes a seat; also returns `joined`.
    pub(crate) async fn join(&self, room: &str) -> (Client, Value) {
        let mut client = self.connect().await;
        let joined = client.join(room).await;
        (client, joined)
    }
}

/// One WebSocket.
pub(crate) struct Client {
    socket: WebSocketStream<TcpStream>,
}

impl Client {
    async fn open(stream: TcpStream, address: SocketAddr, origin: Option<&str>) -> Result<Self, Error> {
        let mut request = format!("ws://{address}/signal").into_client_request().unwrap();
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        let (socket, _) = client_async(request, stream).await?;
        Ok(Self { socket })
    }

    /// Opens a socket to a server anywhere.
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self::try_connect(address).await.unwrap()
    }

    /// The same, if it is let in.
    pub(crate) async fn try_connect(address: SocketAddr) -> Result<Self, Error> {
        Self::open(TcpStream::connect(address).await.unwrap(), address, None).await
    }

    /// Opens a socket whose own buffer for reading is as small as can be.
    pub(crate) async fn connect_with_small_buffer(address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(2_048).unwrap();
        Self::open(socket.connect(address).await.unwrap(), address, None).await.unwrap()
    }

    /// Says hello and takes a seat; returns `joined`.
    pub(crate) async fn join(&mut self, room: &str) -> Value {
        self.hello().await;
        self.send(json!({"type": "join", "room": room})).await;
        self.hear("joined").await
    }

    /// Says hello and takes back the seat of this `joined`; returns the answer, whatever it is.
    pub(crate) async fn resume(&mut self, joined: &Value) -> Value {
        self.hello().await;
        let resume = json!({"token": joined["resume_token"], "mode": "reconnect"});
        self.send(json!({"type": "join", "room": joined["room"], "resume": resume})).await;
        self.next().await
    }

    /// Sends `hello` and waits for `welcome`.
    pub(crate) async fn hello(&mut self) {
        self.send(json!({"type": "hello", "version": 1})).await;
        self.hear("welcome").await;
    }

    /// Sends a message.
    pub(crate) async fn send(&mut self, message: Value) {
        self.send_text(&message.to_string()).await.unwrap();
    }

    /// Sends text as it is.
    pub(crate) async fn send_text(&mut self, text: &str) -> Result<(), Error> {
        self.send_frame(Message::text(text)).await
    }

    /// Sends any frame.
    pub(crate) async fn send_frame(&mut self, frame: Message) -> Result<(), Error> {
        timeout(TIMEOUT, self.socket.send(frame)).await.expect("the server takes what it is sent")
    }

    /// The next message that is no heartbeat; those are answered.
    pub(crate) async fn next(&mut self) -> Value {
        loop {
            match self.next_frame().await {
                Some(Ok(Message::Text(text))) => {
                    let message: Value = serde_json::from_str(&text).unwrap();
                    if message["type"] != "heartbeat" {
                        return message;
                    }
                    self.send(message).await;
                }
                other => panic!("expected a message: {other:?}"),
            }
        }
    }

    /// The next message, which is of this type.
    pub(crate) async fn hear(&mut self, kind: &str) -> Value {
        let message = self.next().await;
        assert_eq!(message["type"], kind, "{message}");
        message
    }

    /// Skips the answer to a ping, then as [`Self::hear`].
    pub(crate) async fn hear_after_pong(&mut self, kind: &str) -> Value {
        let pong = self.next_frame().await;
        assert!(matches!(pong, Some(Ok(Message::Pong(_)))), "{pong:?}");
        self.hear(kind).await
    }

    /// The next message, which is an error of this code.
    pub(crate) async fn hear_error(&mut self, code: &str) {
        let message = self.hear("error").await;
        assert_eq!(message["code"], code, "{message}");
    }

    /// Reads until the socket is closed; the code of the close frame, if one came.
    pub(crate) async fn close_code(&mut self) -> Option<u16> {
        loop {
            match self.next_frame().await {
                Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }

    /// Says why it goes away, and waits for the server's close frame.
    pub(crate) async fn hang_up(mut self, code: u16) {
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        self.socket.close(Some(frame)).await.unwrap();
        self.close_code().await;
    }

    async fn next_frame(&mut self) -> Option<Result<Message, Error>> {
        timeout(TIMEOUT, self.socket.next()).await.expect("the server says something")
    }
}
