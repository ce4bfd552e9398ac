//! How much is sent over each connection. Without a media server every picture is encoded and sent once for
//! each of the others, so what one of them costs depends on how many there are.

/// How a picture is sent: a member of `RTCRtpSendParameters.encodings` (W3C webrtc, section 5.2.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding {
    /// `maxBitrate`. Unit: bit per second.
    pub max_bitrate: u32,
    /// `scaleResolutionDownBy`: width and height are divided by this.
    pub down_by: u8,
    /// `maxFramerate`. Unit: frames per second.
    pub max_framerate: u8,
}

/// How camera and screen are sent to each of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MediaPlan {
    pub(crate) camera: Encoding,
    /// `None` while no screen is shared.
    pub(crate) screen: Option<Encoding>,
}

impl MediaPlan {
    /// The plan for this number of others, for somebody who shares a screen or not.
    pub(crate) fn new(others: usize, shares_screen: bool) -> Self {
        let camera = match others {
            0 | 1 => encoding(2_000, 1, 30),
            2 => encoding(1_200, 1, 30),
            3 => encoding(600, 2, 25),
            4 | 5 => encoding(400, 2, 20),
            6..=8 => encoding(250, 3, 15),
            _ => encoding(150, 4, 15),
        };
        let screen = match others {
            0..=2 => encoding(2_500, 1, 30),
            3..=5 => encoding(1_500, 1, 15),
            _ => encoding(800, 1, 10),
        };
        if shares_screen {
            Self { camera: beside_screen(camera), screen: Some(screen) }
        } else {
            Self { camera, screen: None }
        }
    }
}

/// The others look at the screen; the person is in a small tile beside it.
fn beside_screen(camera: Encoding) -> Encoding {
    Encoding {
        max_bitrate: camera.max_bitrate.min(300_000),
        down_by: camera.down_by.max(2),
        max_framerate: camera.max_framerate.min(15),
    }
}

const fn encoding(kilobits: u32, down_by: u8, max_framerate: u8) -> Encoding {
    Encoding { max_bitrate: kilobits * 1_000, down_by, max_framerate }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    /// Bits per second that somebody sends to all others together.
    fn upload(others: usize, shares_screen: bool) -> u64 {
        let plan = MediaPlan::new(others, shares_screen);
        let screen = plan.screen.map_or(0, |screen| screen.max_bitrate);
        others as u64 * u64::from(plan.camera.max_bitrate + screen)
    }

    #[test]
    fn two_people_see_each_other_as_the_camera_gives_it() {
        assert_eq!(MediaPlan::new(1, false).camera, encoding(2_000, 1, 30));
    }

    #[test]
    fn nothing_grows_when_somebody_comes() {
        for others in 1..24 {
            for shares in [false, true] {
                let (few, more) = (MediaPlan::new(others, shares), MediaPlan::new(others + 1, shares));
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
            let screen = MediaPlan::new(others, true).screen.unwrap();
            assert_eq!(screen.down_by, 1, "text has to be readable");
        }
    }

    #[test]
    fn beside_a_shared_screen_the_camera_costs_little() {
        let camera = MediaPlan::new(1, true).camera;
        assert_eq!(camera, encoding(300, 2, 15));
    }
}
