//! The connection check: why can't we connect? Tries each way of a call by itself, and says what all of it
//! means.
//!
//! Checks that do not depend on each other run at the same time. Each has a limit, so that all of them end
//! within [`MAX_MS`]. [`crate::browser`] makes them; `halloo doctor` has the same names for the server's end.

mod check;
mod devices;
mod gathering;
mod servers;
mod verdict;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use litemap::LiteMap;

pub use self::{
    check::{CheckState, Reason, Skipped},
    devices::{DevicesSeen, Permission},
    gathering::CandidateKind,
    verdict::{Outlook, Verdict},
};
use self::{gathering::Gathering, servers::servers_for};
pub use crate::checks::Check;
use crate::{
    protocol::IceServer,
    sansio::{Core, FewDeadlines, Millis},
};

/// After so long everything has ended. Unit: millisecond.
pub const MAX_MS: u64 = 20_000;

/// A check may be made again so long after it began: each takes a seat in a room of its own, and a network
/// may enter only so many. Unit: millisecond.
pub const AGAIN_MS: u64 = 10_000;

/// How much time must be left to ask a server again. Unit: millisecond.
const ASK_AGAIN_MS: u64 = 2_000;
/// How much to take another seat and to try what needs one, unless the network is slow. Unit: millisecond.
const JOIN_AGAIN_MS: u64 = 10_000;

/// The states of all checks.
type Results = LiteMap<Check, CheckState>;

/// What happens to the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Begin.
    Start,
    /// A check has ended, other than by the inputs below.
    Done {
        /// Which.
        check: Check,
        /// What came of it.
        result: Result<(), Reason>,
    },
    /// The signaling server has given a seat, and these ICE servers.
    Joined(Vec<IceServer>),
    /// The seat is gone, or was not given: its socket has closed.
    SeatLost(Reason),
    /// A check has found a candidate.
    Candidate {
        /// Which.
        check: Check,
        /// Of this kind.
        kind: CandidateKind,
    },
    /// An `icecandidateerror` of a check.
    CandidateError {
        /// Which.
        check: Check,
        /// Its `errorCode`.
        code: u16,
    },
    /// A check finds no more candidates.
    GatheringEnded {
        /// Which.
        check: Check,
    },
    /// Nobody waits for the results any longer.
    Stop,
    /// Time has passed.
    Tick,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Make this check, with these ICE servers.
    Begin {
        /// Which.
        check: Check,
        /// Only for checks of relays and addresses.
        servers: Vec<IceServer>,
    },
    /// Release what this check holds. The seat is kept until [`Effect::Leave`].
    End(Check),
    /// Give up the seat: the relay serves only who has one.
    Leave,
}

/// What a page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DiagnosisView {
    /// Every check, in the order of the list.
    pub checks: Vec<(Check, CheckState)>,
    /// What it means, once all have ended.
    pub verdict: Option<Verdict>,
    /// Whether it may be made again.
    pub may_repeat: bool,
}

/// One run of all checks.
#[derive(Debug, Default)]
pub struct Diagnosis {
    states: Results,
    begun: LiteMap<Check, Millis>,
    gatherings: LiteMap<Check, Gathering>,
    deadlines: FewDeadlines<Check>,
    offered: Vec<IceServer>,
    effects: VecDeque<Effect>,
    has_left: bool,
    /// The seat was lost. Another one is taken if the server still answers: it may have been restarted.
    joins_again: bool,
    has_joined_again: bool,
    /// When it may be made again.
    rest_until: Option<Millis>,
    has_rested: bool,
}

impl Diagnosis {
    /// Nothing has begun.
    pub fn new() -> Self {
        Self {
            states: Check::ALL.into_iter().map(|check| (check, CheckState::Waiting)).collect(),
            ..Self::default()
        }
    }
}

impl Core for Diagnosis {
    type Input = Input;
    type Effect = Effect;
    const TICK: Input = Input::Tick;

    fn handle_input(&mut self, now: Millis, input: Input) {
        // What is late ends first, so that nothing runs beyond its limit.
        while let Some(check) = self.deadlines.pop_due(now) {
            let reason = self.gathering(check).late();
            self.end(now, check, Err(reason));
        }
        match input {
            Input::Start => self.rest_until = self.rest_until.or(Some(now + AGAIN_MS)),
            Input::Tick => {}
            Input::Done { check, result } => self.end(now, check, result),
            Input::Joined(servers) => {
                if self.is_running(Check::WebSocket) {
                    self.offered = servers;
                    self.end(now, Check::WebSocket, Ok(()));
                }
            }
            Input::Candidate { check, kind } => {
                self.gather(check, Gathering::add_candidate);
                if Gathering::is_found(check, kind) {
                    self.end(now, check, Ok(()));
                }
            }
            Input::CandidateError { check, code } => {
                self.gather(check, |gathering| gathering.add_error(code));
            }
            Input::GatheringEnded { check } => {
                let result = self.gathering(check).end(check);
                self.end(now, check, result);
            }
            Input::SeatLost(reason) => self.lose_seat(now, reason),
            Input::Stop => self.stop(),
        }
        self.begin_what_can(now);
        self.leave_if_over();
        self.has_rested = self.rest_until.is_some_and(|until| now >= until);
    }

    fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    fn poll_timeout(&self) -> Option<Millis> {
        let rested = self.rest_until.filter(|_| !self.has_rested);
        self.deadlines.next().into_iter().chain(rested).min()
    }
}

impl Diagnosis {
    /// What a page shows.
    pub fn view(&self) -> DiagnosisView {
        DiagnosisView {
            checks: self.states.iter().map(|(check, state)| (*check, *state)).collect(),
            verdict: self.is_over().then(|| Verdict::of(&self.states)),
            may_repeat: self.is_over() && self.has_rested,
        }
    }

    fn state(&self, check: Check) -> CheckState {
        self.states.get(&check).copied().unwrap_or_default()
    }

    fn gathering(&self, check: Check) -> Gathering {
        self.gatherings.get(&check).copied().unwrap_or_default()
    }

    fn gather(&mut self, check: Check, add: impl FnOnce(&mut Gathering)) {
        let mut gathering = self.gathering(check);
        add(&mut gathering);
        self.gatherings.insert(check, gathering);
    }

    fn is_running(&self, check: Check) -> bool {
        self.state(check) == CheckState::Running
    }

    fn is_over(&self) -> bool {
        self.states.values().all(|state| state.is_final())
    }

    /// Ends a check that runs. What comes later is ignored.
    fn end(&mut self, now: Millis, check: Check, result: Result<(), Reason>) {
        if !self.is_running(check) {
            return;
        }
        let ms = self.ms(now, check).min(check.limit_ms());
        let state = match result {
            Ok(()) => CheckState::Passed { ms },
            Err(reason) => CheckState::Failed { reason, ms },
        };
        self.set_final(check, state);
        match (check, result) {
            (Check::WebSocket, Err(reason)) => self.ask_server_again(now, reason),
            (Check::Https, Ok(())) => self.join_again(now),
            _ => {}
        }
    }

    /// How long ago a check began. Unit: millisecond.
    fn ms(&self, now: Millis, check: Check) -> u64 {
        now.since(self.begun.get(&check).copied().unwrap_or(now))
    }

    /// Without a seat nothing can be said of what needs one. After the end nobody misses it.
    fn lose_seat(&mut self, now: Millis, reason: Reason) {
        if self.has_left || self.state(Check::WebSocket).reason().is_some() {
            return;
        }
        let had_seat = !self.is_running(Check::WebSocket);
        self.joins_again = had_seat && reason != Reason::Refused && !self.has_joined_again;
        let ms = self.ms(now, Check::WebSocket);
        self.set_final(Check::WebSocket, CheckState::Failed { reason, ms });
        for check in Check::ALL {
            if check.needs_seat() && self.is_running(check) {
                self.set_final(check, CheckState::Skipped(Skipped::NeedsOther));
            }
        }
        self.ask_server_again(now, reason);
    }

    /// Takes another seat, once, and tries again whatever has not passed for want of the first.
    fn join_again(&mut self, now: Millis) {
        let has_time = self.ends_at(now).since(now) >= JOIN_AGAIN_MS;
        if !std::mem::take(&mut self.joins_again) || !has_time {
            return;
        }
        self.has_joined_again = true;
        for check in Check::ALL {
            let is_in_doubt = check.needs_seat() && !matches!(self.state(check), CheckState::Passed { .. });
            if check == Check::WebSocket || is_in_doubt {
                self.gatherings.remove(&check);
                self.states.insert(check, CheckState::Waiting);
            }
        }
    }

    /// The server may have gone away since it answered by HTTPS. There must be time for another answer.
    fn ask_server_again(&mut self, now: Millis, lost: Reason) {
        let has_answered = matches!(self.state(Check::Https), CheckState::Passed { .. });
        let has_time = self.ends_at(now).since(now) >= ASK_AGAIN_MS;
        if has_answered && has_time && lost != Reason::Refused {
            self.states.insert(Check::Https, CheckState::Waiting);
        }
    }

    fn set_final(&mut self, check: Check, state: CheckState) {
        if self.is_running(check) {
            self.effects.push_back(Effect::End(check));
        }
        self.deadlines.clear(&check);
        self.states.insert(check, state);
    }

    fn stop(&mut self) {
        for check in Check::ALL {
            if !self.state(check).is_final() {
                self.set_final(check, CheckState::Aborted);
            }
        }
    }

    fn begin_what_can(&mut self, now: Millis) {
        // In their order: none waits for one below it, so one round is enough.
        for check in Check::ALL {
            if self.state(check) != CheckState::Waiting {
                continue;
            }
            match self.readiness(check) {
                Readiness::NotYet => {}
                Readiness::Never(why) => self.set_final(check, CheckState::Skipped(why)),
                Readiness::Ready(servers) => {
                    self.states.insert(check, CheckState::Running);
                    self.begun.insert(check, now);
                    self.deadlines.set(check, self.deadline(now, check));
                    self.effects.push_back(Effect::Begin { check, servers });
                }
            }
        }
    }

    /// When a check that begins now has failed.
    fn deadline(&self, now: Millis, check: Check) -> Millis {
        (now + check.limit_ms()).min(self.ends_at(now))
    }

    /// When all of it has ended. The first of all checks begins once only.
    fn ends_at(&self, now: Millis) -> Millis {
        self.begun.get(&Check::Browser).copied().unwrap_or(now) + MAX_MS
    }

    fn readiness(&self, check: Check) -> Readiness {
        let browser = self.state(Check::Browser);
        let socket = self.state(Check::WebSocket);
        match check {
            Check::Browser | Check::Devices | Check::Https | Check::WebSocket => Readiness::Ready(Vec::new()),
            _ if !browser.is_final() => Readiness::NotYet,
            _ if browser.reason() == Some(Reason::NotSupported) => Readiness::Never(Skipped::NeedsOther),
            Check::Host => Readiness::Ready(Vec::new()),
            _ if !socket.is_final() => Readiness::NotYet,
            _ if socket.reason().is_some() => Readiness::Never(Skipped::NeedsOther),
            Check::Stun | Check::TurnUdp | Check::TurnTcp | Check::TurnTls => {
                let servers = servers_for(check, &self.offered);
                if servers.is_empty() {
                    Readiness::Never(Skipped::NotOffered)
                } else {
                    Readiness::Ready(servers)
                }
            }
            Check::Loop => self.readiness_of_loop(),
        }
    }

    /// It goes over the first way to the relay that works.
    fn readiness_of_loop(&self) -> Readiness {
        let ways = || Check::ALL.into_iter().filter(|check| check.is_relay());
        let states = || ways().map(|check| self.state(check));
        if let Some(way) = ways().find(|check| matches!(self.state(*check), CheckState::Passed { .. })) {
            let servers = servers_for(way, &self.offered);
            // A server that was restarted may have other settings.
            let is_gone = servers.is_empty();
            return if is_gone { Readiness::Never(Skipped::NotOffered) } else { Readiness::Ready(servers) };
        }
        if !states().all(CheckState::is_final) {
            return Readiness::NotYet;
        }
        let is_offered = states().any(|state| state.reason().is_some());
        Readiness::Never(if is_offered { Skipped::NeedsOther } else { Skipped::NotOffered })
    }

    fn leave_if_over(&mut self) {
        if self.is_over() && !self.has_left {
            self.has_left = true;
            self.effects.push_back(Effect::Leave);
        }
    }
}

enum Readiness {
    Ready(Vec<IceServer>),
    NotYet,
    Never(Skipped),
}
