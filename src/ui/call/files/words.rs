//! Sizes, times and states in words.

use crate::{
    call::data::files::{Ending, FileEntry, State},
    ui::text::{Text, files as text, i18n::I18n, language::Language, people},
};

/// The other person of a transfer.
pub fn who(entry: &FileEntry, language: Language) -> String {
    let name = entry.who.as_ref().map(|name| name.as_str().to_owned());
    name.unwrap_or_else(|| people::GUEST.get(language).to_owned())
}

/// A number of bytes, to two digits or more.
pub fn size(bytes: u64) -> String {
    // In whole numbers: what formats others is 5 kB of the page.
    let (mut scale, mut unit) = (1_u64, "B");
    let rounded = |number: u64, scale: u64| number.saturating_add(scale / 2) / scale;
    for larger in ["kB", "MB", "GB", "TB"] {
        if rounded(bytes, scale) < 1_000 {
            break;
        }
        (scale, unit) = (scale * 1_000, larger);
    }
    let tenths = rounded(bytes.saturating_mul(10), scale);
    // Whole below a kilobyte, and where the digit after the point says little.
    if unit != "B" && tenths < 100 {
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    } else {
        format!("{} {unit}", rounded(bytes, scale))
    }
}

fn time_left(seconds: u64, language: Language) -> String {
    let (template, count) = match seconds {
        0..=90 => (&text::SECONDS_LEFT, seconds),
        91..=5_400 => (&text::MINUTES_LEFT, seconds.div_ceil(60)),
        _ => (&text::HOURS_LEFT, seconds.div_ceil(3_600)),
    };
    template.fill(language, &count.to_string())
}

/// How far a transfer is.
pub fn status(entry: &FileEntry, language: Language) -> String {
    let words: &Text = match entry.state {
        State::Running => return progress(entry, language),
        State::Offered if entry.is_own() => &text::WAITING_FOR_ANSWER,
        State::Offered => return String::new(),
        State::Opening => &text::PREPARING,
        State::Queued => &text::WAITING,
        State::Interrupted => &text::INTERRUPTED,
        State::Checking => &text::CHECKING,
        State::Done if entry.is_own() => &text::DELIVERED,
        State::Done if entry.saved => &text::SAVED,
        State::Done => return String::new(),
        State::Ended(ending) => why(ending),
    };
    words.get(language).to_owned()
}

fn progress(entry: &FileEntry, language: Language) -> String {
    let mut parts = vec![size(entry.bytes) + &text::OF.fill(language, &size(entry.size))];
    parts.extend(entry.speed.map(|speed| text::PER_SECOND.fill(language, &size(speed))));
    parts.extend(entry.left_s.map(|seconds| time_left(seconds, language)));
    parts.join(" \u{b7} ")
}

const fn why(ending: Ending) -> &'static Text {
    match ending {
        Ending::Declined => &text::DECLINED,
        Ending::Cancelled => &text::CANCELLED,
        Ending::CancelledByPeer => &text::CANCELLED_BY_PEER,
        Ending::Left => &text::LEFT,
        Ending::Damaged => &text::DAMAGED,
        Ending::Storage => &text::STORAGE,
        Ending::TooLarge => &text::TOO_LARGE,
        Ending::Unreadable => &text::UNREADABLE,
        Ending::Invalid => &text::INVALID,
        Ending::Busy => &text::BUSY,
    }
}

/// The value of `data-state`.
pub const fn state_name(state: State) -> &'static str {
    match state {
        State::Offered => "offered",
        State::Opening | State::Queued => "queued",
        State::Running => "running",
        State::Interrupted => "interrupted",
        State::Checking => "checking",
        State::Done => "done",
        State::Ended(_) => "ended",
    }
}

/// What is said of a file that somebody sends.
pub fn headline(entry: &FileEntry, i18n: I18n) -> String {
    let words = if entry.picture.is_some() { &text::SENT_PICTURE } else { &text::OFFERS };
    i18n.fill(words, &who(entry, i18n.language()))
}

/// What is announced of a file of somebody else: that it is offered, and that it is there.
pub fn announcement(entry: &FileEntry, i18n: I18n) -> Option<String> {
    match entry.state {
        _ if entry.is_own() => None,
        State::Offered => Some(format!("{}: {}", headline(entry, i18n), entry.name.as_str())),
        State::Done => Some(i18n.fill(&text::ARRIVED, entry.name.as_str())),
        State::Opening
        | State::Queued
        | State::Running
        | State::Interrupted
        | State::Checking
        | State::Ended(_) => None,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{
        call::data::files::{Direction, FileName, Key},
        protocol::{FileId, PeerId},
    };

    pub(in crate::ui::call::files) fn entry(state: State) -> FileEntry {
        FileEntry {
            key: Key { peer: PeerId::new(1), id: FileId::new(2), direction: Direction::In },
            who: None,
            name: FileName::of("a.txt"),
            size: 200_000_000,
            private: false,
            state,
            bytes: 1_000_000,
            speed: Some(2_345_678),
            left_s: Some(85),
            picture: None,
            saved: false,
        }
    }

    #[test]
    fn sizes_are_short() {
        let sizes =
            [0, 1, 999, 1_000, 1_049, 9_949, 9_951, 999_499, 999_500, 5_000_000, 200_000_000, 3 << 41];
        let words = [
            "0 B", "1 B", "999 B", "1.0 kB", "1.0 kB", "9.9 kB", "10 kB", "999 kB", "1.0 MB", "5.0 MB",
            "200 MB", "6.6 TB",
        ];
        assert_eq!(sizes.map(size), words);
    }

    #[test]
    fn progress_has_speed_and_time_left_once_they_are_known() {
        let mut entry = entry(State::Running);
        let english = "1.0 MB of 200 MB \u{b7} 2.3 MB/s \u{b7} 85 s left";
        assert_eq!(status(&entry, Language::English), english);
        entry.left_s = Some(91);
        let chinese = "1.0 MB，共 200 MB \u{b7} 2.3 MB/秒 \u{b7} 剩余 2 分钟";
        assert_eq!(status(&entry, Language::SimplifiedChinese), chinese);
        (entry.speed, entry.left_s) = (None, None);
        assert_eq!(status(&entry, Language::English), "1.0 MB of 200 MB");
    }
}
