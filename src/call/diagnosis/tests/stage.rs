//! A run of all checks, told as a story. After every input no check runs beyond its limit.

use std::collections::BTreeMap;

use crate::{
    call::diagnosis::{CandidateKind, Check, CheckState, Diagnosis, Effect, Input, MAX_MS, Reason, Verdict},
    protocol::IceServer,
    sansio::{Core, Millis},
};

/// What the server offers, with a relay.
pub(super) fn relay() -> Vec<IceServer> {
    let urls = ["turn:r:3478?transport=udp", "turn:r:80?transport=tcp", "turns:r:443?transport=tcp"];
    let urls = urls.map(str::to_owned).to_vec();
    vec![IceServer { urls, username: Some("u".to_owned()), credential: Some("c".to_owned()) }]
}

pub(super) struct Stage {
    diagnosis: Diagnosis,
    now: Millis,
    /// The checks that hold something, and since when.
    pub(super) running: BTreeMap<Check, Millis>,
    /// What was used for each check.
    pub(super) used: BTreeMap<Check, Vec<IceServer>>,
    pub(super) has_left: bool,
    /// How many seats were asked for.
    sockets: u8,
}

impl Stage {
    /// Everything has begun that can.
    pub(super) fn begun() -> Self {
        let mut stage = Self {
            diagnosis: Diagnosis::new(),
            now: Millis(1_000),
            running: BTreeMap::new(),
            used: BTreeMap::new(),
            has_left: false,
            sockets: 0,
        };
        stage.input(Input::Start);
        stage
    }

    /// All that needs no relay works, and the server offers these ICE servers.
    pub(super) fn joined(servers: Vec<IceServer>) -> Self {
        let mut stage = Self::begun();
        for check in [Check::Browser, Check::Devices, Check::Https] {
            stage.done(check, Ok(()));
        }
        stage.input(Input::Joined(servers));
        stage.finds(Check::Host, CandidateKind::Host);
        stage
    }

    pub(super) fn input(&mut self, input: Input) {
        self.diagnosis.handle_input(self.now, input);
        while let Some(effect) = self.diagnosis.poll_effect() {
            assert!(!self.has_left, "{effect:?} after the end");
            match effect {
                Effect::Begin { check, servers } => {
                    assert!(self.running.insert(check, self.now).is_none(), "{check:?} twice");
                    let is_again = self.used.insert(check, servers).is_some();
                    let may_again = match self.sockets {
                        _ if check == Check::Https => self.lost_socket(),
                        1 => check == Check::WebSocket,
                        sockets => check.needs_seat() && sockets == 2,
                    };
                    assert!(!is_again || may_again, "{check:?} again");
                    self.sockets += u8::from(check == Check::WebSocket);
                }
                Effect::End(check) => assert!(self.running.remove(&check).is_some(), "{check:?} ends"),
                Effect::Leave => self.has_left = true,
            }
        }
        for (check, since) in &self.running {
            assert!(self.now.since(*since) < check.limit_ms(), "{check:?} runs too long");
            assert_eq!(self.state(*check), CheckState::Running);
        }
        assert_eq!(self.running.is_empty(), self.verdict().is_some(), "a verdict at the end");
        assert_eq!(self.has_left, self.verdict().is_some(), "the seat is kept until the end");
        assert_eq!(self.diagnosis.poll_timeout().is_some(), !self.may_repeat());
    }

    fn lost_socket(&self) -> bool {
        self.state(Check::WebSocket).reason().is_some()
    }

    pub(super) fn done(&mut self, check: Check, result: Result<(), Reason>) {
        self.input(Input::Done { check, result });
    }

    pub(super) fn finds(&mut self, check: Check, kind: CandidateKind) {
        self.input(Input::Candidate { check, kind });
    }

    /// An `icecandidateerror`, and nothing else.
    pub(super) fn fails(&mut self, check: Check, code: u16) {
        self.input(Input::CandidateError { check, code });
        self.input(Input::GatheringEnded { check });
    }

    pub(super) fn passes(&mut self, ms: u64) {
        let end = self.now + ms;
        while let Some(at) = self.diagnosis.poll_timeout().filter(|at| *at <= end) {
            self.now = at;
            self.input(Input::Tick);
        }
        self.now = end;
    }

    /// Nothing more happens. Returns the verdict.
    pub(super) fn ends(&mut self) -> Verdict {
        self.passes(MAX_MS);
        self.verdict().expect("a verdict when all time has passed")
    }

    pub(super) fn state(&self, check: Check) -> CheckState {
        let view = self.diagnosis.view();
        view.checks.into_iter().find(|(other, _)| *other == check).map(|(_, state)| state).unwrap()
    }

    pub(super) fn may_repeat(&self) -> bool {
        self.diagnosis.view().may_repeat
    }

    pub(super) fn verdict(&self) -> Option<Verdict> {
        self.diagnosis.view().verdict
    }
}
