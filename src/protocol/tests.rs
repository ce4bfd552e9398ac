//! The wire format, held against the documents in `tests/fixtures/`, and the limits of names and ids.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod chat_fixtures;
mod client_fixtures;
mod file_fixtures;
mod names;
mod properties;
mod server_fixtures;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use super::*;

const ADA: PeerId = PeerId::new(0xa1);
const BELA: PeerId = PeerId::new(0xffff_ffff_ffff_ffb2);
const CARA: PeerId = PeerId::new(0xc3);
const VISIT: VisitId = VisitId::new(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
const SDP: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

const OFF: MediaState = MediaState { microphone: false, camera: false, screen: false, screen_audio: false };
const MICROPHONE_ONLY: MediaState = MediaState { microphone: true, ..OFF };
const ON: MediaState = MediaState { microphone: true, camera: true, ..OFF };
const SHARING: MediaState = MediaState { microphone: true, screen: true, screen_audio: true, ..OFF };

/// Documents of one folder below `tests/fixtures`, by file name without `.json`.
fn fixtures(folder: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder);
    let files =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let read = |path: PathBuf| {
        (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap())
    };
    let found: BTreeMap<_, _> = files.map(read).collect();
    assert!(!found.is_empty(), "no fixtures in {}", folder.display());
    found
}

/// Holds every document of a folder against the value it stands for. None may be left over on either side.
fn compare<M>(folder: &str, expected: Vec<(&str, M)>, check: impl Fn(&str, &str, M)) {
    let mut documents = fixtures(folder);
    for (name, value) in expected {
        let text = documents.remove(name).unwrap_or_else(|| panic!("{folder}/{name}.json is missing"));
        check(name, &text, value);
    }
    assert!(documents.is_empty(), "no test knows what {folder} means by {:?}", documents.keys());
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

fn room() -> RoomName {
    "blue-river-42".parse().unwrap()
}

fn name(text: &str) -> DisplayName {
    text.parse().unwrap()
}

fn token(text: &str) -> ResumeToken {
    text.parse().unwrap()
}

fn candidate() -> Candidate {
    Candidate {
        candidate: "candidate:1 1 UDP 2122252543 192.0.2.1 50000 typ host".to_owned(),
        sdp_mid: Some("0".to_owned()),
        sdp_m_line_index: Some(0),
        username_fragment: Some("Yx4k".to_owned()),
    }
}

fn bare_candidate() -> Candidate {
    Candidate { sdp_mid: None, sdp_m_line_index: None, username_fragment: None, ..candidate() }
}

fn tracks(tracks: &[(&str, TrackSource)]) -> Tracks {
    tracks.iter().map(|(mid, source)| ((*mid).to_owned(), *source)).collect()
}

fn two_tracks() -> Tracks {
    tracks(&[("0", TrackSource::Microphone), ("1", TrackSource::Camera)])
}

fn all_tracks() -> Tracks {
    let screen = [("screen", TrackSource::Screen), ("screen-audio", TrackSource::ScreenAudio)];
    tracks(&[("0", TrackSource::Microphone), ("1", TrackSource::Camera), screen[0], screen[1]])
}

/// The first of many: more than anybody publishes.
fn many_tracks() -> Tracks {
    ["0", "1", "2", "3", "4", "5", "6", "7"]
        .map(|mid| (mid.to_owned(), TrackSource::Camera))
        .into_iter()
        .collect()
}

fn signals() -> Vec<(&'static str, Signal)> {
    vec![
        ("signal_offer", Signal::Offer { sdp: SDP.to_owned(), tracks: None, epoch: 0 }),
        ("signal_offer_tracks", Signal::Offer { sdp: SDP.to_owned(), tracks: Some(all_tracks()), epoch: 0 }),
        ("signal_answer", Signal::Answer { sdp: SDP.to_owned(), tracks: None, epoch: 1 }),
        (
            "signal_answer_tracks",
            Signal::Answer { sdp: SDP.to_owned(), tracks: Some(two_tracks()), epoch: 1 },
        ),
        ("signal_candidate", Signal::Candidate { candidate: candidate(), epoch: 0 }),
        ("signal_candidate_bare", Signal::Candidate { candidate: bare_candidate(), epoch: 2 }),
        ("signal_end_of_candidates", Signal::EndOfCandidates { epoch: u32::MAX }),
        ("signal_viewing", Signal::Viewing(Viewing { camera: Some(360), screen: Some(1080) })),
        ("signal_viewing_hidden", Signal::Viewing(Viewing { camera: Some(0), screen: None })),
    ]
}
