//! Puts the parts of the server together, runs them, and ends them.

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use thiserror::Error;
use tokio::{
    task::JoinSet,
    time::{Instant, timeout_at},
};
use tokio_util::sync::CancellationToken;

use super::{
    config::Config,
    net::{
        connections::{self, Service},
        listeners::Door,
    },
    ops::{
        key::{self, KeyError},
        metrics,
    },
    signaling::{
        driver::Driver,
        ice_servers::{IceServers, Own},
    },
    tls::Tls,
    web::router::{AppState, redirect, router},
};

/// Within this time after the signal people have heard that they are to come back.
const GOODBYE_LIMIT: Duration = Duration::from_millis(1_000);
/// Within this time the program is gone, whoever is still connected.
const SHUTDOWN_LIMIT: Duration = Duration::from_millis(1_500);

/// Why serving failed.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The listening socket failed.
    #[error("the server's socket: {0}")]
    Listener(#[from] io::Error),
    /// No random numbers for peer ids.
    #[error(transparent)]
    Seed(#[from] KeyError),
    /// By a fault of this program.
    #[error("a part of the server has ended; what the log says before this may tell why")]
    Ended,
}

/// Serves until `shutdown` is ready: then stops accepting, closes every socket with 1001 and returns, within two seconds.
///
/// `key` authenticates resume tokens: a server that is given the same key again knows its people again.
pub async fn serve(
    door: Door,
    config: &Config,
    key: [u8; 32],
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let listen = door.listener.local_addr()?;
    let certificate = door.tls.as_ref().map(|tls| Arc::clone(tls.certificate()));
    let own = door.relay.clone().map(|relay| Own { relay, certificate: certificate.clone() });
    let state = state(config, listen, key, own)?;
    let driver = Arc::clone(&state.driver);
    let sockets = state.sockets.clone();
    let stopping = CancellationToken::new();
    let figures = metrics::Sources {
        driver: Arc::clone(&driver),
        relay: door.relay.clone(),
        certificate: certificate.clone(),
    };
    let service = Service {
        router: router(state, certificate),
        tls: door.tls.as_ref().map(Tls::acceptor),
        redirect: redirect(listen.port()),
        relay: door.relay.clone(),
    };
    let redirecting = Service::plain(service.redirect.clone());
    let figures = Service::plain(metrics::router(figures));
    let mut doors = JoinSet::new();
    let listeners = [(Some(door.listener), service), (door.http, redirecting), (door.metrics, figures)];
    for (listener, service) in listeners {
        if let Some(listener) = listener {
            doors.spawn(connections::accept(listener, service, connections::HEAD_PATIENCE, stopping.clone()));
        }
    }
    let mut others = JoinSet::new();
    let timer = Arc::clone(&driver);
    others.spawn(async move { timer.run_timer().await });
    if let Some(tls) = door.tls {
        others.spawn(async move { tls.keep_up().await });
    }
    if let Some(relay) = door.relay {
        others.spawn(async move { relay.run().await });
    }
    tokio::select! {
        // They never end by themselves.
        _ = doors.join_next() => return Err(ServeError::Ended),
        _ = others.join_next() => return Err(ServeError::Ended),
        () = shutdown => {}
    }
    let began = Instant::now();
    driver.stop();
    sockets.close();
    if !door.is_held {
        // Whoever asks meanwhile is told. Where systemd holds the socket they rather wait for the next program.
        let _ = timeout_at(began + GOODBYE_LIMIT, sockets.wait()).await;
    }
    stopping.cancel();
    let all_gone = async {
        sockets.wait().await;
        while doors.join_next().await.is_some() {}
    };
    if timeout_at(began + SHUTDOWN_LIMIT, all_gone).await.is_err() {
        tracing::debug!("some connections did not end in time");
    }
    Ok(())
}

/// The routes of a server that listens nowhere, for tests of pages.
pub fn pages(config: &Config, key: [u8; 32]) -> Result<Router, ServeError> {
    Ok(router(state(config, config.listen, key, None)?, None))
}

fn state(
    config: &Config,
    listen: SocketAddr,
    key: [u8; 32],
    own: Option<Own>,
) -> Result<AppState, ServeError> {
    let ice = IceServers::new(config, own);
    let driver = Driver::new(config.hub.clone(), ice, key, key::random()?);
    Ok(AppState::new(config, listen, Arc::new(driver)))
}
