//! systemd: sockets that it holds for us, so that a restart refuses nobody, and what it is told of our state.
//! [`super::listeners`] takes the sockets; outside of systemd there are none.

use std::{env, io};

use listenfd::ListenFd;
use sd_notify::NotifyState;
use tokio::net::TcpListener;

/// Sockets handed over (`LISTEN_FDS`), by the names of their units (`FileDescriptorName=`).
pub struct Inherited {
    sockets: ListenFd,
    names: Vec<String>,
}

impl Inherited {
    /// Takes what there is, and with it the variables that tell of it: to be called while there are no other threads.
    pub fn take() -> Self {
        let names = env::var("LISTEN_FDNAMES").unwrap_or_default();
        let names = names.split(':').map(str::to_owned).collect();
        Self { sockets: ListenFd::from_env(), names }
    }

    /// No socket.
    pub fn none() -> Self {
        Self { sockets: ListenFd::empty(), names: Vec::new() }
    }

    /// The listener of this name. One that has no name of ours is for the pages.
    pub(crate) fn listener(&mut self, name: &str) -> io::Result<Option<TcpListener>> {
        let Some(at) = place(&self.names, name, self.sockets.len()) else { return Ok(None) };
        let Some(listener) = self.sockets.take_tcp_listener(at)? else { return Ok(None) };
        listener.set_nonblocking(true)?;
        TcpListener::from_std(listener).map(Some)
    }
}

/// The main listener.
pub(crate) const PAGES: &str = "pages";
/// The one that sends plain HTTP to HTTPS.
pub(crate) const HTTP: &str = "http";

fn place(names: &[String], name: &str, count: usize) -> Option<usize> {
    let named = names.iter().take(count).position(|one| one == name);
    let is_nameless = |one: &String| one != PAGES && one != HTTP;
    named.or_else(|| (name == PAGES).then(|| names.iter().take(count).position(is_nameless))?)
}

/// The service has started (`Type=notify`).
pub fn tell_ready() {
    tell(NotifyState::Ready);
}

/// The service stops.
pub fn tell_stopping() {
    tell(NotifyState::Stopping);
}

fn tell(state: NotifyState<'_>) {
    // Without systemd nobody listens, which is no error.
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "systemd could not be told of the state of the service");
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
        assert_eq!(place(&["pages".to_owned()], PAGES, 0), None, "a name that was left over");
    }
}
