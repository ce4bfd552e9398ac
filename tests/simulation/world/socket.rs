//! Sockets: ordered streams that die, with or without a word.

use super::*;

impl World {
    pub(super) fn open_socket(&mut self, who: usize) {
        self.close_socket(who, Some(SocketEnd::Lost));
        let id = self.number();
        let socket = Socket {
            who,
            generation: 0,
            carries: true,
            claims_seat: false,
            server_open: false,
            up_at: 0,
            down_at: 0,
        };
        self.sockets.insert(id, socket);
        self.people[who].socket = Some(id);
        self.sockets_opened += 1;
        let pause = self.delay();
        self.push(pause, Event::Connect { socket: id });
    }

    /// The client lets go of its socket; how the server hears of it, if at all.
    pub(super) fn close_socket(&mut self, who: usize, end: Option<SocketEnd>) {
        let Some(id) = self.people[who].socket.take() else { return };
        let carries = self.sockets.get(&id).is_some_and(|socket| socket.carries);
        match end {
            Some(end) if carries => self.up(id, Up::Closed(end)),
            Some(_) | None => {
                self.people[who].forsook = true;
                if let Some(socket) = self.sockets.get_mut(&id) {
                    socket.carries = false;
                }
            }
        }
    }

    pub(super) fn lose_socket(&mut self, who: usize, client_notices: bool, server_notices: bool) {
        let Some(id) = self.people[who].socket else { return };
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        socket.carries = false;
        if client_notices {
            self.down(id, Down::Lost);
        }
        if server_notices {
            self.up(id, Up::Closed(SocketEnd::Lost));
        }
    }

    pub(super) fn cut_signaling(&mut self, who: usize) {
        self.people[who].cut_off = true;
        self.lose_socket(who, false, false);
    }

    pub(super) fn up(&mut self, id: u64, frame: Up) {
        let delay = self.delay();
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        socket.up_at = socket.up_at.max(self.now + delay);
        let pause = socket.up_at - self.now;
        self.push(pause, Event::Up { socket: id, frame });
    }

    pub(super) fn down(&mut self, id: u64, frame: Down) {
        let delay = self.delay();
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        socket.down_at = socket.down_at.max(self.now + delay);
        let pause = socket.down_at - self.now;
        self.push(pause, Event::Down { socket: id, frame });
    }
}
