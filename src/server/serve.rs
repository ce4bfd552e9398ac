//! Puts the parts of the server together, runs them, and stops them.

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use thiserror::Error;
use tokio::{
    net::TcpListener,
    task::JoinSet,
    time::{Instant, timeout_at},
};
use tokio_util::sync::CancellationToken;

use super::{
    config::Config,
    net::{
        addresses::reachable,
        connections::{self, Service},
        gate::{Gate, LimitSettings},
        listeners::{ListenError, Listeners},
        open_files,
        systemd::Inherited,
    },
    ops::{
        key::{self, KeyError},
        metrics,
        revoked::RevokedTokens,
    },
    relay::Relay,
    signaling::{
        driver::Driver,
        ice_servers::{BuiltIn, IceServers},
    },
    tls::{Tls, TlsError},
    web::{redirect::redirect, router::router, state::AppState},
};

/// Time limit, from the shutdown signal, for telling clients to come back.
const GOODBYE_LIMIT: Duration = Duration::from_millis(1_000);
/// Open connections of those who read metrics. They have places of their own, for health checks when all
/// others are taken.
const METRICS_CONNECTIONS: usize = 16;
/// Time limit, from the shutdown signal, for the whole shutdown.
const SHUTDOWN_LIMIT: Duration = Duration::from_millis(1_500);

/// Why the server could not be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// A socket.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// Why serving failed.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The listening socket failed.
    #[error("the server's socket: {0}")]
    Listener(#[from] io::Error),
    /// No random numbers for peer ids.
    #[error(transparent)]
    Seed(#[from] KeyError),
    /// A bug in this program.
    #[error("a part of the server ended unexpectedly; see the log before this")]
    Ended,
}

/// A server that listens, but does not serve yet.
#[derive(Debug)]
pub struct Server {
    /// Its TCP sockets.
    pub listeners: Listeners,
    /// The certificate, if HTTPS is served.
    pub tls: Option<Tls>,
    /// The built-in TURN server with its UDP sockets.
    pub relay: Option<Arc<Relay>>,
}

impl Server {
    /// Loads the certificate and opens the sockets.
    pub fn open(config: &Config, key: &[u8; 32], inherited: Inherited) -> Result<Self, OpenError> {
        let tls = config.tls.as_ref().map(Tls::open).transpose()?;
        let listeners = Listeners::open(&config.listen, tls.is_some(), inherited)?;
        let pages = listeners.pages.local_addr().map_err(ListenError::at(config.listen.pages))?;
        let (people, lifetime) = (config.hub.room_capacity, config.ice.login_lifetime);
        let (_, relayed) = open_files::divide(Relay::MAX_SOCKETS);
        let relay = Relay::open(&config.turn, pages, people, lifetime, relayed, key);
        let relay = relay.map_err(|(address, cause)| ListenError::at(address)(cause))?;
        Ok(Self { listeners, tls, relay: relay.map(Arc::new) })
    }

    /// Plain HTTP at an open socket.
    pub fn plain(pages: TcpListener) -> Self {
        let listeners = Listeners { pages, http: None, metrics: None, is_held: false };
        Self { listeners, tls: None, relay: None }
    }

    /// Where pages are served.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listeners.pages.local_addr()
    }

    /// `http` or `https`.
    pub fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }

    /// Serves until `shutdown` is ready, then stops accepting, closes every WebSocket with 1001 and returns
    /// within two seconds.
    ///
    /// `key` authenticates resume tokens: after a restart with the same key, clients get their seats back.
    pub async fn run(
        self,
        config: &Config,
        key: [u8; 32],
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ServeError> {
        let (listen, scheme) = (self.address()?, self.scheme());
        let Self { listeners, tls, relay } = self;
        let certificate = tls.as_ref().map(|tls| Arc::clone(tls.certificate()));
        let built_in = relay.clone().map(|relay| BuiltIn { relay, certificate: certificate.clone() });
        let state =
            state(config, reachable(listen, scheme), key, built_in, RevokedTokens::open(&config.key))?;
        let driver = Arc::clone(&state.driver);
        let sockets = state.sockets.clone();
        let gate = gate(config, relay.is_some(), &driver)?;
        let measured = metrics::Measured {
            driver: Arc::clone(&driver),
            relay: relay.clone(),
            certificate: certificate.clone(),
            gate: Arc::clone(&gate),
        };
        let service = Service {
            router: router(state, certificate),
            tls: tls.as_ref().map(Tls::acceptor),
            redirect: redirect(listen.port()),
            relay: relay.clone(),
            gate: Arc::clone(&gate),
        };
        let redirect = Service::plain(service.redirect.clone(), gate);
        let limits = LimitSettings { max_connections: METRICS_CONNECTIONS, ..config.limits };
        let metrics_gate = Gate::new(limits, [].into(), 0, |_| {});
        let metrics = Service::plain(metrics::router(measured), Arc::new(metrics_gate));
        let stopping = CancellationToken::new();
        let mut accepting = JoinSet::new();
        let services =
            [(Some(listeners.pages), service), (listeners.http, redirect), (listeners.metrics, metrics)];
        for (listener, service) in services {
            if let Some(listener) = listener {
                let timeout = connections::HEAD_TIMEOUT;
                accepting.spawn(connections::accept(listener, service, timeout, stopping.clone()));
            }
        }
        let mut background = JoinSet::new();
        let timer = Arc::clone(&driver);
        background.spawn(async move { timer.run_timer().await });
        if let Some(tls) = tls {
            background.spawn(async move { tls.keep_up().await });
        }
        if let Some(relay) = relay {
            background.spawn(async move { relay.run().await });
        }
        tokio::select! {
            // None of these ends before `stopping`.
            _ = accepting.join_next() => return Err(ServeError::Ended),
            _ = background.join_next() => return Err(ServeError::Ended),
            () = shutdown => {}
        }
        let began = Instant::now();
        driver.stop();
        sockets.close();
        if !listeners.is_held {
            // New requests are answered meanwhile. If systemd holds the socket, they wait for the next
            // process instead.
            let _ = timeout_at(began + GOODBYE_LIMIT, sockets.wait()).await;
        }
        stopping.cancel();
        let all_closed = async {
            sockets.wait().await;
            while accepting.join_next().await.is_some() {}
        };
        if timeout_at(began + SHUTDOWN_LIMIT, all_closed).await.is_err() {
            tracing::debug!("some connections did not end in time");
        }
        Ok(())
    }
}

/// The limits of the connections of pages and signaling.
fn gate(config: &Config, has_relay: bool, driver: &Arc<Driver>) -> Result<Arc<Gate>, KeyError> {
    let (connections, _) = open_files::divide(if has_relay { Relay::MAX_SOCKETS } else { 0 });
    let limits = LimitSettings {
        max_connections: config.limits.max_connections.min(connections.saturating_sub(METRICS_CONNECTIONS)),
        ..config.limits
    };
    if limits.max_connections < config.limits.max_connections {
        tracing::info!("{} connections at most, because of the limit of open files", limits.max_connections);
    }
    let [a, b, c, d, e, f, g, h, ..] = key::random()?;
    let seed = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
    let driver = Arc::clone(driver);
    let count = move |code| driver.counters().refused(code);
    Ok(Arc::new(Gate::new(limits, config.web.trusted_proxies.clone().into(), seed, count)))
}

/// The routes of a server that does not listen, for tests of pages.
pub fn pages(config: &Config, key: [u8; 32]) -> Result<Router, ServeError> {
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    Ok(router(
        state(config, reachable(config.listen.pages, scheme), key, None, RevokedTokens::default())?,
        None,
    ))
}

fn state(
    config: &Config,
    reachable: Vec<String>,
    key: [u8; 32],
    built_in: Option<BuiltIn>,
    revoked: RevokedTokens,
) -> Result<AppState, ServeError> {
    let ice = IceServers::new(config.ice.clone(), built_in);
    let joins = config.limits.joins_per_address;
    let driver = Driver::new(config.hub.clone(), ice, joins, key, key::random()?, revoked);
    Ok(AppState::new(&config.web, reachable, Arc::new(driver)))
}
