//! The server shell: axum routes, WebSockets and the hub's driver.
//!
//! `main` calls [`serve`]; so do the integration tests, on a port of their own. Decisions about calls are in
//! [`crate::hub`]; here bytes become inputs and effects become bytes.

pub mod addresses;
pub mod config;
mod driver;
mod http;
mod ice;
pub mod key;
mod mailbox;
mod routes;
mod security;
mod site;
mod socket;

use std::{future::Future, io, sync::Arc, time::Duration};

use axum::Router;
use thiserror::Error;
use tokio::{net::TcpListener, time::timeout};
use tokio_util::sync::CancellationToken;

use self::{
    config::Config,
    driver::Driver,
    ice::IceServers,
    routes::{AppState, router},
};

/// Within this time after the signal the program is gone, whoever is still connected.
const SHUTDOWN_LIMIT: Duration = Duration::from_millis(1_500);

/// Why serving failed.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The listening socket failed.
    #[error("the server's socket: {0}")]
    Listener(#[from] io::Error),
    /// No random numbers for peer ids.
    #[error(transparent)]
    Seed(#[from] key::KeyError),
}

/// Serves until `shutdown` is ready: then stops accepting, closes every socket with 1001 and returns, within two seconds.
///
/// `key` authenticates resume tokens: a server that is given the same key again knows its people again.
pub async fn serve(
    listener: TcpListener,
    config: &Config,
    key: [u8; 32],
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let state = state(config, listener.local_addr()?, key)?;
    let driver = Arc::clone(&state.driver);
    let sockets = state.sockets.clone();
    let stopping = CancellationToken::new();
    let mut http =
        std::pin::pin!(http::accept(listener, router(state), http::HEAD_PATIENCE, stopping.clone()));
    tokio::select! {
        () = &mut http => return Ok(()),
        () = driver.run_timer() => {}
        () = shutdown => {}
    }
    stopping.cancel();
    driver.stop();
    sockets.close();
    let all_gone = async { tokio::join!(http, sockets.wait()) };
    if timeout(SHUTDOWN_LIMIT, all_gone).await.is_err() {
        tracing::debug!("some connections did not end in time");
    }
    Ok(())
}

/// The routes of a server that listens nowhere, for tests of pages.
pub fn pages(config: &Config, key: [u8; 32]) -> Result<Router, ServeError> {
    Ok(router(state(config, config.listen, key)?))
}

fn state(config: &Config, listen: std::net::SocketAddr, key: [u8; 32]) -> Result<AppState, ServeError> {
    let ice = IceServers::new(config.ice_servers.clone(), config.turn_secret.clone());
    let driver = Driver::new(config.hub.clone(), ice, key, key::random()?);
    Ok(AppState::new(config, listen, Arc::new(driver)))
}
