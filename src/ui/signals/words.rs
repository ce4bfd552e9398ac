//! Times, sizes and kinds in words.

use crate::{
    call::signals::{Entry, Event, Kind},
    ui::text::{Text, language::Language, signal_words},
};

/// A time since navigation, or a duration.
pub fn time(us: u64) -> String {
    let ms = us / 1000;
    match ms {
        0 if us == 0 => "0 ms".to_owned(),
        0..100 => [&ms.to_string(), ".", &(us / 100 % 10).to_string(), " ms"].concat(),
        100..10_000 => [&ms.to_string(), " ms"].concat(),
        10_000..120_000 => [&(ms / 1000).to_string(), ".", &(ms / 100 % 10).to_string(), " s"].concat(),
        _ => {
            let seconds = ms / 1000;
            let two = |number: u64| [if number < 10 { "0" } else { "" }, &number.to_string()].concat();
            [(seconds / 60).to_string(), two(seconds % 60)].join(":")
        }
    }
}

/// A size.
pub fn size(bytes: usize) -> String {
    match bytes {
        0..1000 => [&bytes.to_string(), " B"].concat(),
        _ => [&(bytes / 1000).to_string(), ".", &(bytes / 100 % 10).to_string(), " kB"].concat(),
    }
}

/// What an entry is.
pub fn title(entry: &Entry, language: Language) -> String {
    match &entry.event {
        Event::Message(message) => message.kind.clone(),
        Event::State(state) => {
            let colon = match language {
                Language::English => ": ",
                Language::SimplifiedChinese => "：",
            };
            [signal_words::of(state.of).get(language), colon, &state.value].concat()
        }
    }
}

/// What it is for.
pub fn about(entry: &Entry) -> &'static Text {
    match &entry.event {
        Event::Message(message) => signal_words::about_message(&message.kind),
        Event::State(state) => signal_words::about_state(state.of),
    }
}

/// A choice of the filter.
pub fn kind(kind: &Kind, language: Language) -> String {
    match kind {
        Kind::Message(kind) => kind.clone(),
        Kind::State(of) => signal_words::of(*of).get(language).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_as_exact_as_one_can_use() {
        for (us, words) in [
            (0, "0 ms"),
            (900, "0.9 ms"),
            (12_345, "12.3 ms"),
            (1_234_567, "1234 ms"),
            (12_345_678, "12.3 s"),
            (125_000_000, "2:05"),
        ] {
            assert_eq!(time(us), words);
        }
        assert_eq!((size(999).as_str(), size(4321).as_str()), ("999 B", "4.3 kB"));
    }
}
