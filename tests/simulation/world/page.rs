//! One person's page: the call, its timers, and what it asks of the browser.

use super::*;

impl World {
    pub(super) fn command(&mut self, who: usize, command: Command) {
        self.give(who, Input::Command(command));
    }

    pub(super) fn tick_call(&mut self, who: usize) {
        let now = self.clock(who);
        if self.people[who].call.poll_timeout().is_some_and(|due| due <= now) {
            self.give(who, Input::Tick);
        } else {
            self.arm_call(who);
        }
    }

    pub(super) fn clock(&self, who: usize) -> Millis {
        let person = &self.people[who];
        Millis(self.now - person.born + person.ahead)
    }

    pub(super) fn give(&mut self, who: usize, input: Input) {
        let now = self.clock(who);
        self.people[who].call.handle_input(now, input);
        while let Some(effect) = self.people[who].call.poll_effect() {
            self.perform(who, effect);
        }
        self.arm_call(who);
        let view = self.view(who);
        self.tell_chat(who, &view);
        self.tell_files(who, &view);
        self.show_others(who, &view);
    }

    /// Whoever is there is shown in a tile, of a size that differs, unless the page is hidden.
    pub(super) fn show_others(&mut self, who: usize, view: &CallView) {
        let hidden = self.people[who].hidden;
        let height = |peer: PeerId| if hidden { 0 } else { 90 + (peer.number() % 1_000) as u16 };
        let viewing = |peer| (peer, Viewing { camera: Some(height(peer)), screen: None });
        let shown: Vec<_> = view.participants.iter().map(|peer| viewing(peer.id)).collect();
        if self.people[who].shown != shown {
            self.people[who].shown.clone_from(&shown);
            self.command(who, Command::Show(shown));
        }
    }

    pub(super) fn arm_call(&mut self, who: usize) {
        let person = &self.people[who];
        let Some(at) = self.wakes_at(who, person.call.poll_timeout(), person.armed) else { return };
        let page = person.page;
        self.people[who].armed = Some(at);
        self.push(at - self.now, Event::TickCall { who, page });
    }

    /// When to wake a core of this page that is due then, by the clock of the page. `None` if nothing is due,
    /// or it is woken before that.
    pub(super) fn wakes_at(&self, who: usize, due: Option<Millis>, armed: Option<u64>) -> Option<u64> {
        let at = self.now + due?.since(self.clock(who));
        let at = if self.people[who].throttled { at.next_multiple_of(60_000) } else { at };
        armed.is_none_or(|armed| at < armed || armed < self.now).then_some(at)
    }

    pub(super) fn perform(&mut self, who: usize, effect: Effect) {
        let page = self.people[who].page;
        match effect {
            Effect::ClaimSeat { .. } => {
                let pause = self.rng.u64(0..20);
                self.push(pause, Event::Claimed { who, page });
            }
            Effect::StoreSeat { token, .. } => self.people[who].memory = Some(token),
            Effect::ForgetSeat { .. } => self.people[who].memory = None,
            Effect::OpenSocket => self.open_socket(who),
            Effect::CloseSocket => self.close_socket(who, Some(SocketEnd::Lost)),
            Effect::Send(message) => {
                self.people[who].sent += 1;
                if let Some(id) = self.people[who].socket {
                    if let (ClientMsg::Join { resume: Some(_), .. }, Some(socket)) =
                        (&message, self.sockets.get_mut(&id))
                    {
                        socket.claims_seat = true;
                    }
                    let heartbeat = message == ClientMsg::Heartbeat;
                    self.up(id, if heartbeat { Up::Heartbeat } else { Up::Text(encode(&message)) });
                }
            }
            Effect::UseIceServers(_) | Effect::CheckOrigin => {}
            Effect::OpenConnection { peer, connection, camera } => {
                self.open_peer(who, peer, connection, camera.is_some());
                if let (Some(camera), Some(connection)) = (camera, self.connection_to(who, peer)) {
                    connection.sends_camera = camera.active;
                }
            }
            Effect::CloseConnection { peer } => {
                let instance = self.people[who].peers.remove(&peer);
                if let Some(connection) = instance.and_then(|instance| self.connections.remove(&instance)) {
                    self.close_channel(&connection);
                } else {
                    self.violate(format!("{who} closes a connection that is not there"));
                }
            }
            Effect::SendTracks { peer, tracks } => {
                if let Some(connection) = self.connection_to(who, peer) {
                    connection.send_tracks(&tracks);
                }
            }
            Effect::SendScreen { peer, .. } => {
                if let Some(connection) = self.connection_to(who, peer) {
                    let (instance, follow) = (connection.instance, connection.send_screen());
                    self.follow(instance, follow);
                }
            }
            Effect::Encode { peer, source, encoding } => {
                if let (TrackSource::Camera, Some(connection)) = (source, self.connection_to(who, peer)) {
                    connection.sends_camera = encoding.active;
                }
            }
            Effect::ReceiveTracks { peer, tracks } => {
                if let Some(connection) = self.connection_to(who, peer) {
                    connection.receives = tracks;
                }
            }
            Effect::Operate { op, peer, operation } => self.operate(who, peer, op, operation),
            Effect::RestartIce { peer } => {
                self.repairs += 1;
                if let Some(instance) = self.people[who].peers.get(&peer).copied() {
                    self.restart_ice(instance);
                }
            }
            Effect::Acquire { op, requests } => {
                let pause = self.rng.u64(0..3_000);
                let kinds = requests.iter().map(|request| request.kind).collect();
                self.push(pause, Event::Devices { who, page, op, kinds });
            }
            Effect::AcquireScreen { op } => {
                let pause = self.rng.u64(0..3_000);
                self.push(pause, Event::Screen { who, page, op });
            }
            Effect::Install { kind } => self.use_device(who, kind, true),
            Effect::Release { kind } => self.use_device(who, kind, false),
            Effect::Silence { silent } => self.people[who].is_heard = !silent,
            Effect::InstallScreen
            | Effect::HintScreen { .. }
            | Effect::ReleaseScreen
            | Effect::StoreSharing { .. }
            | Effect::KeepScreenOn { .. }
            | Effect::StoreSwitch { .. } => {}
        }
    }

    fn use_device(&mut self, who: usize, kind: DeviceKind, on: bool) {
        let person = &mut self.people[who];
        match kind {
            DeviceKind::Microphone => person.is_heard = on,
            DeviceKind::Camera => person.is_filmed = on,
        }
    }

    fn connection_to(&mut self, who: usize, peer: PeerId) -> Option<&mut PeerConnection> {
        let instance = self.people[who].peers.get(&peer)?;
        self.connections.get_mut(instance)
    }

    pub(super) fn open_peer(&mut self, who: usize, peer: PeerId, connection: ConnectionId, offering: bool) {
        if self.people[who].peers.contains_key(&peer) {
            self.violate(format!("{who} opens a second connection to one peer"));
        }
        *self.connections_opened.entry(who).or_default() += 1;
        let instance = self.number();
        let (new, follow) = PeerConnection::new(instance, who, peer, connection, offering);
        self.connections.insert(instance, new);
        self.people[who].peers.insert(peer, instance);
        self.owner_of_instance.insert(instance, who);
        self.follow(instance, follow);
        self.push(500, Event::Path { instance, again: true });
    }

    pub(super) fn operate(&mut self, who: usize, peer: PeerId, op: OpId, operation: Operation) {
        let pause = if self.rng.u8(..) < 8 { self.rng.u64(0..1_500) } else { self.rng.u64(0..25) };
        let instance = self.people[who].peers.get(&peer).copied();
        let Some(connection) = instance.and_then(|instance| self.connections.get_mut(&instance)) else {
            return self.violate(format!("{who} operates on a connection that is not there"));
        };
        let instance = connection.instance;
        if connection.running.replace((op, operation)).is_some() {
            self.violate(format!("{who} has two operations in flight at one connection"));
        }
        self.push(pause, Event::Done { instance, op });
    }

    /// The page is about to be loaded anew, of which the server hears first.
    pub(super) fn ask_for_page(&mut self, who: usize) -> SocketEnd {
        let room = room(self.people[who].room);
        self.feed_hub(hub::Input::PageServed { room });
        SocketEnd::PageClosed
    }

    /// The page is gone, as the server hears it, and loaded anew.
    pub(super) fn reload(&mut self, who: usize, end: Option<SocketEnd>) {
        if !self.people[who].wants {
            return;
        }
        // Without a token from the server there is nothing to recognise the person by.
        self.seat_may_be_held |= self.people[who].memory.is_none();
        // The seat that an unheard join took is found again once the server misses its socket.
        let socket = self.people[who].socket.and_then(|id| self.sockets.get(&id));
        let missed = end.is_some() && socket.is_none_or(|socket| socket.carries) && !self.people[who].forsook;
        self.seat_may_be_held |= self.view(who).status == Status::Connecting && !missed;
        self.unload(who, end);
        self.join(who);
    }

    pub(super) fn crash(&mut self, who: usize) {
        self.seat_may_be_held = true;
        self.unload(who, None);
        self.forget_chat(who);
        self.people[who].memory = None;
        self.people[who].wants = false;
    }

    pub(super) fn unload(&mut self, who: usize, end: Option<SocketEnd>) {
        self.close_socket(who, end);
        let seed = self.rng.u64(..);
        let pause = self.rng.u64(0..MAX_START_MS);
        let now = self.now;
        let person = &mut self.people[who];
        person.call = Call::new(seed);
        person.page += 1;
        person.born = now;
        person.ahead = pause;
        person.armed = None;
        person.shown.clear();
        (person.is_heard, person.is_filmed) = (false, false);
        for instance in std::mem::take(&mut person.peers).into_values() {
            if let Some(connection) = self.connections.remove(&instance) {
                self.close_channel(&connection);
            }
        }
        self.reload_chat(who);
        self.forget_files(who);
    }
}
