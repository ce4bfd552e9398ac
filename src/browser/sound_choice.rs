//! How this person wants the sound of the microphone to be processed, remembered for later calls.

use super::storage::{remember, remembered};
use crate::call::SoundProcessing;

/// Storage key.
const KEY: &str = "halloo.processing";

/// Words for what is not as usual, in the order in which they are written.
const WORDS: [&str; 4] = ["echo", "noise", "volume", "original"];

/// What was chosen last.
pub(super) fn remembered_sound() -> SoundProcessing {
    parse(&remembered(KEY).unwrap_or_default())
}

/// Remembers a choice.
pub fn remember_sound(sound: SoundProcessing) {
    remember(KEY, &to_text(sound));
}

/// Reads what was remembered. Whatever makes no sense is as if it had never been chosen.
fn parse(text: &str) -> SoundProcessing {
    let [echo, noise, volume, original] = WORDS.map(|word| text.split(' ').any(|one| one == word));
    SoundProcessing { echo_cancellation: !echo, noise_suppression: !noise, automatic_gain: !volume, original }
}

/// What to remember.
fn to_text(sound: SoundProcessing) -> String {
    let SoundProcessing { echo_cancellation, noise_suppression, automatic_gain, original } = sound;
    let is_unusual = [!echo_cancellation, !noise_suppression, !automatic_gain, original];
    let words: Vec<_> =
        WORDS.into_iter().zip(is_unusual).filter(|(_, is)| *is).map(|(word, _)| word).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_read_again() {
        for bits in 0..16_u8 {
            let [echo_cancellation, noise_suppression, automatic_gain, original] =
                [0, 1, 2, 3].map(|bit| bits >> bit & 1 == 1);
            let sound = SoundProcessing { echo_cancellation, noise_suppression, automatic_gain, original };
            assert_eq!(parse(&to_text(sound)), sound);
        }
        assert_eq!(parse("nothing that\0makes sense"), SoundProcessing::default());
    }
}
