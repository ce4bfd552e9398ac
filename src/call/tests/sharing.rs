//! Sharing a screen.

use super::*;

fn asks(effects: &[Effect]) -> Option<OpId> {
    effects.iter().find_map(|effect| match effect {
        Effect::AcquireScreen { op } => Some(*op),
        _ => None,
    })
}

fn sends_screen(effects: &[Effect]) -> Vec<PeerId> {
    let to = |effect: &Effect| match effect {
        Effect::SendScreen { peer, .. } => Some(*peer),
        _ => None,
    };
    effects.iter().filter_map(to).collect()
}

fn media(effects: &[Effect]) -> Vec<MediaState> {
    let media = |message: &ClientMsg| match message {
        ClientMsg::SetMedia { media } => Some(*media),
        _ => None,
    };
    said(effects).into_iter().filter_map(media).collect()
}

const PICTURE: MediaState =
    MediaState { microphone: false, camera: false, screen: true, screen_audio: false };

impl Scene {
    fn answers_screen(&mut self, result: Result<ScreenGrant, ScreenProblem>) -> Vec<Effect> {
        let effects = self.command(Command::ShareScreen);
        let op = asks(&effects).expect("the browser is asked");
        self.give(Input::ScreenAnswered { op, result })
    }

    fn shares(&mut self, with_sound: bool) -> Vec<Effect> {
        self.answers_screen(Ok(ScreenGrant { with_sound }))
    }

    fn screen(&self) -> ScreenState {
        self.call.view().screen.state
    }
}

#[test]
fn a_screen_is_sent_to_everybody_and_announced() {
    let mut scene = Scene::connected_to(INSISTING);
    let effects = scene.shares(false);
    assert!(effects.contains(&Effect::InstallScreen));
    assert_eq!(sends_screen(&effects), [INSISTING]);
    assert_eq!(media(&effects), [PICTURE]);
    assert_eq!(scene.screen(), ScreenState::On { with_sound: false });

    scene.event(INSISTING, ConnectionEvent::NegotiationNeeded);
    let effects = scene.describes(INSISTING, offer("with a screen"));
    let [Signal::Offer { tracks: Some(tracks), .. }] = signals_to(&effects, INSISTING)[..] else {
        panic!("{effects:?}");
    };
    let expected =
        [("0", TrackSource::Microphone), ("1", TrackSource::Camera), ("screen", TrackSource::Screen)];
    assert_eq!(*tracks, expected.map(|(mid, source)| (mid.to_owned(), source)).into_iter().collect());
}

#[test]
fn its_sound_is_announced_too() {
    let mut scene = Scene::connected_to(INSISTING);
    let effects = scene.shares(true);
    assert_eq!(media(&effects), [MediaState { screen_audio: true, ..PICTURE }]);
    assert_eq!(scene.screen(), ScreenState::On { with_sound: true });
}

#[test]
fn whoever_comes_later_gets_it_with_the_first_offer() {
    let mut scene = Scene::seated();
    scene.shares(false);
    let effects = scene.server(arrival(INSISTING));
    let position = |found: fn(&Effect) -> bool| effects.iter().position(found).expect("is there");
    let opened = position(|effect| matches!(effect, Effect::OpenConnection { .. }));
    let sent = position(|effect| matches!(effect, Effect::SendScreen { .. }));
    let offered = position(|effect| matches!(effect, Effect::Operate { .. }));
    assert!(opened < sent && sent < offered, "{effects:?}");
}

#[test]
fn it_waits_for_the_first_offer_of_the_peer() {
    let mut scene = Scene::seated_with(&[INSISTING]);
    assert_eq!(sends_screen(&scene.shares(false)), []);
    scene.signal(INSISTING, offer_signal("first offer", 0));
    scene.succeeds(INSISTING);
    let effects = scene.describes(INSISTING, answer("answer"));
    assert_eq!(sends_screen(&effects), [INSISTING]);
}

#[test]
fn a_connection_that_is_replaced_gets_it_again() {
    let mut scene = Scene::connected_to(INSISTING);
    scene.shares(false);
    let effects = scene.signal(INSISTING, offer_signal("starts over", 1));
    assert_eq!(sends_screen(&effects), [], "not before the offer is answered");
    scene.succeeds(INSISTING);
    let effects = scene.describes(INSISTING, answer("answer"));
    assert_eq!(sends_screen(&effects), [INSISTING]);
}

#[test]
fn sharing_ends_by_the_person_and_by_the_browser() {
    for end in [Input::Command(Command::StopSharing), Input::ScreenEnded] {
        let mut scene = Scene::connected_to(INSISTING);
        scene.shares(false);
        let effects = scene.give(end);
        assert!(effects.contains(&Effect::ReleaseScreen));
        assert_eq!(media(&effects), [MediaState::default()]);
        assert_eq!(scene.screen(), ScreenState::Off);
        assert_eq!(sends_screen(&scene.shares(false)), [INSISTING], "and begins again");
    }
}

#[test]
fn hanging_up_ends_sharing() {
    let mut scene = Scene::connected_to(INSISTING);
    scene.shares(false);
    assert!(scene.command(Command::Leave).contains(&Effect::ReleaseScreen));
    assert_eq!(asks(&scene.command(Command::ShareScreen)), None, "there is nobody to share with");
    scene.join();
    assert_eq!(scene.screen(), ScreenState::Off);
}

#[test]
fn the_browser_is_asked_once() {
    let mut scene = Scene::seated();
    assert!(asks(&scene.command(Command::ShareScreen)).is_some());
    assert_eq!(scene.screen(), ScreenState::Asking);
    assert_eq!(asks(&scene.command(Command::ShareScreen)), None);
}

#[test]
fn an_answer_that_comes_after_hanging_up_is_not_used() {
    let mut scene = Scene::seated();
    let op = asks(&scene.command(Command::ShareScreen)).unwrap();
    scene.command(Command::Leave);
    let result = Ok(ScreenGrant { with_sound: false });
    assert!(!scene.give(Input::ScreenAnswered { op, result }).contains(&Effect::InstallScreen));
}

#[test]
fn a_question_that_is_still_open_is_not_asked_twice() {
    let mut scene = Scene::seated();
    let op = asks(&scene.command(Command::ShareScreen)).unwrap();
    scene.command(Command::StopSharing);
    assert_eq!(scene.screen(), ScreenState::Off);
    assert_eq!(asks(&scene.command(Command::ShareScreen)), None);
    let effects = scene.give(Input::ScreenAnswered { op, result: Ok(ScreenGrant { with_sound: false }) });
    assert!(effects.contains(&Effect::InstallScreen));
}

#[test]
fn what_is_said_of_the_screen_belongs_to_one_call() {
    let mut scene = Scene::seated();
    scene.command(Command::SharingInterrupted);
    scene.command(Command::Leave);
    scene.join();
    assert!(!scene.call.view().screen.interrupted);
}

#[test]
fn closing_the_question_is_no_problem_but_a_system_that_blocks_is() {
    let mut scene = Scene::seated();
    scene.answers_screen(Err(ScreenProblem::Refused));
    assert_eq!(scene.screen(), ScreenState::Off);
    scene.answers_screen(Err(ScreenProblem::Blocked));
    assert_eq!(scene.screen(), ScreenState::Problem(ScreenProblem::Blocked));
    scene.command(Command::DismissScreenNotice);
    assert_eq!(scene.screen(), ScreenState::Off);
}

#[test]
fn a_reload_ends_sharing_and_says_so() {
    let mut scene = Scene::seated();
    scene.shares(false);
    assert_eq!(scene.sharing, [true]);

    let mut scene = Scene::seated();
    scene.command(Command::SharingInterrupted);
    assert_eq!(scene.sharing, [false], "the next reload does not say it again");
    assert!(scene.call.view().screen.interrupted);
    scene.shares(false);
    assert!(!scene.call.view().screen.interrupted);
}

#[test]
fn a_screen_that_moves_is_sent_smoothly_until_another_is_shared() {
    let mut scene = Scene::settled_with(GIVING_WAY);
    assert_eq!(scene.command(Command::SmoothScreen(true)), [], "nothing is shared");
    scene.shares_screen();
    assert_eq!(scene.command(Command::SmoothScreen(true)), [Effect::HintScreen { smooth: true }]);
    assert!(scene.call.view().screen.smooth);
    assert_eq!(scene.command(Command::SmoothScreen(true)), []);
    scene.command(Command::StopSharing);
    scene.shares_screen();
    assert!(!scene.call.view().screen.smooth);
}
