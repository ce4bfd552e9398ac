//! How much is sent to whom, as people come and go and share screens.

use super::*;

const THIRD: PeerId = PeerId::new(91);
const FOURTH: PeerId = PeerId::new(92);

impl Scene {
    /// Connected with one person, their pictures grown.
    fn settled_with(peer: PeerId) -> Self {
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

    fn shares_screen(&mut self) -> Vec<Effect> {
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
