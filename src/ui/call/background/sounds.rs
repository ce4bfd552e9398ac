//! The sounds for somebody who comes or goes, and the loudspeaker on which everything plays.

use std::cell::RefCell;

use crate::{
    browser::{self, Sound},
    call::{Attendance, Change},
    ui::{
        call::controls::loudspeaker::{chosen_loudspeaker, play_on},
        handle::CallHandle,
        parts::switch::is_on,
        reactive::effect,
    },
};

/// Storage key: sounds when somebody comes or goes.
pub const SOUNDS_KEY: &str = "halloo.sounds";

/// Plays a sound when somebody comes or goes, unless this person wants none.
pub fn play_sounds(call: CallHandle) {
    let (joined, left) = (Sound::joined(), Sound::left());
    let attendance = RefCell::new(Attendance::default());
    let present = call.slice(|view| {
        let ids = view.participants.iter().map(|peer| peer.id).collect();
        view.me.map(|_| ids)
    });
    effect(move || {
        let change = attendance.borrow_mut().observe(browser::now(), present.get());
        let sound = match change {
            Some(Change::Joined) => &joined,
            Some(Change::Left) => &left,
            None => return,
        };
        // Asked for each time: it may have been changed in the menu.
        if let Some(sound) = sound.as_ref().filter(|_| is_on(SOUNDS_KEY)) {
            sound.play(&chosen_loudspeaker());
        }
    });
}

/// Plays whoever comes on the chosen loudspeaker.
pub fn keep_loudspeaker(call: CallHandle) {
    effect(move || {
        call.players.track();
        let speaker = chosen_loudspeaker();
        if !speaker.is_empty() {
            play_on(call, &speaker);
        }
    });
}
