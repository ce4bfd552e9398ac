//! How long one input takes in a room of 25: handled, drained, and its view made and compared with the one
//! shown, as the browser shell does. Fails above [`BUDGET_US`].
//!
//! ```sh
//! cargo bench --manifest-path tests/simulation/Cargo.toml --target-dir target/simulation --bench drain
//! ```

use std::time::Instant;

use halloo::{
    call::{
        Call, CallView, Command, ConnectionEvent, ConnectionId, ConnectionState, Effect, Input, SocketEvent,
    },
    protocol::{MediaState, PeerId, PeerInfo, ServerMsg},
    sansio::{Core, Millis},
};

/// Unit: microsecond.
const BUDGET_US: f64 = 50.0;
const OTHERS: u64 = 24;
const ROUNDS: u64 = 100_000;

/// A call in a room of 25, connected with everybody.
struct Page {
    call: Call,
    connections: Vec<(PeerId, ConnectionId)>,
    shown: CallView,
    views: u64,
}

impl Page {
    fn open() -> Self {
        let mut page =
            Self { call: Call::new(1), connections: Vec::new(), shown: CallView::default(), views: 0 };
        let room: halloo::protocol::RoomName = "many".parse().expect("a room name");
        page.give(Input::Command(Command::Join { room: room.clone(), name: None }));
        page.give(Input::SeatClaimed { token: None, visit: None });
        page.give(Input::Socket(SocketEvent::Opened));
        let peers = (1..=OTHERS).map(|id| PeerInfo {
            id: PeerId::new(id),
            name: format!("Person {id}").parse().ok(),
            media: MediaState { microphone: true, camera: true, ..MediaState::default() },
            reconnecting: false,
            replaces: None,
            hand: None,
        });
        page.give(Input::Socket(SocketEvent::Message(ServerMsg::Joined {
            room,
            you: PeerId::new(100),
            peers: peers.collect(),
            ice_servers: Vec::new(),
            resume_token: "seat".parse().expect("a token"),
            capacity: 25,
            complete: true,
            locked: false,
            hand: None,
        })));
        for (peer, connection) in page.connections.clone() {
            let event = ConnectionEvent::StateChanged(ConnectionState::Connected);
            page.give(Input::Connection { peer, connection, event });
        }
        assert_eq!(page.call.view().participants.len() as u64, OTHERS);
        page
    }

    /// What the shell does with an input.
    fn give(&mut self, input: Input) {
        self.call.handle_input(Millis(1), input);
        while let Some(effect) = self.call.poll_effect() {
            if let Effect::OpenConnection { peer, connection, .. } = effect {
                self.connections.push((peer, connection));
            }
        }
        let view = self.call.view();
        if view != self.shown {
            self.shown = view;
            self.views += 1;
        }
        std::hint::black_box(self.call.poll_timeout());
    }

    /// Unit: microsecond.
    fn measure(&mut self, name: &str, views: u64, input: impl Fn(u64, &Self) -> Input) {
        let (before, start) = (self.views, Instant::now());
        for round in 0..ROUNDS {
            let input = input(round, self);
            self.give(input);
        }
        let us = start.elapsed().as_secs_f64() * 1e6 / ROUNDS as f64;
        println!("{name}: {us:.2} us");
        assert_eq!(self.views - before, views, "views made");
        assert!(us < BUDGET_US, "more than {BUDGET_US} us");
    }
}

fn main() {
    let mut page = Page::open();
    page.measure("a sample of one connection, which changes nothing", 0, |round, page| {
        let (peer, connection) = page.connections[(round % OTHERS) as usize];
        let event = ConnectionEvent::MediaSampled { newest_ms: round + 1 };
        Input::Connection { peer, connection, event }
    });
    page.measure("a microphone that goes on or off", ROUNDS, |round, _| {
        let media = MediaState { microphone: round % 2 == 1, camera: true, ..MediaState::default() };
        Input::Socket(SocketEvent::Message(ServerMsg::MediaChanged { peer: PeerId::new(OTHERS), media }))
    });
}
