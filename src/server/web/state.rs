//! What the handlers share.

use std::{env, path::PathBuf, sync::Arc};

use axum::extract::FromRef;
use ipnet::IpNet;
use leptos::config::LeptosOptions;
use tokio_util::task::TaskTracker;

use super::{codelab::Codelab, site::Site};
use crate::server::signaling::driver::Driver;

/// The operator's settings of the pages and of who may use them.
#[derive(Debug, Clone, Default)]
pub struct WebSettings {
    /// Origins whose pages may use `/signal`; if empty, only pages of the requested host.
    pub allowed_origins: Vec<String>,
    /// Proxies whose `X-Forwarded-*` headers count.
    pub trusted_proxies: Vec<IpNet>,
    /// Directory of the built pages; if none, those in the program are served.
    pub site_root: Option<PathBuf>,
    /// The tutorial's page and its Socket.IO events are served.
    pub codelab: bool,
}

/// What the handlers share.
#[derive(Debug, Clone)]
pub(crate) struct AppState {
    /// The hub and its sockets.
    pub(crate) driver: Arc<Driver>,
    /// Every open WebSocket, for a graceful shutdown.
    pub(crate) sockets: TaskTracker,
    pub(super) site: Site,
    pub(super) leptos: LeptosOptions,
    pub(super) allowed_origins: Arc<[String]>,
    pub(super) trusted_proxies: Arc<[IpNet]>,
    /// Base URLs for other devices of a private network.
    pub(super) private_network_addresses: Arc<[String]>,
    /// Set while `cargo leptos watch` runs the server.
    pub(super) reload_port: Option<u32>,
    /// What speaks the tutorial's events, if they are served.
    pub(super) codelab: Option<Codelab>,
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

impl AppState {
    /// The state of a server with these settings, which other devices reach at these base URLs.
    pub(crate) fn new(
        settings: &WebSettings,
        private_network_addresses: Vec<String>,
        driver: Arc<Driver>,
    ) -> Self {
        let site = Site::new(settings.site_root.as_deref());
        let leptos = site.options();
        let codelab = settings.codelab.then(|| Codelab::new(&driver));
        let reload_port = env::var_os("LEPTOS_WATCH").map(|_| leptos.reload_port);
        Self {
            driver,
            sockets: TaskTracker::new(),
            site,
            leptos,
            allowed_origins: settings.allowed_origins.clone().into(),
            trusted_proxies: settings.trusted_proxies.clone().into(),
            private_network_addresses: private_network_addresses.into(),
            reload_port,
            codelab,
        }
    }
}
