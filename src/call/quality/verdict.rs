//! How good a connection is, and what the cause is if it is not: a pure function of what went over all
//! connections in the last ten seconds.

use super::{
    reading::Limit,
    sample::{Flow, Sample, Shown, loss},
};
use crate::{
    call::view::{CallView, DeviceState, ScreenState},
    protocol::PeerId,
};

/// So many of the newest samples are judged: one alone would make the verdict waver.
pub(super) const JUDGED: usize = 5;

/// Up to these a connection is good, and fair; in packets of a thousand.
const LOSS: [u32; 2] = [30, 100];
/// Up to these likewise (ITU-T G.114, section 4). Unit: millisecond.
const ROUND_TRIP_MS: [u32; 2] = [150, 400];
/// Fewer frames per second than these of a camera are not good, and poor. A camera in the dark gives more.
const LOWEST_RATE: [u32; 2] = [7, 3];

/// How good a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// How good.
    pub grade: Grade,
    /// What keeps it from being good.
    pub cause: Option<Cause>,
}

/// Three steps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "these are words")]
pub enum Grade {
    #[default]
    Good,
    Fair,
    Poor,
}

/// What keeps a connection from being good, as far as one side can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The network of this person.
    OwnNetwork,
    /// The network of the other one.
    TheirNetwork,
    /// This person's computer is too busy.
    OwnProcessor,
    /// The computer of the other one is too busy.
    TheirProcessor,
    /// The network somewhere between the two.
    Unknown,
}

/// What is known of a connection beside its statistics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expected {
    /// How this person's camera is sent, if nothing else is: see [`Plan`].
    pub sent: Option<Plan>,
    /// The other one sends a camera, and no screen, of which no pictures come while nothing on it moves.
    pub receives_camera: bool,
}

impl Expected {
    /// What is expected of the connection to a participant, whose camera is sent like this.
    pub fn of(view: &CallView, peer: PeerId, plan: Option<Plan>) -> Self {
        let is_sent = view.camera.state == DeviceState::On && view.screen.state == ScreenState::Off;
        let participant = view.participants.iter().find(|participant| participant.id == peer);
        Self {
            sent: plan.filter(|_| is_sent),
            receives_camera: participant.is_some_and(|one| one.shows_picture() && !one.media.screen),
        }
    }
}

/// How a camera is to be sent: what the sender was told (`RTCRtpEncodingParameters`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Unit: kilobit per second.
    pub max_kilobits: u32,
    /// Frames per second.
    pub max_rate: u32,
}

/// What is wrong with one connection, looked at by itself.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Findings {
    incoming: Grade,
    outgoing: Grade,
    delay: Grade,
    own_processor: Grade,
    their_processor: Grade,
}

impl Findings {
    /// `None` before there are enough samples: browsers need some seconds to find out what a network takes.
    pub(super) fn of(samples: &[Sample], expected: Expected) -> Option<Self> {
        let (_, recent) = samples.split_at_checked(samples.len().checked_sub(JUDGED)?)?;
        let round_trips = || recent.iter().filter_map(|sample| sample.round_trip_ms).map(u64::from);
        let round_trip_ms = round_trips().sum::<u64>() / (round_trips().count() as u64).max(1);
        let round_trip_ms = u32::try_from(round_trip_ms).unwrap_or(u32::MAX);
        let (bandwidth, own_processor) = encoder(recent, expected.sent);
        let mut findings = Self {
            incoming: lost(recent, |sample| sample.received),
            outgoing: lost(recent, |sample| sample.sent).max(bandwidth),
            delay: above(round_trip_ms, ROUND_TRIP_MS),
            own_processor,
            their_processor: Grade::Good,
        };
        let received = best_picture(recent, |sample| sample.received);
        // What their computer does not send cannot be told from what the network does not bring.
        if expected.receives_camera && findings.network() == Grade::Good {
            findings.their_processor =
                received.map_or(Grade::Good, |picture| below(picture.rate, LOWEST_RATE));
        }
        Some(findings)
    }

    fn network(self) -> Grade {
        self.incoming.max(self.outgoing).max(self.delay)
    }

    /// Whether this person's processor does not keep up with encoding.
    pub(super) fn is_processor_behind(self) -> bool {
        self.own_processor > Grade::Good
    }

    /// The verdict on this connection, beside those to the others.
    pub(super) fn verdict(self, others: impl Iterator<Item = Self>) -> Verdict {
        let (network, processor) = (self.network(), self.own_processor.max(self.their_processor));
        let grade = network.max(processor);
        let cause = match grade {
            Grade::Good => None,
            Grade::Fair | Grade::Poor if network >= processor => Some(self.network_cause(others)),
            Grade::Fair | Grade::Poor if self.own_processor >= self.their_processor => {
                Some(Cause::OwnProcessor)
            }
            Grade::Fair | Grade::Poor => Some(Cause::TheirProcessor),
        };
        Verdict { grade, cause }
    }

    /// Whose network it is. With several others: of whoever is at the end of all that is bad. With one other
    /// only the direction tells, since most networks bring more than they take.
    fn network_cause(self, others: impl Iterator<Item = Self>) -> Cause {
        let (mut total, mut bad) = (0, 0);
        for other in others {
            total += 1;
            bad += u32::from(other.network() > Grade::Good);
        }
        let one_way = (self.outgoing > Grade::Good, self.incoming > Grade::Good);
        match (total, one_way) {
            (0, (true, false)) => Cause::OwnNetwork,
            (0, (false, true)) => Cause::TheirNetwork,
            (0, _) => Cause::Unknown,
            _ if bad * 2 > total => Cause::OwnNetwork,
            _ => Cause::TheirNetwork,
        }
    }
}

/// What the encoder of this person's pictures suffers from: the network, and the processor. Only what the
/// browser says itself if it is not known how they are to be sent.
fn encoder(recent: &[Sample], plan: Option<Plan>) -> (Grade, Grade) {
    let Some(picture) = best_picture(recent, |sample| sample.sent) else { return Default::default() };
    let always = |limit: Limit| {
        recent.iter().all(|sample| sample.sent.picture.is_some_and(|picture| picture.limit == Some(limit)))
    };
    let grade = |is_bad: bool, is_poor: bool| match (is_bad, is_poor) {
        (false, _) => Grade::Good,
        (true, false) => Grade::Fair,
        (true, true) => Grade::Poor,
    };
    let Some(plan) = plan else { return (Grade::Good, grade(always(Limit::Processor), false)) };
    let quarter = |value: u32, whole: u32| value < whole / 4;
    let rate = picture.source_rate.filter(|rate| *rate > 0).map_or(plan.max_rate, |r| r.min(plan.max_rate));
    let is_slow = picture.limit.is_none() && picture.rate < rate / 2;
    // A plan for a small picture limits the encoder as well, which then names the bandwidth.
    let target = picture.target_kilobits.unwrap_or_default();
    let is_held_back = always(Limit::Bandwidth) && u64::from(target) * 10 < u64::from(plan.max_kilobits) * 8;
    (
        grade(is_held_back, quarter(target, plan.max_kilobits)),
        grade(always(Limit::Processor) || is_slow, quarter(picture.rate, rate)),
    )
}

/// The picture of the sample with the most frames.
fn best_picture(recent: &[Sample], flow: fn(&Sample) -> Flow) -> Option<Shown> {
    recent.iter().filter_map(|sample| flow(sample).picture).max_by_key(|picture| picture.rate)
}

fn lost(recent: &[Sample], flow: fn(&Sample) -> Flow) -> Grade {
    let sum = |count: fn(Flow) -> u64| {
        recent.iter().fold(0, |sum: u64, sample| sum.saturating_add(count(flow(sample))))
    };
    loss(sum(|flow| flow.lost), sum(|flow| flow.packets)).map_or(Grade::Good, |loss| above(loss, LOSS))
}

fn above(value: u32, [good, fair]: [u32; 2]) -> Grade {
    if value <= good {
        Grade::Good
    } else if value <= fair {
        Grade::Fair
    } else {
        Grade::Poor
    }
}

fn below(value: u32, [good, fair]: [u32; 2]) -> Grade {
    if value >= good {
        Grade::Good
    } else if value >= fair {
        Grade::Fair
    } else {
        Grade::Poor
    }
}
