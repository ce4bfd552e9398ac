//! Reads the loudness of what is received, for [`Speakers`].

use std::cell::RefCell;

use gloo_timers::callback::Interval;

use super::{driven, driver::CallDriver};
use crate::{
    call::{Heard, READ_EVERY_MS, Speakers},
    protocol::PeerId,
};

/// Reports who is heard, until dropped.
pub struct SpeakerWatch {
    _interval: Interval,
}

impl SpeakerWatch {
    /// `people` is everybody who is there, and whether their microphone is on. `report` is called whenever
    /// somebody starts or stops speaking.
    pub fn start(
        driver: CallDriver,
        people: impl Fn() -> Vec<(PeerId, bool)> + 'static,
        report: impl Fn(Heard) + 'static,
    ) -> Self {
        let (speakers, last) = (RefCell::new(Speakers::default()), RefCell::new(Heard::default()));
        let read = move || {
            // What was received last stays as loud as it was.
            let level = |(peer, on): (PeerId, bool)| (peer, on.then(|| driver.voice_level(peer)));
            let mut speakers = speakers.borrow_mut();
            speakers.read(driven::now(), people().into_iter().map(level));
            let heard = speakers.heard();
            if last.replace(heard.clone()) != heard {
                report(heard);
            }
        };
        Self { _interval: Interval::new(READ_EVERY_MS, read) }
    }
}
