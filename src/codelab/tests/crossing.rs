//! Whatever the order in which both sides offer, they end with the same two descriptions, and the page never
//! gets what it cannot take.

use std::collections::VecDeque;

use proptest::{collection::vec, prelude::*};

use super::*;

/// The page as its code is: globals, no check of any kind.
#[derive(Debug, Default)]
struct OldPage {
    has_media: bool,
    is_initiator: bool,
    is_channel_ready: bool,
    is_started: bool,
    has_local_offer: bool,
    /// The pair of descriptions of the last exchange: the number of the offer.
    agreed: Option<u32>,
    said: VecDeque<Value>,
    offers: u32,
}

impl OldPage {
    fn gets_media(&mut self) {
        if !std::mem::replace(&mut self.has_media, true) {
            self.said.push_back(json!("got user media"));
            if self.is_initiator {
                self.maybe_start();
            }
        }
    }

    fn maybe_start(&mut self) {
        if !self.is_started && self.has_media && self.is_channel_ready {
            self.is_started = true;
            if self.is_initiator {
                self.offers += 1;
                self.has_local_offer = true;
                self.said.push_back(offer(&(1_000 + self.offers).to_string()));
            }
        }
    }

    fn on(&mut self, event: &str, arguments: &[Value]) {
        match event {
            "created" => self.is_initiator = true,
            "join" | "joined" => self.is_channel_ready = true,
            "message" => self.on_message(&arguments[0]),
            _ => {}
        }
    }

    fn on_message(&mut self, message: &Value) {
        match PageMessage::read(message) {
            PageMessage::GotUserMedia => self.maybe_start(),
            PageMessage::Offer(sdp) => {
                if !self.is_initiator && !self.is_started {
                    self.maybe_start();
                }
                assert!(self.is_started, "an offer without a connection throws");
                assert!(!self.has_local_offer, "an offer after an own one throws");
                self.agreed = sdp.parse().ok();
                self.said.push_back(answer(&sdp));
            }
            PageMessage::Answer(sdp) => {
                assert!(self.is_started && self.has_local_offer, "an answer to nothing throws");
                self.has_local_offer = false;
                self.agreed = sdp.parse().ok();
            }
            PageMessage::Bye if self.is_started => {
                *self = Self {
                    said: std::mem::take(&mut self.said),
                    offers: self.offers,
                    ..Self {
                        has_media: self.has_media,
                        is_channel_ready: self.is_channel_ready,
                        ..Self::default()
                    }
                };
            }
            PageMessage::Bye | PageMessage::Candidate(_) | PageMessage::Other => {}
        }
    }
}

/// A client that keeps to sections 8.3 and 8.4 of `docs/PROTOCOL.md`.
#[derive(Debug)]
struct Peer {
    is_polite: bool,
    epoch: u32,
    /// The number of the own offer that is not answered.
    pending: Option<u32>,
    agreed: Option<u32>,
    offers: u32,
}

impl Peer {
    fn offers(&mut self, anew: bool) -> Option<Value> {
        if anew {
            self.epoch += 1;
        } else if self.pending.is_some() {
            return None;
        }
        self.offers += 1;
        self.pending = Some(self.offers);
        self.again()
    }

    /// The pending offer.
    fn again(&self) -> Option<Value> {
        let sdp = self.pending?.to_string();
        Some(json!({"kind": "offer", "sdp": sdp, "epoch": self.epoch}))
    }

    fn on(&mut self, signal: &Signal) -> Option<Value> {
        match signal {
            Signal::Offer { sdp, epoch, .. } if *epoch >= self.epoch => {
                let is_new = *epoch > self.epoch;
                self.epoch = *epoch;
                if !is_new && self.pending.is_some() && !self.is_polite {
                    return None;
                }
                self.pending = None;
                self.agreed = sdp.parse().ok();
                Some(json!({"kind": "answer", "sdp": sdp, "epoch": epoch}))
            }
            Signal::Answer { sdp, epoch, .. } if *epoch == self.epoch => {
                if self.pending.map(|pending| pending.to_string()).as_ref() == Some(sdp) {
                    self.agreed = self.pending.take();
                }
                None
            }
            Signal::Offer { .. }
            | Signal::Answer { .. }
            | Signal::Candidate { .. }
            | Signal::EndOfCandidates { .. }
            | Signal::Viewing(_)
            | Signal::Unknown => None,
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Step {
    /// What the page has said reaches the server; what the peer has said does.
    PageArrives,
    PeerArrives,
    /// What the server has said reaches the peer.
    PeerHears,
    PageGetsMedia,
    /// Of its own accord, or because it lost patience; on a new connection or not.
    PeerOffers {
        anew: bool,
    },
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::PageArrives),
        4 => Just(Step::PeerArrives),
        4 => Just(Step::PeerHears),
        1 => Just(Step::PageGetsMedia),
        2 => prop::bool::weighted(0.3).prop_map(|anew| Step::PeerOffers { anew }),
    ]
}

struct World {
    server: Codelab,
    now: Millis,
    page: OldPage,
    peer: Peer,
    from_peer: VecDeque<Value>,
    to_peer: VecDeque<Signal>,
}

impl World {
    fn new(page_is_first: bool, peer: u64) -> Self {
        let peer_is_polite = peer < ME;
        let peer_info = json!({ "id": id(peer) });
        let mut world = Self {
            server: Codelab::new("me".to_owned(), Vec::new()),
            now: Millis(0),
            page: OldPage::default(),
            peer: Peer { is_polite: peer_is_polite, epoch: 0, pending: None, agreed: None, offers: 0 },
            from_peer: VecDeque::new(),
            to_peer: VecDeque::new(),
        };
        world.feed(Input::CreateOrJoin(json!("r")));
        let peers = if page_is_first { json!([]) } else { json!([peer_info]) };
        world.hub(json!({"type": "joined", "room": "r", "you": id(ME), "peers": peers,
                         "resume_token": "t", "capacity": 2}));
        if page_is_first {
            world.hub(json!({"type": "peer_joined", "peer": peer_info}));
        } else {
            world.step(Step::PeerOffers { anew: false }, peer);
        }
        world
    }

    fn hub(&mut self, msg: Value) {
        self.feed(Input::Hub { msg: serde_json::from_value(msg).unwrap(), is_pair: false });
    }

    fn feed(&mut self, input: Input) {
        self.server.handle_input(self.now, input);
        while let Some(effect) = self.server.poll_effect() {
            match effect {
                Effect::Emit(event, arguments) => self.page.on(event, &arguments),
                Effect::Send(ClientMsg::Signal { signal, .. }) => {
                    self.to_peer.push_back(serde_json::from_str(signal.get()).unwrap());
                }
                Effect::Send(_) => {}
            }
        }
    }

    fn step(&mut self, step: Step, peer: u64) -> bool {
        match step {
            Step::PageArrives => {
                let Some(message) = self.page.said.pop_front() else { return false };
                self.feed(Input::Message(message));
            }
            Step::PeerArrives => {
                let Some(signal) = self.from_peer.pop_front() else { return false };
                self.hub(json!({"type": "signal", "from": id(peer), "signal": signal}));
            }
            Step::PeerHears => {
                let Some(signal) = self.to_peer.pop_front() else { return false };
                self.from_peer.extend(self.peer.on(&signal));
            }
            Step::PageGetsMedia => self.page.gets_media(),
            Step::PeerOffers { anew } => self.from_peer.extend(self.peer.offers(anew)),
        }
        true
    }

    fn settle(&mut self, peer: u64) {
        for _ in 0..200 {
            let all = [Step::PageArrives, Step::PeerArrives, Step::PeerHears];
            if all.map(|step| self.step(step, peer)).contains(&true) {
                continue;
            }
            if self.page.agreed.is_some() && self.page.agreed == self.peer.agreed {
                return;
            }
            // Ten seconds without an answer.
            self.now = self.now + 10_000;
            self.feed(Input::Tick);
            self.from_peer.extend(self.peer.again());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn both_sides_end_with_the_same_descriptions(
        page_is_first: bool,
        peer_is_polite: bool,
        steps in vec(any_step(), 0..40),
    ) {
        let peer = if peer_is_polite { POLITE } else { IMPOLITE };
        let mut world = World::new(page_is_first, peer);
        for step in steps {
            world.step(step, peer);
        }
        world.page.gets_media();
        world.settle(peer);
        prop_assert!(world.page.agreed.is_some(), "no call stands: {:?} {:?}", world.page, world.peer);
        prop_assert_eq!(world.page.agreed, world.peer.agreed);
        prop_assert!(world.page.offers <= 1);
    }
}
