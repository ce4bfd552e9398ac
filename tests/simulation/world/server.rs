//! The server: the hub, its clock, and its end.

use super::*;

impl World {
    /// Starts the server, which then has run for so long.
    pub(super) fn start_hub(&mut self, age_ms: u64) {
        let mut seed = [0; 32];
        self.rng.fill(&mut seed);
        self.hub_born = self.now;
        self.hub_ahead = age_ms;
        self.hub_armed = None;
        let start =
            hub::Start { now: Millis(0), unix: (EPOCH_MS + self.now - age_ms) / 1_000, token_key: KEY, seed };
        let mut hub = Hub::new(self.config.clone(), start);
        hub.restore_revoked(self.revoked.clone());
        self.hub = Some(hub);
        self.arm_hub();
    }

    pub(super) fn stop_server(&mut self, graceful: bool, down_ms: u64) {
        if graceful {
            self.feed_hub(hub::Input::Stop);
        }
        self.generation += 1;
        self.hub = None;
        let ids: Vec<u64> =
            self.sockets.iter().filter(|(_, socket)| socket.server_open).map(|(id, _)| *id).collect();
        for id in ids {
            if let Some(socket) = self.sockets.get_mut(&id) {
                socket.server_open = false;
            }
            let code = if graceful { CloseCode::GoingAway } else { CloseCode::Other(1006) };
            self.down(id, Down::Closed(code));
        }
        let generation = self.generation;
        self.push(down_ms, Event::ServerUp { generation });
    }

    pub(super) fn hub_clock(&self) -> Millis {
        Millis(self.now - self.hub_born + self.hub_ahead)
    }

    pub(super) fn is_hub_in_grace(&self) -> bool {
        self.hub_clock().0 < self.config.resume_window_ms
    }

    pub(super) fn tick_hub(&mut self) {
        self.feed_hub(hub::Input::Tick);
    }

    pub(super) fn feed_hub(&mut self, input: hub::Input) {
        let now = self.hub_clock();
        let Some(hub) = &mut self.hub else { return };
        hub.handle_input(now, input);
        while let Some(effect) = self.hub.as_mut().and_then(Hub::poll_effect) {
            match effect {
                hub::Effect::Send { conn, msg } | hub::Effect::SendIceServers { conn, msg, .. } => {
                    let socket = self.sockets.get(&conn.0).map(|socket| (socket.who, socket.claims_seat));
                    if let (ServerMsg::Joined { you, locked, .. }, Some((who, claims_seat))) = (&msg, socket)
                    {
                        if *locked && !claims_seat && !self.owners.contains_key(you) {
                            self.violate(format!("{who} got a new seat in a locked room"));
                        }
                        self.owners.insert(*you, who);
                    }
                    let heartbeat = matches!(msg, ServerMsg::Heartbeat);
                    self.down(conn.0, if heartbeat { Down::Heartbeat } else { Down::Text(encode(&msg)) });
                }
                hub::Effect::Revoke(revocation) => self.revoked.push(revocation),
                hub::Effect::Close { conn, code } => {
                    if let Some(socket) = self.sockets.get_mut(&conn.0) {
                        socket.server_open = false;
                    }
                    self.down(conn.0, Down::Closed(code));
                }
                hub::Effect::SeatEnded { .. } => {}
            }
        }
        self.arm_hub();
    }

    pub(super) fn arm_hub(&mut self) {
        let now = self.hub_clock();
        let Some(due) = self.hub.as_ref().and_then(Hub::poll_timeout) else { return };
        let pause = due.since(now);
        let at = self.now + pause;
        if self.hub_armed.is_none_or(|armed| at < armed || armed < self.now) {
            self.hub_armed = Some(at);
            let generation = self.generation;
            self.push(pause, Event::TickHub { generation });
        }
    }
}
