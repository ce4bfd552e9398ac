//! systemd: sockets that it passes, so that connections wait during a restart, and notifications to it.
//! [`super::listeners`] takes the sockets. Without systemd there are none.

use std::{env, io};

use listenfd::ListenFd;
use sd_notify::NotifyState;
use tokio::net::TcpListener;

/// Sockets passed by systemd (`LISTEN_FDS`), with their names (`FileDescriptorName=`).
pub struct Inherited {
    sockets: ListenFd,
    names: Vec<String>,
}

impl Inherited {
    /// Takes the sockets, and removes the variables that describe them. Call before there are other threads.
    pub fn take() -> Self {
        let names = env::var("LISTEN_FDNAMES").unwrap_or_default();
        let names = names.split(':').map(str::to_owned).collect();
        Self { sockets: ListenFd::from_env(), names }
    }

    /// No socket.
    pub fn none() -> Self {
        Self { sockets: ListenFd::empty(), names: Vec::new() }
    }

    /// The listener of this name. A socket without a known name is the one for pages.
    pub(crate) fn listener(&mut self, name: &str) -> io::Result<Option<TcpListener>> {
        let Some(at) = place(&self.names, name, self.sockets.len()) else { return Ok(None) };
        let Some(listener) = self.sockets.take_tcp_listener(at)? else { return Ok(None) };
        listener.set_nonblocking(true)?;
        TcpListener::from_std(listener).map(Some)
    }
}

/// The listener for pages.
pub(crate) const PAGES: &str = "pages";
/// The listener for plain HTTP.
pub(crate) const HTTP: &str = "http";

fn place(names: &[String], name: &str, count: usize) -> Option<usize> {
    let named = names.iter().take(count).position(|one| one == name);
    let is_nameless = |one: &String| one != PAGES && one != HTTP;
    named.or_else(|| (name == PAGES).then(|| names.iter().take(count).position(is_nameless))?)
}

/// The service has started (`Type=notify`).
pub fn tell_ready() {
    notify(NotifyState::Ready);
}

/// The service stops.
pub fn tell_stopping() {
    notify(NotifyState::Stopping);
}

fn notify(state: NotifyState<'_>) {
    // Not an error without systemd.
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "systemd could not be notified");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_are_told_apart_by_their_names() {
        let of = |names: &[&str], name| {
            let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
            place(&names, name, names.len())
        };
        assert_eq!(of(&["http", "pages"], PAGES), Some(1));
        assert_eq!(of(&["http", "pages"], HTTP), Some(0));
        assert_eq!(of(&["unknown"], PAGES), Some(0), "as systemd-socket-activate calls it");
        assert_eq!(of(&["halloo.socket"], HTTP), None);
        assert_eq!(of(&["http"], PAGES), None);
        assert_eq!(place(&["pages".to_owned()], PAGES, 0), None, "a name without a socket");
    }
}
