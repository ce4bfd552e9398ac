//! What each event of the queue does, and the peer connections between people.

use super::*;

impl World {
    pub(super) fn on_event(&mut self, event: Event) {
        match event {
            Event::Connect { socket } => self.on_connect(socket),
            Event::Up { socket, frame } => self.on_up(socket, frame),
            Event::Down { socket, frame } => self.on_down(socket, frame),
            Event::TickCall { who, page } => {
                let person = &mut self.people[who];
                if person.page == page {
                    person.armed = None;
                    self.tick_call(who);
                }
            }
            Event::TickHub { generation } if generation == self.generation => {
                self.hub_armed = None;
                self.tick_hub();
            }
            Event::ServerUp { generation } if generation == self.generation => self.start_hub(0),
            Event::TickHub { .. } | Event::ServerUp { .. } => {}
            Event::Claimed { who, page } if self.people[who].page == page => {
                let token = self.people[who].memory.clone();
                let visit = Some(VisitId::new(self.rng.u128(..)));
                self.give(who, Input::SeatClaimed { token, visit });
            }
            Event::Devices { who, page, op, kinds } if self.people[who].page == page => {
                let granted = |kind: &DeviceKind| {
                    let device = format!("{kind:?}");
                    DeviceGrant { kind: *kind, device, faces_away: false, height: None }
                };
                let denied = std::mem::take(&mut self.people[who].deny_next);
                let result =
                    if denied { Err(MediaProblem::InUse) } else { Ok(kinds.iter().map(granted).collect()) };
                self.give(who, Input::DevicesAnswered { op, result });
            }
            Event::Screen { who, page, op } if self.people[who].page == page => {
                let refused = self.rng.u8(0..5) == 0;
                let result =
                    if refused { Err(ScreenProblem::Refused) } else { Ok(ScreenGrant { with_sound: false }) };
                self.give(who, Input::ScreenAnswered { op, result });
            }
            Event::Claimed { .. } | Event::Devices { .. } | Event::Screen { .. } => {}
            Event::Done { instance, op } => self.on_done(instance, op),
            Event::Needed { instance } => {
                if self.connections.get_mut(&instance).is_some_and(PeerConnection::fires_needed) {
                    self.tell(instance, ConnectionEvent::NegotiationNeeded);
                }
            }
            Event::Gathered { instance, ufrag, last } => self.on_gathered(instance, ufrag, last),
            Event::Path { instance, again } => self.on_path(instance, again),
            Event::Restart { instance } => self.restart_ice(instance),
            Event::Chat { instance } => self.on_chat(instance),
            Event::ChannelClosed { instance } => self.on_channel_closed(instance),
            Event::ChatRefused { who, peer } => self.on_chat_refused(who, peer),
            Event::TickChat { who, page } if self.people[who].page == page => self.tick_chat(who),
            Event::TickChat { .. } => {}
            Event::Files { who, life, input } => self.on_files(who, life, input),
            Event::Decide { who, life, key } => self.decide(who, life, key),
            Event::TickFiles { who, life } if self.people[who].files.life == life => self.tick_files(who),
            Event::TickFiles { .. } => {}
            Event::Transfer { end, news } => self.on_transfer(end, news),
        }
    }

    pub(super) fn on_connect(&mut self, id: u64) {
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        if self.people[socket.who].cut_off {
            return; // Vanishes: the client gives up by itself.
        }
        socket.generation = self.generation;
        if self.hub.is_none() {
            return self.down(id, Down::Lost);
        }
        socket.server_open = true;
        self.down(id, Down::Opened);
        self.feed_hub(hub::Input::Connected { conn: ConnId(id) });
    }

    pub(super) fn on_up(&mut self, id: u64, frame: Up) {
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        let heard = socket.server_open && socket.generation == self.generation;
        let conn = ConnId(id);
        match frame {
            // Its own system tells the server, whatever becomes of packets.
            Up::Closed(end) if heard => {
                socket.server_open = false;
                self.feed_hub(hub::Input::Closed { conn, end });
            }
            Up::Text(text) if heard && socket.carries => {
                self.feed_hub(hub::Input::Frame { conn, frame: decode_client(&text) });
            }
            Up::Heartbeat if heard && socket.carries => {
                self.feed_hub(hub::Input::Frame { conn, frame: Ok(ClientMsg::Heartbeat) });
            }
            Up::Text(_) | Up::Heartbeat | Up::Closed(_) => {}
        }
    }

    pub(super) fn on_down(&mut self, id: u64, frame: Down) {
        let Some(socket) = self.sockets.get(&id) else { return };
        let who = socket.who;
        if self.people[who].socket != Some(id) || (!socket.carries && !matches!(frame, Down::Lost)) {
            return;
        }
        match frame {
            Down::Opened => self.give(who, Input::Socket(SocketEvent::Opened)),
            Down::Heartbeat => self.give(who, Input::Socket(SocketEvent::Message(ServerMsg::Heartbeat))),
            Down::Text(text) => match decode_server(&text) {
                Ok(message) => {
                    self.inspect(who, &message);
                    let is_signal = matches!(message, ServerMsg::Signal { .. });
                    if is_signal && std::mem::take(&mut self.people[who].double_next) {
                        self.give(who, Input::Socket(SocketEvent::Message(message.clone())));
                    }
                    self.give(who, Input::Socket(SocketEvent::Message(message)));
                }
                Err(error) => self.violate(format!("a client cannot read {text}: {error}")),
            },
            Down::Closed(code) => {
                self.people[who].socket = None;
                self.give(who, Input::Socket(SocketEvent::Closed(code)));
            }
            Down::Lost => {
                self.people[who].socket = None;
                self.give(who, Input::Socket(SocketEvent::Closed(CloseCode::Other(1006))));
            }
        }
    }

    pub(super) fn on_done(&mut self, instance: u64, op: OpId) {
        let Some(connection) = self.connections.get_mut(&instance) else { return };
        let Some((_, operation)) = connection.running.take_if(|(id, _)| *id == op) else { return };
        let who = connection.owner;
        if std::mem::take(&mut self.people[who].lose_next) {
            connection.running = Some((op, operation));
            return;
        }
        let refuses = std::mem::take(&mut self.people[who].fail_next);
        let (result, follow) = if refuses {
            let error = halloo::call::JsError { name: "OperationError".to_owned(), message: String::new() };
            (Err(error), Follow::default())
        } else {
            connection.finish(&operation)
        };
        self.follow(instance, follow);
        self.give(who, Input::OpDone { op, result });
        self.push(10, Event::Path { instance, again: false });
    }

    pub(super) fn on_gathered(&mut self, instance: u64, ufrag: u32, last: bool) {
        let Some(connection) = self.connections.get_mut(&instance) else { return };
        let address = self.people[connection.owner].address;
        if connection.uses(ufrag).is_none() {
            return;
        }
        let candidate = if last { None } else { connection.gathered(ufrag, address) };
        self.tell(instance, ConnectionEvent::Gathered(candidate));
    }

    pub(super) fn on_path(&mut self, instance: u64, again: bool) {
        let now = self.now;
        let Some(connection) = self.connections.get(&instance) else { return };
        let other = connection.remote_instance().and_then(|id| self.connections.get(&id));
        let path = other.and_then(|other| self.path(connection, other));
        let brings_media = other.is_some_and(|other| {
            let person = &self.people[other.owner];
            person.is_heard || (person.is_filmed && other.sends_camera)
        });
        let connection = self.connections.get_mut(&instance);
        if let Some(state) =
            connection.and_then(|connection| connection.settle_state(now, path, brings_media))
        {
            self.tell(instance, ConnectionEvent::StateChanged(state));
        }
        self.open_channel(instance);
        if again {
            let newest_ms =
                self.connections.get(&instance).map_or(0, |connection| connection.newest_media_ms);
            self.tell(instance, ConnectionEvent::MediaSampled { newest_ms });
            let pause = self.rng.u64(300..700);
            self.push(pause, Event::Path { instance, again });
        }
    }

    /// The path between two connections, if packets get through.
    pub(super) fn path(&self, from: &PeerConnection, to: &PeerConnection) -> Option<Path> {
        let (who, whom) = (from.owner, to.owner);
        let cut = self.cut_media.contains(&(who.min(whom), who.max(whom)));
        let addresses = (self.people[who].address, self.people[whom].address);
        from.path_to(to, addresses).filter(|_| !cut)
    }

    pub(super) fn restart_ice(&mut self, instance: u64) {
        if let Some(connection) = self.connections.get_mut(&instance) {
            let follow = connection.restart_ice();
            self.follow(instance, follow);
        }
    }

    pub(super) fn tell(&mut self, instance: u64, event: ConnectionEvent) {
        let Some(PeerConnection { owner, peer, connection, .. }) = self.connections.get(&instance) else {
            return;
        };
        let (who, peer, connection) = (*owner, *peer, *connection);
        self.give(who, Input::Connection { peer, connection, event });
    }

    pub(super) fn follow(&mut self, instance: u64, Follow { needed, gather }: Follow) {
        if needed {
            let pause = self.rng.u64(0..3);
            self.push(pause, Event::Needed { instance });
        }
        if let Some(ufrag) = gather {
            let mut pause = 0;
            for last in [false, false, true] {
                pause += self.rng.u64(0..80);
                self.push(pause, Event::Gathered { instance, ufrag, last });
            }
        }
    }
}
