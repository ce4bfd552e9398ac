#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{
    Cause, Codec, Counters, Expected, Flow, Grade, KEPT, Limit, NetworkPath, PathKind, Picture, Plan,
    Quality, Reading, Sample, Stat, Transport, Verdict,
};
use crate::protocol::PeerId;

const BEN: PeerId = PeerId::new(1);
const EVE: PeerId = PeerId::new(2);
const JIN: PeerId = PeerId::new(3);

const PLAN: Plan = Plan { max_kilobits: 2000, max_rate: 30 };

// --- Reading statistics

/// A member of an object in a report.
enum Member {
    Text(&'static str),
    Number(f64),
}

type Object = BTreeMap<&'static str, Member>;

impl Stat for Object {
    fn text(&self, member: &str) -> Option<String> {
        match self.get(member)? {
            Member::Text(text) => Some((*text).to_owned()),
            Member::Number(_) => None,
        }
    }

    fn number(&self, member: &str) -> Option<f64> {
        match self.get(member)? {
            Member::Text(_) => None,
            Member::Number(number) => Some(*number),
        }
    }
}

fn object<const T: usize, const N: usize>(
    texts: [(&'static str, &'static str); T],
    numbers: [(&'static str, f64); N],
) -> Object {
    let texts = texts.into_iter().map(|(name, text)| (name, Member::Text(text)));
    texts.chain(numbers.into_iter().map(|(name, number)| (name, Member::Number(number)))).collect()
}

/// What Chromium says: the path is named by the transport.
fn chromium() -> Vec<Object> {
    vec![
        object([("type", "transport"), ("id", "T"), ("selectedCandidatePairId", "P")], []),
        object(
            [("type", "candidate-pair"), ("id", "P"), ("localCandidateId", "L"), ("remoteCandidateId", "R")],
            [("currentRoundTripTime", 0.034)],
        ),
        object(
            [
                ("type", "local-candidate"),
                ("id", "L"),
                ("candidateType", "relay"),
                ("protocol", "udp"),
                ("relayProtocol", "tls"),
                ("address", "192.0.2.7"),
            ],
            [("port", 50_000.0)],
        ),
        object(
            [
                ("type", "remote-candidate"),
                ("id", "R"),
                ("candidateType", "host"),
                ("protocol", "udp"),
                ("address", "2001:db8::5"),
            ],
            [("port", 40_000.0)],
        ),
        object([("type", "codec"), ("id", "C1"), ("mimeType", "audio/opus")], []),
        object([("type", "codec"), ("id", "C2"), ("mimeType", "video/VP8")], []),
        object([("type", "media-source"), ("id", "S")], [("framesPerSecond", 20.0)]),
        object(
            [("type", "inbound-rtp"), ("kind", "audio"), ("codecId", "C1")],
            [("packetsReceived", 90.0), ("packetsLost", 10.0), ("bytesReceived", 1000.0), ("jitter", 0.004)],
        ),
        object(
            [("type", "inbound-rtp"), ("kind", "video"), ("codecId", "C2")],
            [
                ("ssrc", 7.0),
                ("packetsReceived", 300.0),
                ("packetsLost", -2.0),
                ("bytesReceived", 250_000.0),
                ("jitter", 0.001),
                ("framesDecoded", 60.0),
                ("frameWidth", 1280.0),
                ("frameHeight", 720.0),
            ],
        ),
        object(
            [
                ("type", "outbound-rtp"),
                ("kind", "video"),
                ("codecId", "C2"),
                ("mediaSourceId", "S"),
                ("qualityLimitationReason", "cpu"),
            ],
            [
                ("ssrc", 8.0),
                ("packetsSent", 200.0),
                ("bytesSent", 100_000.0),
                ("framesEncoded", 50.0),
                ("frameWidth", 640.0),
                ("frameHeight", 360.0),
                ("targetBitrate", 1_500_000.0),
            ],
        ),
        object(
            [("type", "remote-inbound-rtp"), ("kind", "video")],
            [("packetsLost", 4.0), ("roundTripTime", 0.5), ("jitter", 0.009)],
        ),
    ]
}

#[test]
fn a_report_of_chromium_is_read() {
    let reading = Reading::read(&chromium(), 5000);
    let path = NetworkPath { kind: PathKind::Relay, transport: Transport::Tls };
    assert_eq!((reading.at_ms, reading.path, reading.round_trip_ms), (5000, Some(path), Some(34)));
    let received = reading.received;
    assert_eq!((received.bytes, received.packets, received.lost), (251_000, 400, 10));
    assert_eq!((received.jitter_ms, received.codec), (Some(4), Some(Codec::Vp8)));
    let picture = received.picture.unwrap();
    assert_eq!((picture.ssrc, picture.width, picture.height, picture.frames), (7, 1280, 720, 60));
    let sent = reading.sent;
    assert_eq!((sent.bytes, sent.packets, sent.lost, sent.jitter_ms), (100_000, 200, 4, Some(9)));
    let picture = sent.picture.unwrap();
    assert_eq!((picture.limit, picture.source_rate), (Some(Limit::Processor), Some(20)));
    assert_eq!(picture.target_kilobits, Some(1500));
}

#[test]
fn a_screen_that_is_no_longer_shared_hides_no_camera() {
    let mut stats = chromium();
    let camera = stats.iter_mut().find(|stat| stat.text("kind").as_deref() == Some("video")).unwrap();
    camera.insert("framesPerSecond", Member::Number(30.0));
    stats.push(object(
        [("type", "inbound-rtp"), ("kind", "video")],
        [("ssrc", 9.0), ("framesDecoded", 900.0), ("frameWidth", 1920.0), ("frameHeight", 1080.0)],
    ));
    assert_eq!(Reading::read(&stats, 0).received.picture.unwrap().ssrc, 7);
    stats.last_mut().unwrap().insert("framesPerSecond", Member::Number(5.0));
    assert_eq!(Reading::read(&stats, 0).received.picture.unwrap().ssrc, 9);
}

#[test]
fn a_report_of_firefox_is_read() {
    let mut stats = chromium();
    stats.remove(0);
    stats[0].insert("selected", Member::Number(1.0));
    stats[0].remove("currentRoundTripTime");
    stats[1].insert("candidateType", Member::Text("srflx"));
    stats[1].remove("relayProtocol");
    let reading = Reading::read(&stats, 0);
    let path = NetworkPath { kind: PathKind::Reflexive, transport: Transport::Udp };
    assert_eq!((reading.path, reading.round_trip_ms), (Some(path), Some(500)));
}

#[test]
fn what_is_missing_is_left_out() {
    assert_eq!(Reading::read::<Object>(&[], 3), Reading { at_ms: 3, ..Reading::default() });
    let stats = [
        object([("type", "transport"), ("selectedCandidatePairId", "gone")], []),
        object(
            [("type", "inbound-rtp"), ("kind", "video"), ("codecId", "gone")],
            [("packetsLost", f64::NAN)],
        ),
        object([("type", "inbound-rtp"), ("kind", "audio")], [("bytesReceived", f64::INFINITY)]),
        object([("type", "remote-inbound-rtp")], [("packetsLost", f64::NEG_INFINITY)]),
        object([], []),
    ];
    let reading = Reading::read(&stats, 0);
    assert_eq!((reading.path, reading.received.picture, reading.sent), (None, None, Counters::default()));
}

// --- Samples

/// A connection over which everything goes well, for so many seconds.
fn well(seconds: u64) -> Reading {
    let picture = Picture {
        ssrc: 1,
        width: 1280,
        height: 720,
        frames: 30 * seconds,
        moves: true,
        limit: Some(Limit::None),
        target_kilobits: Some(2000),
        source_rate: Some(30),
    };
    let counters = Counters {
        bytes: 125_000 * seconds,
        packets: 1000 * seconds,
        lost: 0,
        jitter_ms: Some(3),
        codec: Some(Codec::Vp8),
        picture: Some(picture),
    };
    Reading {
        at_ms: 1000 * seconds,
        path: Some(NetworkPath { kind: PathKind::Direct, transport: Transport::Udp }),
        addresses: Some(["192.0.2.7 50000".to_owned(), "198.51.100.3 40000".to_owned()]),
        round_trip_ms: Some(20),
        received: counters,
        sent: counters,
    }
}

#[test]
fn a_sample_is_what_came_between_two_readings() {
    let sample = Sample::between(&well(10), &well(12)).unwrap();
    let picture = sample.received.picture.unwrap();
    assert_eq!((sample.received.kilobits, sample.received.packets), (1000, 2000));
    assert_eq!((picture.width, picture.height, picture.rate), (1280, 720, 30));
    assert_eq!((sample.received.loss(), Flow::default().loss()), (Some(0), None));
}

#[test]
fn counters_that_begin_anew_are_no_sample() {
    assert_eq!(Sample::between(&well(10), &Reading { at_ms: 12_000, ..well(0) }), None);
    assert_eq!(Sample::between(&well(10), &well(10)), None);
    assert_eq!(Sample::between(&well(10), &well(8)), None);
}

#[test]
fn another_stream_of_pictures_has_no_rate_yet() {
    let mut now = well(12);
    now.received.picture = now.received.picture.map(|picture| Picture { ssrc: 2, ..picture });
    assert_eq!(Sample::between(&well(10), &now).unwrap().received.picture, None);
}

// --- Verdicts

/// Changes the reading of a good connection. Also given: its seconds.
type Change = fn(&mut Reading, u64);

/// The verdicts on these connections after they were like this for half a minute.
fn verdicts(connections: &[(PeerId, Change)], expected: Expected) -> Vec<Verdict> {
    let mut quality = Quality::default();
    for seconds in (0..30).step_by(2) {
        let readings = connections.iter().map(|(peer, change)| {
            let mut reading = well(seconds);
            change(&mut reading, seconds);
            (*peer, reading, expected)
        });
        quality.observe(readings.collect());
    }
    connections.iter().map(|(peer, _)| quality.verdict(*peer).unwrap()).collect()
}

fn verdict(change: fn(&mut Reading, u64), expected: Expected) -> Verdict {
    verdicts(&[(BEN, change)], expected)[0]
}

const CAMERAS: Expected = Expected { sent: Some(PLAN), receives_camera: true };
const GOOD: Verdict = Verdict { grade: Grade::Good, cause: None };

fn fair(cause: Cause) -> Verdict {
    Verdict { grade: Grade::Fair, cause: Some(cause) }
}

fn poor(cause: Cause) -> Verdict {
    Verdict { grade: Grade::Poor, cause: Some(cause) }
}

fn fine(_: &mut Reading, _: u64) {}

fn losing(reading: &mut Reading, seconds: u64) {
    reading.received.lost = 50 * seconds;
    reading.sent.lost = 50 * seconds;
}

#[test]
fn a_connection_is_good_up_to_the_limits() {
    assert_eq!(verdict(fine, CAMERAS), GOOD);
    let at_the_limit = |reading: &mut Reading, seconds: u64| {
        reading.round_trip_ms = Some(150);
        reading.received.lost = 30 * seconds;
        reading.sent.lost = 30 * seconds;
    };
    assert_eq!(verdict(at_the_limit, CAMERAS), GOOD);
    assert_eq!(verdict(|reading, _| reading.round_trip_ms = Some(151), CAMERAS), fair(Cause::Unknown));
    assert_eq!(verdict(|reading, _| reading.round_trip_ms = Some(401), CAMERAS), poor(Cause::Unknown));
}

#[test]
fn of_two_people_the_one_who_loses_what_is_sent_has_the_bad_network() {
    let incoming = |reading: &mut Reading, seconds| reading.received.lost = 31 * seconds;
    assert_eq!(verdict(incoming, CAMERAS), fair(Cause::TheirNetwork));
    let outgoing = |reading: &mut Reading, seconds| reading.sent.lost = 101 * seconds;
    assert_eq!(verdict(outgoing, CAMERAS), poor(Cause::OwnNetwork));
    assert_eq!(verdict(losing, CAMERAS), fair(Cause::Unknown));
}

#[test]
fn of_several_people_the_one_whose_connections_are_bad_has_the_bad_network() {
    let one = verdicts(&[(BEN, losing), (EVE, fine), (JIN, fine)], CAMERAS);
    assert_eq!(one, [fair(Cause::TheirNetwork), GOOD, GOOD]);
    let all = verdicts(&[(BEN, losing), (EVE, losing), (JIN, losing)], CAMERAS);
    assert_eq!(all, [fair(Cause::OwnNetwork); 3]);
}

#[test]
fn an_encoder_that_the_bandwidth_holds_back_tells_of_the_own_network() {
    fn held_back(reading: &mut Reading, kilobits: u32) {
        let picture = reading.sent.picture.unwrap();
        let limit = Some(Limit::Bandwidth);
        reading.sent.picture = Some(Picture { limit, target_kilobits: Some(kilobits), ..picture });
    }
    assert_eq!(verdict(|reading, _| held_back(reading, 1000), CAMERAS), fair(Cause::OwnNetwork));
    assert_eq!(verdict(|reading, _| held_back(reading, 400), CAMERAS), poor(Cause::OwnNetwork));
    // By the plan, which the browser calls bandwidth, too.
    assert_eq!(verdict(|reading, _| held_back(reading, 1900), CAMERAS), GOOD);
    let in_a_crowd = Expected { sent: Some(Plan { max_kilobits: 400, max_rate: 30 }), ..CAMERAS };
    assert_eq!(verdict(|reading, _| held_back(reading, 400), in_a_crowd), GOOD);
}

#[test]
fn an_encoder_that_says_so_tells_of_the_own_processor() {
    let limited = |reading: &mut Reading, _| {
        let picture = reading.sent.picture.unwrap();
        reading.sent.picture = Some(Picture { limit: Some(Limit::Processor), ..picture });
    };
    assert_eq!(verdict(limited, CAMERAS), fair(Cause::OwnProcessor));
}

#[test]
fn where_the_encoder_says_nothing_frames_that_are_missing_tell_of_the_own_processor() {
    fn encoded(reading: &mut Reading, frames: u64, source_rate: Option<u32>) {
        let picture = reading.sent.picture.unwrap();
        reading.sent.picture = Some(Picture { limit: None, frames, source_rate, ..picture });
    }
    let slow = |reading: &mut Reading, seconds| encoded(reading, 12 * seconds, None);
    assert_eq!(verdict(slow, CAMERAS), fair(Cause::OwnProcessor));
    let very_slow = |reading: &mut Reading, seconds| encoded(reading, 5 * seconds, None);
    assert_eq!(verdict(very_slow, CAMERAS), poor(Cause::OwnProcessor));
    let in_the_dark = |reading: &mut Reading, seconds| encoded(reading, 12 * seconds, Some(12));
    assert_eq!(verdict(in_the_dark, CAMERAS), GOOD);
    // Of a screen, or of a camera that is off, no frames are expected.
    assert_eq!(verdict(slow, Expected { sent: None, ..CAMERAS }), GOOD);
}

#[test]
fn a_camera_that_sends_few_frames_over_a_good_network_tells_of_their_processor() {
    fn decoded(reading: &mut Reading, frames: u64) {
        reading.received.picture = reading.received.picture.map(|picture| Picture { frames, ..picture });
    }
    let slow = |reading: &mut Reading, seconds| decoded(reading, 5 * seconds);
    assert_eq!(verdict(slow, CAMERAS), fair(Cause::TheirProcessor));
    assert_eq!(
        verdict(|reading, seconds| decoded(reading, 2 * seconds), CAMERAS),
        poor(Cause::TheirProcessor)
    );
    assert_eq!(verdict(slow, Expected { receives_camera: false, ..CAMERAS }), GOOD, "a screen");
    assert_eq!(verdict(|reading, _| decoded(reading, 0), CAMERAS), GOOD, "hidden on purpose");
    let also_losing = |reading: &mut Reading, seconds| {
        decoded(reading, 5 * seconds);
        reading.received.lost = 50 * seconds;
    };
    assert_eq!(verdict(also_losing, CAMERAS), fair(Cause::TheirNetwork));
}

#[test]
fn the_verdict_comes_after_ten_seconds_and_follows_the_last_ten() {
    let mut quality = Quality::default();
    for seconds in (0..40).step_by(2) {
        let mut reading = well(seconds);
        reading.received.lost = 100 * seconds.min(20);
        quality.observe(vec![(BEN, reading, CAMERAS)]);
        let grade = quality.verdict(BEN).map(|verdict| verdict.grade);
        match seconds {
            0..10 => assert_eq!(grade, None, "{seconds}"),
            10..=20 => assert_eq!(grade, Some(Grade::Fair), "{seconds}"),
            30.. => assert_eq!(grade, Some(Grade::Good), "{seconds}"),
            _ => {}
        }
    }
}

#[test]
fn two_minutes_are_kept_and_nobody_who_is_gone() {
    let mut quality = Quality::default();
    for seconds in (0..400).step_by(2) {
        quality.observe(vec![(BEN, well(seconds), CAMERAS), (EVE, well(seconds), CAMERAS)]);
    }
    assert_eq!(quality.samples(BEN).len(), KEPT);
    quality.observe(vec![(EVE, well(400), CAMERAS)]);
    assert_eq!((quality.samples(BEN).len(), quality.samples(EVE).len()), (0, KEPT));
    assert_eq!(quality.verdict(BEN), None);
    // The page has slept.
    quality.observe(vec![(EVE, well(500), CAMERAS)]);
    assert_eq!(quality.samples(EVE).len(), 0);
}

// --- The report

#[test]
fn a_report_names_addresses_only_if_asked() {
    let mut quality = Quality::default();
    for seconds in (0..20).step_by(2) {
        let mut reading = well(seconds);
        losing(&mut reading, seconds);
        quality.observe(vec![(BEN, reading, CAMERAS)]);
    }
    let expected = "\
halloo: connections of a call
connection 1: fair, network in between
  path: direct, UDP
  round trip: 20 ms (20 to 20)
  received: 1000 kbit/s, jitter 3 ms, 1280x720, 30 frames/s, VP8
    bitrate: 1000 kbit/s (1000 to 1000)
    loss: 50 of 1000 packets (50 to 50)
  sent: 1000 kbit/s, jitter 3 ms, 1280x720, 30 frames/s, VP8
    bitrate: 1000 kbit/s (1000 to 1000)
    loss: 50 of 1000 packets (50 to 50)
";
    assert_eq!(quality.report(false), expected);
    let addresses = "  addresses: 192.0.2.7 50000 to 198.51.100.3 40000\n";
    assert_eq!(quality.report(true).replace(addresses, ""), expected);
    assert!(quality.report(true).contains(addresses));
}

// --- Anything at all

fn any_counters() -> impl Strategy<Value = Counters> {
    let picture = (any::<u64>(), any::<u32>(), any::<u64>(), any::<Option<u32>>(), any::<Option<u32>>());
    (any::<u64>(), any::<u64>(), any::<u64>(), any::<Option<u32>>(), proptest::option::of(picture)).prop_map(
        |(bytes, packets, lost, jitter_ms, picture)| Counters {
            bytes,
            packets,
            lost,
            jitter_ms,
            codec: None,
            picture: picture.map(|(ssrc, width, frames, target_kilobits, source_rate)| Picture {
                ssrc: ssrc % 2,
                width,
                height: width,
                frames,
                moves: true,
                limit: Some(Limit::Bandwidth),
                target_kilobits,
                source_rate,
            }),
        },
    )
}

proptest! {
    #[test]
    fn no_numbers_make_it_panic(
        steps in proptest::collection::vec(
            (0..20_000_u64, any::<Option<u32>>(), any_counters(), any_counters()), 0..20
        ),
    ) {
        let mut quality = Quality::default();
        let mut at_ms = 0;
        for (pause_ms, round_trip_ms, received, sent) in steps {
            at_ms += pause_ms;
            let reading =
                Reading { at_ms, round_trip_ms, received, sent, ..Reading::default() };
            let expected = Expected { sent: Some(PLAN), receives_camera: true };
            quality.observe(vec![(BEN, reading, expected)]);
            prop_assert!(quality.samples(BEN).len() <= KEPT);
            let _ = (quality.verdict(BEN), quality.report(true));
        }
    }
}
