//! How much is sent over each connection. Without a media server every picture is encoded and sent once for
//! each of the others, so what one of them costs depends on how many there are and how large they show it.

use crate::{call::view::DataSaver, protocol::Viewing};

/// How a picture is sent: a member of `RTCRtpSendParameters.encodings` (W3C webrtc, section 5.2.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding {
    /// `active`: without it nothing is encoded, and nothing sent.
    pub active: bool,
    /// `maxBitrate`. Unit: bit per second.
    pub max_bitrate: u32,
    /// `scaleResolutionDownBy`: width and height are divided by this.
    pub down_by: u8,
    /// `maxFramerate`. Unit: frames per second.
    pub max_framerate: u8,
}

/// How camera and screen are sent to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MediaPlan {
    pub(crate) camera: Encoding,
    /// `None` while no screen is shared.
    pub(crate) screen: Option<Encoding>,
}

/// What the plans of all connections depend on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Demand {
    /// How many others there are.
    pub(crate) others: usize,
    /// What their pictures of the camera would take together: see [`wanted`]. Unit: kilobit per second.
    pub(crate) wanted: u32,
    pub(crate) shares_screen: bool,
    /// What is shared moves, and shall do so smoothly.
    pub(crate) smooth_screen: bool,
    /// Height of the camera's own picture. Unit: pixel. `None` if it is not known.
    pub(crate) camera_height: Option<u16>,
    pub(crate) saver: DataSaver,
    /// How far the processor is behind, from 0 to [`MAX_OVERUSE`].
    pub(crate) overuse: u8,
}

/// The highest level of overuse, at which the least is encoded.
pub const MAX_OVERUSE: u8 = 3;

/// What the cameras of most devices give. Unit: pixel.
const USUAL_HEIGHT: u16 = 720;
/// Most frames of a camera a second for three others or more. Each frame is encoded and sent for each of
/// them, and the bits of each are a share of what all may take.
const GROUP_RATE: u8 = 24;
/// What all pictures of a camera may take together once they are planned by their size. Unit: kilobit per
/// second.
const BUDGET: u32 = 2_400;
/// No picture that is shown gets less, or there would be none. Unit: kilobit per second.
const LEAST: u32 = 60;
/// A picture shown larger than it has the bits for is sent smaller: height, and the kilobits per second that
/// it needs at least.
const NEEDS: [(u16, u32); 2] = [(720, 400), (360, 120)];

/// A size in which pictures are sent, with the bitrate and the frame rate that it deserves.
struct Size {
    height: u16,
    kilobits: u32,
    rate: u8,
}

const SIZES: [Size; 5] = [
    Size { height: 90, kilobits: 80, rate: 12 },
    Size { height: 180, kilobits: 200, rate: 15 },
    Size { height: 360, kilobits: 600, rate: 30 },
    Size { height: 720, kilobits: 2_000, rate: 30 },
    Size { height: 1_080, kilobits: 2_400, rate: 30 },
];

/// The largest picture of a camera for each level of overuse. The first is no limit.
const BY_OVERUSE: [Size; 4] = [
    Size { height: u16::MAX, kilobits: 2_400, rate: 30 },
    Size { height: 720, kilobits: 2_000, rate: 20 },
    Size { height: 360, kilobits: 500, rate: 15 },
    Size { height: 180, kilobits: 200, rate: 10 },
];
/// The others look at the screen; the person is in a small tile beside it.
const BESIDE_SCREEN: Size = Size { height: 360, kilobits: 300, rate: 15 };
/// For who saves data.
const SAVING: Size = Size { height: 180, kilobits: 200, rate: 15 };

impl Size {
    /// The size for a picture that is shown this high: at least four fifths of that, if there is one.
    fn of(height: u16) -> &'static Self {
        let [.., largest] = &SIZES;
        SIZES.iter().find(|size| u32::from(height) * 4 <= u32::from(size.height) * 5).unwrap_or(largest)
    }
}

/// Rounds the height at which a picture is shown, so that small changes of it change nothing.
pub fn rounded(height: u16) -> u16 {
    if height == 0 { 0 } else { Size::of(height).height }
}

/// What the picture of a camera takes that is shown like this. Unit: kilobit per second.
pub(crate) fn wanted(viewing: Viewing) -> u32 {
    match viewing.camera {
        Some(0) => 0,
        height => Size::of(height.unwrap_or(USUAL_HEIGHT / 2)).kilobits,
    }
}

impl Demand {
    /// The plan for somebody who shows the pictures like this.
    pub(crate) fn plan(&self, viewing: Viewing) -> MediaPlan {
        let mut camera = match viewing.camera {
            None | Some(0) => by_number(self.others),
            Some(height) => self.by_size(Size::of(height)),
        };
        camera.active = viewing.camera != Some(0);
        camera = self.limited(camera, &BY_OVERUSE[usize::from(self.overuse.min(MAX_OVERUSE))]);
        if self.shares_screen {
            camera = self.limited(camera, &BESIDE_SCREEN);
        }
        if self.saver != DataSaver::Off {
            camera = self.limited(camera, &SAVING);
        }
        let screen = self.shares_screen.then(|| self.screen(viewing.screen != Some(0)));
        MediaPlan { camera, screen }
    }

    fn by_size(&self, size: &Size) -> Encoding {
        let fits = self.others <= 1 || self.wanted <= BUDGET;
        let share = if fits { size.kilobits } else { size.kilobits * BUDGET / self.wanted };
        let share = share.max(LEAST.min(size.kilobits));
        let has_bits = |(height, needed): &&(u16, u32)| size.height >= *height && share < *needed;
        let height = NEEDS.iter().filter(has_bits).map(|(height, _)| height / 2).min();
        let down_by = self.down_to(height.unwrap_or(size.height));
        let rate = if self.others < 3 { size.rate } else { size.rate.min(GROUP_RATE) };
        encoding(share, down_by, rate)
    }

    fn limited(&self, plan: Encoding, limit: &Size) -> Encoding {
        Encoding {
            max_bitrate: plan.max_bitrate.min(limit.kilobits * 1_000),
            down_by: plan.down_by.max(self.down_to(limit.height)),
            max_framerate: plan.max_framerate.min(limit.rate),
            ..plan
        }
    }

    /// A screen is never made smaller, since text has to be readable, unless it moves and many see it.
    fn screen(&self, active: bool) -> Encoding {
        let screen = match self.others {
            _ if self.saver != DataSaver::Off => encoding(500, 1, 5),
            3..=5 if self.smooth_screen => encoding(1_500, 2, 30),
            6.. if self.smooth_screen => encoding(800, 2, 20),
            0..=2 => encoding(2_500, 1, 30),
            3..=5 => encoding(1_500, 1, 15),
            _ => encoding(800, 1, 10),
        };
        let rate = [30, 15, 10, 5][usize::from(self.overuse.min(MAX_OVERUSE))];
        Encoding { active, max_framerate: screen.max_framerate.min(rate), ..screen }
    }

    /// What the camera's own picture is divided by, to be this high or somewhat higher.
    fn down_to(&self, height: u16) -> u8 {
        let own = self.camera_height.unwrap_or(USUAL_HEIGHT);
        u8::try_from(own / height.max(1)).unwrap_or(u8::MAX).max(1)
    }
}

/// As long as it is not known how large the others show it.
fn by_number(others: usize) -> Encoding {
    match others {
        0 | 1 => encoding(2_000, 1, 30),
        2 => encoding(1_200, 1, 30),
        3 => encoding(600, 2, GROUP_RATE),
        4 | 5 => encoding(400, 2, 20),
        6..=8 => encoding(250, 3, 15),
        _ => encoding(150, 4, 15),
    }
}

const fn encoding(kilobits: u32, down_by: u8, max_framerate: u8) -> Encoding {
    Encoding { active: true, max_bitrate: kilobits * 1_000, down_by, max_framerate }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;

    const NOT_SHOWN: Viewing = Viewing { camera: Some(0), screen: Some(0) };

    fn shown(height: u16) -> Viewing {
        Viewing { camera: Some(height), screen: None }
    }

    fn demand(others: usize, shares_screen: bool) -> Demand {
        Demand { others, shares_screen, ..Demand::default() }
    }

    /// What is sent to others who show the camera like this.
    fn plans(viewings: &[Viewing]) -> Vec<Encoding> {
        let wanted = viewings.iter().map(|viewing| wanted(*viewing)).sum();
        let demand = Demand { wanted, ..demand(viewings.len(), false) };
        viewings.iter().map(|viewing| demand.plan(*viewing).camera).collect()
    }

    fn by_number(others: usize, shares_screen: bool) -> MediaPlan {
        demand(others, shares_screen).plan(Viewing::default())
    }

    /// Bits per second that somebody sends to all others together.
    fn upload(others: usize, shares_screen: bool) -> u64 {
        let plan = by_number(others, shares_screen);
        let screen = plan.screen.map_or(0, |screen| screen.max_bitrate);
        others as u64 * u64::from(plan.camera.max_bitrate + screen)
    }

    #[test]
    fn two_people_see_each_other_as_the_camera_gives_it() {
        for viewing in [Viewing::default(), shown(700)] {
            assert_eq!(demand(1, false).plan(viewing).camera, encoding(2_000, 1, 30));
        }
    }

    #[test]
    fn nothing_grows_when_somebody_comes() {
        for others in 1..24 {
            for shares in [false, true] {
                let (few, more) = (by_number(others, shares), by_number(others + 1, shares));
                let screens = few.screen.zip(more.screen);
                for (few, more) in [(few.camera, more.camera)].into_iter().chain(screens) {
                    assert!(more.max_bitrate <= few.max_bitrate, "{others}");
                    assert!(more.down_by >= few.down_by, "{others}");
                    assert!(more.max_framerate <= few.max_framerate, "{others}");
                }
            }
        }
    }

    #[test]
    fn the_upload_of_a_household_is_enough() {
        for others in 1..=11 {
            assert!(upload(others, false) <= 2_400_000, "{others} others");
        }
        for others in 1..=5 {
            assert!(upload(others, true) <= 9_000_000, "{others} others and a screen");
        }
        assert!(upload(24, false) <= 4_000_000);
    }

    #[test]
    fn a_screen_stays_as_large_as_it_is() {
        for others in 0..24 {
            let screen = by_number(others, true).screen.unwrap();
            assert_eq!(screen.down_by, 1, "text has to be readable");
        }
    }

    #[test]
    fn what_moves_on_a_screen_moves_smoothly() {
        for others in 1..24 {
            let smooth = Demand { smooth_screen: true, ..demand(others, true) };
            let (text, smooth) = (by_number(others, true).screen.unwrap(), smooth.plan(Viewing::default()));
            let smooth = smooth.screen.unwrap();
            assert!(smooth.max_framerate >= 20 && smooth.max_framerate >= text.max_framerate);
            assert_eq!(smooth.max_bitrate, text.max_bitrate);
        }
    }

    #[test]
    fn beside_a_shared_screen_the_camera_costs_little() {
        assert_eq!(by_number(1, true).camera, encoding(300, 2, 15));
    }

    #[test]
    fn what_nobody_shows_is_not_sent() {
        let plan = demand(3, true).plan(NOT_SHOWN);
        assert!(!plan.camera.active && !plan.screen.unwrap().active);
        let plan = demand(3, true).plan(shown(90));
        assert!(plan.camera.active && plan.screen.unwrap().active);
    }

    #[test]
    fn six_people_in_a_grid_send_small_pictures() {
        assert_eq!(plans(&[shown(200); 5]), [encoding(200, 4, 15); 5]);
    }

    #[test]
    fn the_speaker_is_sent_large_and_the_others_small() {
        // Five look at the one who speaks, who looks at one of them.
        let to_all = plans(&[shown(720); 5]);
        assert_eq!(to_all, [encoding(480, 1, 24); 5]);
        let plans = plans(&[shown(720), shown(90), shown(90), shown(90), shown(90)]);
        let small = encoding(80, 8, 12);
        assert_eq!(plans, [encoding(2_000, 1, 24), small, small, small, small]);
    }

    #[test]
    fn a_picture_that_has_too_few_bits_for_its_size_is_sent_smaller() {
        let plans = plans(&[shown(1_080); 11]);
        assert_eq!(plans, [encoding(218, 2, 24); 11]);
    }

    #[test]
    fn three_people_send_every_frame_and_four_those_of_a_film() {
        let rates =
            |others: usize| plans(&vec![shown(360); others]).iter().map(|one| one.max_framerate).max();
        assert_eq!([1, 2, 3, 4].map(rates), [30, 30, 24, 24].map(Some));
    }

    #[test]
    fn a_small_camera_is_not_made_smaller_than_it_is_shown() {
        let mut demand = Demand { camera_height: Some(480), ..demand(2, false) };
        assert_eq!(demand.plan(shown(360)).camera.down_by, 1);
        demand.camera_height = Some(1_080);
        assert_eq!(demand.plan(shown(360)).camera.down_by, 3);
    }

    #[test]
    fn heights_are_rounded() {
        let of = [0, 1, 112, 113, 225, 226, 450, 451, 900, 901, u16::MAX].map(rounded);
        assert_eq!(of, [0, 90, 90, 180, 180, 360, 360, 720, 720, 1_080, 1_080]);
    }

    #[test]
    fn who_saves_data_sends_little() {
        for saver in [DataSaver::SmallPictures, DataSaver::NoCameras] {
            let plan = Demand { saver, ..demand(1, true) }.plan(shown(720));
            assert_eq!(plan.camera, encoding(200, 4, 15));
            assert_eq!(plan.screen, Some(encoding(500, 1, 5)));
        }
    }

    fn any_viewing() -> impl Strategy<Value = Viewing> {
        any::<(Option<u16>, Option<u16>)>().prop_map(|(camera, screen)| Viewing { camera, screen })
    }

    proptest! {
        #[test]
        fn whatever_the_others_say_the_upload_is_bounded(
            viewings in proptest::collection::vec(any_viewing(), 2..25),
        ) {
            let plans: Vec<_> = plans(&viewings).into_iter().filter(|plan| plan.active).collect();
            let sum: u64 = plans.iter().map(|plan| u64::from(plan.max_bitrate)).sum();
            prop_assert!(plans.iter().all(|plan| plan.max_bitrate >= 60_000));
            let least = 60_000 * plans.len() as u64;
            // What is planned by size, and what is planned by number.
            prop_assert!(sum <= 2_400_000 + least + 4_000_000);
            if viewings.iter().all(|viewing| viewing.camera.is_some()) {
                prop_assert!(sum <= 2_400_000 + least);
            }
        }

        #[test]
        fn nothing_is_sent_larger_when_the_processor_is_behind(
            viewing in any_viewing(),
            others in 0_usize..25,
            overuse in 0..MAX_OVERUSE,
        ) {
            let plan = |overuse| Demand { overuse, ..demand(others, false) }.plan(viewing).camera;
            let (before, after) = (plan(overuse), plan(overuse + 1));
            prop_assert!(after.max_bitrate <= before.max_bitrate);
            prop_assert!(after.down_by >= before.down_by);
            prop_assert!(after.max_framerate <= before.max_framerate);
        }
    }
}
