//! How much is sent to whom, as people come and go and share screens.

use super::*;

const THIRD: PeerId = PeerId::new(91);
const FOURTH: PeerId = PeerId::new(92);

impl Scene {
    /// Connected with one person, their pictures grown.
    pub(super) fn settled_with(peer: PeerId) -> Self {
        let mut scene = Self::connected_to(peer);
        scene.after(2_000);
        scene.encoded.clear();
        scene
    }

    /// Bits per second that the camera may take to each peer, as told since this was asked for.
    fn camera_rates(&mut self) -> Vec<(PeerId, u32)> {
        let rates = |(peer, source, encoding): (PeerId, _, Encoding)| {
            (source == TrackSource::Camera).then_some((peer, encoding.max_bitrate))
        };
        std::mem::take(&mut self.encoded).into_iter().filter_map(rates).collect()
    }

    pub(super) fn shares_screen(&mut self) -> Vec<Effect> {
        let effects = self.command(Command::ShareScreen);
        let op = effects.iter().find_map(|effect| match effect {
            Effect::AcquireScreen { op } => Some(*op),
            _ => None,
        });
        self.give(Input::ScreenAnswered { op: op.unwrap(), result: Ok(ScreenGrant { with_sound: false }) })
    }
}

/// The camera of a connection that is made with it.
fn begins_with(effects: &[Effect], whom: PeerId) -> Option<Encoding> {
    effects.iter().find_map(|effect| match effect {
        Effect::OpenConnection { peer, camera, .. } if *peer == whom => *camera,
        _ => None,
    })
}

#[test]
fn everybody_gets_less_when_somebody_comes_and_more_when_somebody_goes() {
    let mut scene = Scene::settled_with(GIVING_WAY);
    let effects = scene.server(arrival(THIRD));
    assert_eq!(scene.camera_rates(), [(GIVING_WAY, 1_200_000)]);
    assert_eq!(begins_with(&effects, THIRD).unwrap().max_bitrate, 1_200_000);
    scene.server(arrival(FOURTH));
    assert_eq!(scene.camera_rates(), [(GIVING_WAY, 600_000), (THIRD, 600_000)]);
    scene.server(ServerMsg::PeerLeft { peer: THIRD, reason: LeaveReason::Left });
    assert_eq!(scene.camera_rates(), [(GIVING_WAY, 1_200_000), (FOURTH, 1_200_000)]);
}

#[test]
fn the_plan_is_told_once() {
    let mut scene = Scene::settled_with(GIVING_WAY);
    scene.server(ServerMsg::PeerReconnecting { peer: GIVING_WAY });
    scene.server(ServerMsg::PeerBack { peer: GIVING_WAY });
    scene.after(10_000);
    assert_eq!(scene.camera_rates(), []);
}

#[test]
fn the_camera_gives_way_to_the_screen() {
    let mut scene = Scene::settled_with(GIVING_WAY);
    scene.shares_screen();
    assert_eq!(scene.camera_rates(), [(GIVING_WAY, 300_000)]);
    scene.command(Command::StopSharing);
    assert_eq!(scene.camera_rates(), [(GIVING_WAY, 2_000_000)]);
}

#[test]
fn the_screen_gets_less_when_many_look_at_it() {
    let mut scene = Scene::settled_with(GIVING_WAY);
    let sent = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::SendScreen { encoding, .. } => Some(encoding.max_bitrate),
            _ => None,
        })
    };
    assert_eq!(sent(&scene.shares_screen()), Some(2_500_000));
    scene.encoded.clear();
    scene.server(arrival(THIRD));
    assert_eq!(sent(&scene.server(arrival(FOURTH))), Some(1_500_000));
    let screens: Vec<_> =
        scene.encoded.iter().filter(|(_, source, _)| *source == TrackSource::Screen).collect();
    let [(peer, _, encoding), (THIRD, ..)] = screens[..] else { panic!("{screens:?}") };
    assert_eq!((*peer, encoding.max_bitrate), (GIVING_WAY, 1_500_000));
}

fn shown(camera: u16) -> Viewing {
    Viewing { camera: Some(camera), screen: None }
}

fn viewing_of(effects: &[Effect], peer: PeerId) -> Vec<Option<u16>> {
    let camera = |signal: &Signal| if let Signal::Viewing(viewing) = signal { viewing.camera } else { None };
    signals_to(effects, peer).into_iter().map(camera).collect()
}

#[test]
fn what_nobody_looks_at_is_not_sent() {
    let mut scene = Scene::settled_with(GIVING_WAY);
    let is_sent = |scene: &mut Scene| -> Vec<bool> {
        std::mem::take(&mut scene.encoded).iter().map(|(_, _, encoding)| encoding.active).collect()
    };
    scene.signal(GIVING_WAY, Signal::Viewing(shown(0)));
    assert_eq!(is_sent(&mut scene), [false]);
    scene.signal(GIVING_WAY, Signal::Viewing(shown(0)));
    assert!(is_sent(&mut scene).is_empty());
    scene.after(1_000);
    scene.signal(GIVING_WAY, Signal::Viewing(shown(720)));
    assert_eq!(is_sent(&mut scene), [true]);
}

#[test]
fn who_is_shown_small_by_one_has_more_for_the_others() {
    let mut scene = Scene::settled_with(GIVING_WAY);
    scene.server(arrival(THIRD));
    scene.signal(GIVING_WAY, Signal::Viewing(shown(720)));
    scene.signal(THIRD, Signal::Viewing(shown(720)));
    scene.after(1_000);
    scene.encoded.clear();
    scene.signal(THIRD, Signal::Viewing(shown(90)));
    assert_eq!(scene.camera_rates(), [(GIVING_WAY, 2_000_000), (THIRD, 80_000)]);
}

#[test]
fn who_lies_about_sizes_changes_only_their_own_picture() {
    let mut scene = Scene::settled_with(GIVING_WAY);
    scene.server(arrival(THIRD));
    for peer in [GIVING_WAY, THIRD] {
        scene.signal(peer, Signal::Viewing(shown(180)));
    }
    scene.after(1_000);
    scene.encoded.clear();
    scene.signal(THIRD, Signal::Viewing(shown(u16::MAX)));
    let rates = scene.camera_rates();
    let [(GIVING_WAY, honest), (THIRD, greedy)] = rates[..] else { panic!("{rates:?}") };
    assert!(honest > 170_000, "{honest}");
    assert!(greedy < 2_300_000, "{greedy}");
    scene.signal(PeerId::new(77), Signal::Viewing(shown(0)));
    assert_eq!(scene.camera_rates(), [], "nobody of this room");
}

#[test]
fn the_others_are_told_how_large_they_are_shown_once_a_second() {
    let mut scene = Scene::settled_with(GIVING_WAY);
    let told = scene.command(Command::Show(vec![(GIVING_WAY, shown(720))]));
    assert_eq!(viewing_of(&told, GIVING_WAY), [Some(720)]);
    for height in [360, 180, 90] {
        assert_eq!(scene.command(Command::Show(vec![(GIVING_WAY, shown(height))])), []);
    }
    assert_eq!(viewing_of(&scene.after(1_000), GIVING_WAY), [Some(90)]);
    assert_eq!(scene.after(10_000), []);
    assert_eq!(scene.command(Command::Show(vec![(GIVING_WAY, shown(90))])), []);
    assert_eq!(scene.command(Command::Show(vec![(THIRD, shown(90))])), []);
}

#[test]
fn who_was_out_of_reach_is_told_again() {
    let mut scene = Scene::settled_with(GIVING_WAY);
    scene.command(Command::Show(vec![(GIVING_WAY, shown(360))]));
    scene.after(5_000);
    scene.closes(CloseCode::Other(1006));
    scene.command(Command::Show(vec![(GIVING_WAY, shown(0))]));
    let mut effects = scene.resumes(joined(ME, &[GIVING_WAY], true));
    effects.extend(scene.after(1_000));
    assert_eq!(viewing_of(&effects, GIVING_WAY), [Some(0)]);
    scene.server(ServerMsg::PeerReconnecting { peer: GIVING_WAY });
    let effects = scene.server(ServerMsg::PeerBack { peer: GIVING_WAY });
    assert_eq!(viewing_of(&effects, GIVING_WAY), [Some(0)]);
}

#[test]
fn pictures_that_are_not_wanted_are_not_missed() {
    let mut scene = Scene::settled_with(GIVING_WAY);
    let media = MediaState { camera: true, ..MediaState::default() };
    scene.server(ServerMsg::MediaChanged { peer: GIVING_WAY, media });
    scene.command(Command::Show(vec![(GIVING_WAY, shown(0))]));
    assert_eq!(scene.stalls(GIVING_WAY), []);
    assert_eq!(scene.after(0), []);
    let media = MediaState { microphone: true, ..media };
    scene.server(ServerMsg::MediaChanged { peer: GIVING_WAY, media });
    scene.stalls(GIVING_WAY);
    assert_eq!(scene.after(0), [Effect::RestartIce { peer: GIVING_WAY }]);
}

#[test]
fn less_is_sent_by_who_saves_data_and_by_a_busy_processor() {
    let mut scene = Scene::settled_with(GIVING_WAY);
    scene.command(Command::SaveData(DataSaver::SmallPictures));
    scene.command(Command::SaveData(DataSaver::Off));
    scene.command(Command::LimitEncoding(3));
    scene.command(Command::LimitEncoding(0));
    let rates: Vec<_> = scene.camera_rates().into_iter().map(|(_, rate)| rate).collect();
    assert_eq!(rates, [200_000, 2_000_000, 200_000, 2_000_000]);
}

#[test]
fn a_small_camera_is_sent_as_it_is() {
    let mut scene = Scene::settled_with(GIVING_WAY);
    scene.signal(GIVING_WAY, Signal::Viewing(shown(360)));
    let effects = scene.command(Command::Switch { kind: DeviceKind::Camera, on: true });
    let op = effects.iter().find_map(|effect| match effect {
        Effect::Acquire { op, .. } => Some(*op),
        _ => None,
    });
    let device = DeviceGrant {
        kind: DeviceKind::Camera,
        device: "small".to_owned(),
        faces_away: false,
        height: Some(480),
    };
    scene.give(Input::DevicesAnswered { op: op.unwrap(), result: Ok(vec![device]) });
    let sizes: Vec<_> = scene.encoded.iter().map(|(_, _, encoding)| encoding.down_by).collect();
    assert_eq!(sizes, [2, 1]);
}

#[test]
fn who_says_another_size_again_and_again_changes_the_plan_once_a_second() {
    let mut scene = Scene::settled_with(GIVING_WAY);
    for height in 1..100 {
        scene.signal(GIVING_WAY, Signal::Viewing(shown(height * 11)));
    }
    assert_eq!(scene.encoded.len(), 1);
    scene.after(1_000);
    assert_eq!(scene.encoded.len(), 2);
    assert_eq!(scene.encoded[1].2.max_bitrate, 2_400_000, "the last one counts");
    assert_eq!(scene.after(10_000), []);
}

#[test]
fn who_is_met_anew_is_told_how_large_they_are_shown() {
    let mut scene = Scene::settled_with(GIVING_WAY);
    scene.command(Command::Show(vec![(GIVING_WAY, shown(360))]));
    scene.closes(CloseCode::Other(1006));
    // The seat was lost meanwhile.
    let mut effects = scene.resumes(joined(PeerId::new(51), &[GIVING_WAY], true));
    effects.extend(scene.after(1_000));
    assert_eq!(viewing_of(&effects, GIVING_WAY), [Some(360)]);
}
