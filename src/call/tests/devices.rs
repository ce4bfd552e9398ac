//! Microphone and camera.

use super::*;

const BOTH: [DeviceKind; 2] = [DeviceKind::Microphone, DeviceKind::Camera];

impl Scene {
    fn switch(&mut self, kind: DeviceKind, on: bool) -> Vec<Effect> {
        self.command(Command::Switch { kind, on })
    }

    fn granted(&mut self, op: OpId, kinds: &[DeviceKind]) -> Vec<Effect> {
        let granted = |kind: &DeviceKind| {
            let device = format!("{kind:?}");
            DeviceGrant { kind: *kind, device, faces_away: false, height: None }
        };
        self.give(Input::DevicesAnswered { op, result: Ok(kinds.iter().map(granted).collect()) })
    }

    fn refused(&mut self, op: OpId, problem: MediaProblem) -> Vec<Effect> {
        self.give(Input::DevicesAnswered { op, result: Err(problem) })
    }

    /// Both on, one question, both granted.
    pub(super) fn with_both(mut self) -> Self {
        let effects = self.command(Command::SwitchOnBoth);
        self.granted(questions(&effects)[0].0, &BOTH);
        self
    }

    fn device(&self, kind: DeviceKind) -> DeviceState {
        self.call.view().device(kind).state
    }
}

fn questions(effects: &[Effect]) -> Vec<(OpId, Vec<DeviceKind>)> {
    let question = |effect: &Effect| match effect {
        Effect::Acquire { op, requests } => {
            Some((*op, requests.iter().map(|request| request.kind).collect()))
        }
        _ => None,
    };
    effects.iter().filter_map(question).collect()
}

fn media_told(effects: &[Effect]) -> Vec<(bool, bool)> {
    let told = |msg: &ClientMsg| match msg {
        ClientMsg::SetMedia { media } => Some((media.microphone, media.camera)),
        _ => None,
    };
    said(effects).into_iter().filter_map(told).collect()
}

#[test]
fn both_devices_are_asked_for_in_one_question() {
    let mut scene = Scene::lobby();
    let effects = scene.command(Command::SwitchOnBoth);
    let questions = questions(&effects);
    assert_eq!(questions.len(), 1);
    assert_eq!(questions[0].1, BOTH);
    assert_eq!(scene.device(DeviceKind::Camera), DeviceState::Starting);
    scene.granted(questions[0].0, &BOTH);
    assert_eq!(scene.device(DeviceKind::Microphone), DeviceState::On);
    assert_eq!(scene.device(DeviceKind::Camera), DeviceState::On);
}

#[test]
fn a_question_for_both_that_fails_falls_back_to_one_each() {
    let mut scene = Scene::lobby();
    let effects = scene.command(Command::SwitchOnBoth);
    let effects = scene.refused(questions(&effects)[0].0, MediaProblem::NotFound);
    let singles = questions(&effects);
    assert_eq!(
        singles.iter().map(|(_, kinds)| kinds.as_slice()).collect::<Vec<_>>(),
        [&BOTH[..1], &BOTH[1..]]
    );
    scene.granted(singles[0].0, &BOTH[..1]);
    scene.refused(singles[1].0, MediaProblem::NotFound);
    assert_eq!(scene.device(DeviceKind::Microphone), DeviceState::On);
    assert_eq!(scene.device(DeviceKind::Camera), DeviceState::Problem(MediaProblem::NotFound));
}

#[test]
fn every_kind_of_problem_is_shown_and_trying_again_is_switching_on() {
    for problem in [
        MediaProblem::Denied,
        MediaProblem::NotFound,
        MediaProblem::InUse,
        MediaProblem::Insecure,
        MediaProblem::Other,
    ] {
        let mut scene = Scene::lobby();
        let effects = scene.switch(DeviceKind::Camera, true);
        scene.refused(questions(&effects)[0].0, problem);
        assert_eq!(scene.device(DeviceKind::Camera), DeviceState::Problem(problem));
        let effects = scene.switch(DeviceKind::Camera, true);
        scene.granted(questions(&effects)[0].0, &[DeviceKind::Camera]);
        assert_eq!(scene.device(DeviceKind::Camera), DeviceState::On);
    }
}

/// Seed fault 4, for the person who waits.
#[test]
fn joining_does_not_wait_for_a_late_camera_which_is_told_afterwards() {
    let mut scene = Scene::lobby();
    let effects = scene.command(Command::SwitchOnBoth);
    let (op, _) = questions(&effects)[0];
    scene.join();
    scene.give(claimed(None));
    let effects = scene.give(Input::Socket(SocketEvent::Opened));
    let off = MediaState::default();
    assert!(matches!(said(&effects)[1], ClientMsg::Join { media, .. } if *media == off), "{effects:?}");
    scene.server(welcome());
    assert_eq!(media_told(&scene.server(joined(ME, &[], true))), []);
    assert_eq!(media_told(&scene.granted(op, &BOTH)), [(true, true)]);
    assert_eq!(media_told(&scene.server(ServerMsg::Heartbeat)), [], "told once");
}

#[test]
fn media_that_changed_while_the_socket_was_away_are_told_by_the_join() {
    let mut scene = Scene::seated().with_both();
    scene.closes(CloseCode::Other(1006));
    assert_eq!(media_told(&scene.switch(DeviceKind::Microphone, false)), []);
    scene.after(500);
    let effects = scene.give(Input::Socket(SocketEvent::Opened));
    let expected = MediaState { microphone: false, camera: true, ..MediaState::default() };
    assert!(matches!(said(&effects)[1], ClientMsg::Join { media, .. } if *media == expected), "{effects:?}");
    assert_eq!(media_told(&scene.server(joined(ME, &[], true))), []);
}

#[test]
fn media_that_change_between_join_and_joined_are_told() {
    let mut scene = Scene::lobby().with_both();
    scene.join();
    scene.give(claimed(None));
    scene.give(Input::Socket(SocketEvent::Opened));
    scene.switch(DeviceKind::Camera, false);
    assert_eq!(media_told(&scene.server(joined(ME, &[], true))), [(true, false)]);
}

#[test]
fn what_others_say_of_their_media_is_shown() {
    let mut scene = Scene::connected_to(GIVING_WAY);
    let media = MediaState { microphone: true, camera: false, ..MediaState::default() };
    scene.server(ServerMsg::MediaChanged { peer: GIVING_WAY, media });
    assert_eq!(scene.call.view().participants[0].media, media);
}

#[test]
fn muting_keeps_the_microphone_and_silences_it() {
    let mut scene = Scene::seated().with_both();
    let effects = scene.switch(DeviceKind::Microphone, false);
    assert_eq!(effects[0], Effect::Silence { silent: true });
    assert_eq!(media_told(&effects), [(false, true)]);
    assert_eq!(scene.switch(DeviceKind::Microphone, true)[0], Effect::Silence { silent: false });
}

#[test]
fn a_camera_that_is_switched_off_is_given_back() {
    let mut scene = Scene::seated().with_both();
    let effects = scene.switch(DeviceKind::Camera, false);
    assert_eq!(effects[0], Effect::Release { kind: DeviceKind::Camera });
    assert_eq!(scene.device(DeviceKind::Camera), DeviceState::Off);
    assert_eq!(questions(&scene.switch(DeviceKind::Camera, true)).len(), 1);
}

#[test]
fn a_camera_granted_after_it_was_switched_off_again_is_given_back() {
    let mut scene = Scene::seated();
    let effects = scene.switch(DeviceKind::Camera, true);
    let (op, _) = questions(&effects)[0];
    scene.switch(DeviceKind::Camera, false);
    assert_eq!(scene.granted(op, &[DeviceKind::Camera]), [], "not installed");
    assert_eq!(scene.device(DeviceKind::Camera), DeviceState::Off);
}

#[test]
fn a_camera_that_was_switched_off_and_on_again_is_asked_for_once() {
    let mut scene = Scene::seated();
    let effects = scene.switch(DeviceKind::Camera, true);
    let (op, _) = questions(&effects)[0];
    scene.switch(DeviceKind::Camera, false);
    assert_eq!(questions(&scene.switch(DeviceKind::Camera, true)), []);
    let effects = scene.granted(op, &[DeviceKind::Camera]);
    assert_eq!(effects[0], Effect::Install { kind: DeviceKind::Camera });
}

#[test]
fn of_two_cameras_that_are_granted_in_the_wrong_order_the_one_chosen_last_is_used() {
    let mut scene = Scene::seated().with_both();
    let choose = |id: &str| Command::Choose { kind: DeviceKind::Camera, id: id.to_owned() };
    let first = questions(&scene.command(choose("front")))[0].0;
    let second = questions(&scene.command(choose("back")))[0].0;
    let camera = |id: &str| DeviceGrant {
        kind: DeviceKind::Camera,
        device: id.to_owned(),
        faces_away: false,
        height: None,
    };
    let answer = |op, id| Input::DevicesAnswered { op, result: Ok(vec![camera(id)]) };
    assert_eq!(scene.give(answer(second, "back"))[0], Effect::Install { kind: DeviceKind::Camera });
    assert_eq!(scene.give(answer(first, "front")), [], "not installed");
    assert_eq!(scene.call.view().camera.device.as_deref(), Some("back"));
}

#[test]
fn a_device_that_is_unplugged_is_picked_up_when_it_returns() {
    let mut scene = Scene::seated().with_both();
    let effects = scene.give(Input::DeviceEnded { kind: DeviceKind::Camera });
    assert_eq!(media_told(&effects), [(true, false)]);
    // Perhaps there is another one.
    scene.refused(questions(&effects)[0].0, MediaProblem::NotFound);
    assert_eq!(scene.device(DeviceKind::Camera), DeviceState::Problem(MediaProblem::NotFound));
    let camera = InputDevice { kind: DeviceKind::Camera, id: "new".to_owned(), label: String::new() };
    let effects = scene.give(Input::InputsListed(vec![camera]));
    let effects = scene.granted(questions(&effects)[0].0, &[DeviceKind::Camera]);
    assert_eq!(media_told(&effects), [(true, true)]);
}

#[test]
fn a_device_that_the_system_holds_back_is_told_as_off_and_kept() {
    let mut scene = Scene::seated().with_both();
    let paused = |paused| Input::DevicePaused { kind: DeviceKind::Microphone, paused };
    let effects = scene.give(paused(true));
    assert_eq!(media_told(&effects), [(false, true)]);
    assert_eq!(effects.len(), 1, "{effects:?}");
    assert_eq!(scene.device(DeviceKind::Microphone), DeviceState::Problem(MediaProblem::Paused));
    assert_eq!(media_told(&scene.give(paused(false))), [(true, true)]);
    assert_eq!(scene.device(DeviceKind::Microphone), DeviceState::On);
}

#[test]
fn who_switches_a_paused_device_off_is_not_on_when_the_pause_ends() {
    let mut scene = Scene::seated().with_both();
    scene.give(Input::DevicePaused { kind: DeviceKind::Microphone, paused: true });
    assert_eq!(scene.switch(DeviceKind::Microphone, false), [Effect::Silence { silent: true }]);
    assert_eq!(scene.give(Input::DevicePaused { kind: DeviceKind::Microphone, paused: false }), []);
    assert_eq!(scene.device(DeviceKind::Microphone), DeviceState::Off);
}

#[test]
fn a_refused_permission_is_not_asked_for_again_by_a_change_of_devices() {
    let mut scene = Scene::seated();
    let effects = scene.switch(DeviceKind::Camera, true);
    scene.refused(questions(&effects)[0].0, MediaProblem::Denied);
    let camera = InputDevice { kind: DeviceKind::Camera, id: "new".to_owned(), label: String::new() };
    assert_eq!(questions(&scene.give(Input::InputsListed(vec![camera]))), []);
}

/// Seed fault 8.
#[test]
fn hanging_up_gives_microphone_and_camera_back() {
    let mut scene = Scene::seated().with_both();
    let effects = scene.command(Command::Leave);
    for kind in BOTH {
        assert!(effects.contains(&Effect::Release { kind }), "{effects:?}");
        assert_eq!(scene.device(kind), DeviceState::Off);
    }
}

#[test]
fn every_end_gives_the_devices_back_and_the_next_call_asks_for_what_was_on() {
    let mut scene = Scene::lobby().with_both();
    scene.switch(DeviceKind::Camera, false);
    scene.join();
    scene.give(claimed(None));
    scene.give(Input::Socket(SocketEvent::Opened));
    let effects = scene.server(ServerMsg::Error { code: ErrorCode::BadRoom, message: String::new() });
    assert!(effects.contains(&Effect::Release { kind: DeviceKind::Microphone }), "{effects:?}");
    assert_eq!(scene.device(DeviceKind::Microphone), DeviceState::Off);
    let effects = scene.join();
    let asked = questions(&effects).into_iter().map(|(_, kinds)| kinds);
    assert_eq!(asked.collect::<Vec<_>>(), [[DeviceKind::Microphone]]);
}

#[test]
fn another_camera_that_is_chosen_while_on_is_asked_for_by_name() {
    let mut scene = Scene::seated().with_both();
    let effects = scene.command(Command::Choose { kind: DeviceKind::Camera, id: "front".to_owned() });
    let requests = vec![DeviceRequest {
        kind: DeviceKind::Camera,
        device: Some("front".to_owned()),
        sound: SoundProcessing::default(),
    }];
    let asked =
        |effect: &Effect| matches!(effect, Effect::Acquire { requests: asked, .. } if *asked == requests);
    assert!(effects.iter().any(asked), "{effects:?}");
}

#[test]
fn what_is_switched_off_is_stored_for_a_reload_until_it_is_on_again() {
    let mut scene = Scene::lobby();
    scene.command(Command::Switch { kind: DeviceKind::Camera, on: false });
    assert_eq!(std::mem::take(&mut scene.switches), [(DeviceKind::Camera, false)]);
    scene.command(Command::SwitchOnBoth);
    assert_eq!(scene.switches, [(DeviceKind::Microphone, true), (DeviceKind::Camera, true)]);
}

#[test]
fn the_own_picture_is_a_mirror_unless_the_camera_in_use_faces_away() {
    let mut scene = Scene::lobby();
    let effects = scene.switch(DeviceKind::Camera, true);
    let grant = |device: &str, faces_away| {
        Ok(vec![DeviceGrant {
            kind: DeviceKind::Camera,
            device: device.to_owned(),
            faces_away,
            height: None,
        }])
    };
    let faces_away = |scene: &Scene| scene.call.view().camera.faces_away;
    let op = questions(&effects)[0].0;
    scene.give(Input::DevicesAnswered { op, result: grant("rear", true) });
    assert!(faces_away(&scene));
    scene.switch(DeviceKind::Camera, false);
    assert!(!faces_away(&scene), "no camera is in use");
    let effects = scene.switch(DeviceKind::Camera, true);
    let op = questions(&effects)[0].0;
    scene.give(Input::DevicesAnswered { op, result: grant("front", false) });
    assert!(!faces_away(&scene));
}

#[test]
fn before_consent_no_device_is_asked_for_and_joining_is_consent_to_both() {
    let mut scene = Scene::lobby();
    assert_eq!(scene.command(Command::AwaitConsent), []);
    let inputs = vec![InputDevice { kind: DeviceKind::Camera, id: String::new(), label: String::new() }];
    assert_eq!(scene.give(Input::InputsListed(inputs)), []);
    assert!(scene.call.view().awaits_consent);
    assert_eq!(questions(&scene.join())[0].1, BOTH);
    assert!(!scene.call.view().awaits_consent);

    let mut scene = Scene::lobby();
    scene.command(Command::AwaitConsent);
    assert_eq!(questions(&scene.switch(DeviceKind::Microphone, true))[0].1, BOTH[..1]);
    assert_eq!(questions(&scene.join()), [], "a choice was made");
}

#[test]
fn a_microphone_in_use_is_asked_for_anew_when_its_sound_is_processed_otherwise() {
    let mut scene = Scene::connected_to(GIVING_WAY).with_both();
    let sound = SoundProcessing { noise_suppression: false, ..SoundProcessing::default() };
    let effects = scene.command(Command::ProcessSound(sound));
    assert_eq!(effects[0], Effect::Release { kind: DeviceKind::Microphone });
    let Effect::Acquire { requests, .. } = &effects[1] else { panic!("{effects:?}") };
    assert_eq!(
        requests[..],
        [DeviceRequest { kind: DeviceKind::Microphone, device: Some("Microphone".to_owned()), sound }]
    );
    assert_eq!(scene.command(Command::ProcessSound(sound)), []);
    assert_eq!(scene.call.view().sound, sound);
}

#[test]
fn a_microphone_that_is_off_is_not_asked_for() {
    let mut scene = Scene::seated();
    let sound = SoundProcessing { original: true, ..SoundProcessing::default() };
    assert_eq!(scene.command(Command::ProcessSound(sound)), []);
}

#[test]
fn original_sound_is_negotiated_with_everybody() {
    const OFFER: &str = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 opus/48000/2\r\n";
    let mut scene = Scene::connected_to(GIVING_WAY);
    let original = |on| Command::ProcessSound(SoundProcessing { original: on, ..SoundProcessing::default() });
    let remote = |effects: &[Effect]| -> Vec<String> {
        let sdp = |operation: &Operation| match operation {
            Operation::SetRemote(description) => Some(description.sdp.clone()),
            _ => None,
        };
        operations(effects, GIVING_WAY).into_iter().filter_map(sdp).collect()
    };
    let effects = scene.command(original(true));
    assert_eq!(operations(&effects, GIVING_WAY), [&SET_LOCAL]);
    scene.describes(GIVING_WAY, offer("second offer"));
    let effects = scene.signal(GIVING_WAY, answer_signal(OFFER, 0));
    let [sdp] = &remote(&effects)[..] else { panic!("{effects:?}") };
    assert!(sdp.contains("stereo=1"), "{sdp}");
    scene.succeeds(GIVING_WAY);
    scene.command(original(false));
    scene.describes(GIVING_WAY, offer("third offer"));
    let effects = scene.signal(GIVING_WAY, answer_signal(OFFER, 0));
    let speech = [OFFER, "a=fmtp:96 usedtx=1\r\n"].concat();
    assert_eq!(remote(&effects), [speech]);
}

#[test]
fn a_description_that_the_browser_refuses_is_tried_with_the_same_sound_in_all_sections() {
    const SOUND: &str = "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 opus/48000/2\r\n";
    let offered = ["v=0\r\n", SOUND, SOUND].concat();
    let set = |parameters: [&str; 2]| {
        let sections = parameters.map(|parameters| [SOUND, "a=fmtp:96 ", parameters, "\r\n"].concat());
        Operation::SetRemote(offer(&["v=0\r\n", &sections.concat()].concat()))
    };
    let mut scene = Scene::connected_to(GIVING_WAY);
    let effects = scene.signal(GIVING_WAY, offer_signal(&offered, 0));
    assert_eq!(operations(&effects, GIVING_WAY), [&set(["usedtx=1", "stereo=1"])]);
    let effects = scene.refuses(GIVING_WAY);
    assert_eq!(operations(&effects, GIVING_WAY), [&set(["usedtx=1", "usedtx=1"])]);
    let effects = scene.succeeds(GIVING_WAY);
    assert_eq!(operations(&effects, GIVING_WAY), [&SET_LOCAL]);
}

#[test]
fn sound_in_two_channels_is_announced_and_asked_for() {
    const PLAIN: &str =
        "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 a=b\r\n";
    let two = PLAIN.replace("a=b", "a=b;sprop-stereo=1");
    let mut scene = Scene::connected_to(GIVING_WAY);
    let original = SoundProcessing { original: true, ..SoundProcessing::default() };
    scene.command(Command::ProcessSound(original));
    let effects = scene.describes(GIVING_WAY, offer(PLAIN));
    assert!(
        effects.iter().any(|effect| matches!(effect, Effect::Send(ClientMsg::Signal {
            signal: Signal::Offer { sdp, .. }, ..
        }) if *sdp == two)),
        "{effects:?}"
    );
    // The peer, too, sends two: the offer has not asked for them yet.
    scene.signal(GIVING_WAY, answer_signal(&two, 0));
    let effects = scene.succeeds(GIVING_WAY);
    assert_eq!(operations(&effects, GIVING_WAY), [&Operation::SetLocal { two_channels: true }]);
    scene.describes(GIVING_WAY, offer(PLAIN));
    scene.signal(GIVING_WAY, answer_signal(PLAIN, 0));
    assert_eq!(operations(&scene.succeeds(GIVING_WAY), GIVING_WAY), [] as [&Operation; 0]);
}

#[test]
fn a_microphone_that_is_asked_for_is_asked_for_anew_once_it_is_there() {
    let mut scene = Scene::lobby();
    let effects = scene.command(Command::SwitchOnBoth);
    let original = SoundProcessing { original: true, ..SoundProcessing::default() };
    assert_eq!(scene.command(Command::ProcessSound(original)), []);
    let effects = scene.granted(questions(&effects)[0].0, &BOTH);
    let questions = questions(&effects);
    assert_eq!(questions.len(), 1);
    assert_eq!(questions[0].1, [DeviceKind::Microphone]);
    let effects = scene.granted(questions[0].0, &[DeviceKind::Microphone]);
    assert!(effects.contains(&Effect::Install { kind: DeviceKind::Microphone }), "{effects:?}");
    assert_eq!(scene.device(DeviceKind::Microphone), DeviceState::On);
}

#[test]
fn original_sound_that_is_chosen_during_an_exchange_is_negotiated_after_it() {
    let mut scene = Scene::offering_to(GIVING_WAY);
    scene.signal(GIVING_WAY, answer_signal("answer", 0));
    let original = SoundProcessing { original: true, ..SoundProcessing::default() };
    assert_eq!(scene.command(Command::ProcessSound(original)), []);
    let effects = scene.succeeds(GIVING_WAY);
    assert_eq!(operations(&effects, GIVING_WAY), [&SET_LOCAL]);
}
