//! Verdicts and numbers in words.

use crate::{
    call::{
        ParticipantView, PathState,
        quality::{Cause, Flow, Grade, Limit, PathKind, Sample, Transport, Verdict},
    },
    ui::text::{Text, language::Language, panels as text},
};

/// Where a connection stands: connecting, or how good it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// There is no path at this time.
    Without(PathState),
    /// There is one, but not for long enough to be judged.
    Measuring,
    /// There is one.
    Judged(Verdict),
}

impl Standing {
    /// That of the connection to a participant.
    pub fn of(participant: &ParticipantView, verdict: Option<Verdict>) -> Self {
        match (participant.path, verdict) {
            (PathState::Connected, Some(verdict)) => Self::Judged(verdict),
            (PathState::Connected, None) => Self::Measuring,
            (path @ (PathState::Connecting | PathState::Interrupted | PathState::Failed), _) => {
                Self::Without(path)
            }
        }
    }

    /// The value of `data-grade`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Judged(Verdict { grade: Grade::Good, .. }) => "good",
            Self::Judged(Verdict { grade: Grade::Fair, .. }) => "fair",
            Self::Judged(Verdict { grade: Grade::Poor, .. }) => "poor",
            Self::Measuring => "measuring",
            Self::Without(PathState::Failed) => "failed",
            Self::Without(_) => "none",
        }
    }

    /// In one line.
    pub fn in_words(self, language: Language) -> String {
        let title = match self {
            Self::Judged(Verdict { grade: Grade::Good, .. }) => &text::GOOD,
            Self::Judged(Verdict { grade: Grade::Fair, .. }) => &text::FAIR,
            Self::Judged(Verdict { grade: Grade::Poor, .. }) => &text::POOR,
            Self::Measuring => &text::MEASURING,
            Self::Without(PathState::Failed) => &text::FAILED,
            Self::Without(PathState::Interrupted) => &text::INTERRUPTED,
            Self::Without(PathState::Connecting | PathState::Connected) => &text::CONNECTING,
        };
        let title = title.get(language);
        let separator = match language {
            Language::English => ": ",
            Language::SimplifiedChinese => "：",
        };
        match self.cause() {
            Some(cause) => [title, separator, cause_in_words(cause).0.get(language)].concat(),
            None => title.to_owned(),
        }
    }

    /// What to do.
    pub fn hint(self) -> Option<&'static Text> {
        self.cause().map(|cause| cause_in_words(cause).1)
    }

    fn cause(self) -> Option<Cause> {
        match self {
            Self::Judged(verdict) => verdict.cause,
            Self::Without(_) | Self::Measuring => None,
        }
    }
}

fn cause_in_words(cause: Cause) -> (&'static Text, &'static Text) {
    match cause {
        Cause::OwnNetwork => (&text::OWN_NETWORK, &text::OWN_NETWORK_HINT),
        Cause::TheirNetwork => (&text::THEIR_NETWORK, &text::THEIR_NETWORK_HINT),
        Cause::OwnProcessor => (&text::OWN_PROCESSOR, &text::OWN_PROCESSOR_HINT),
        Cause::TheirProcessor => (&text::THEIR_PROCESSOR, &text::THEIR_PROCESSOR_HINT),
        Cause::Unknown => (&text::UNKNOWN_CAUSE, &text::UNKNOWN_CAUSE_HINT),
    }
}

/// What stands for a number that is not known.
const UNKNOWN: &str = "–";

/// The path of a connection.
pub fn path(sample: &Sample, language: Language) -> String {
    let Some(path) = sample.path else { return UNKNOWN.to_owned() };
    let kind = match path.kind {
        PathKind::Direct => &text::DIRECT,
        PathKind::Reflexive => &text::REFLEXIVE,
        PathKind::Relay => &text::RELAY,
    };
    let transport = match path.transport {
        Transport::Udp => " (UDP)",
        Transport::Tcp => " (TCP)",
        Transport::Tls => " (TLS)",
    };
    [kind.get(language), transport].concat()
}

/// A time.
pub fn milliseconds(value: Option<u32>) -> String {
    value.map_or_else(|| UNKNOWN.to_owned(), |value| [&value.to_string(), " ms"].concat())
}

/// A bitrate.
pub fn bitrate(kilobits: u32) -> String {
    if kilobits < 1000 {
        [&kilobits.to_string(), " kbit/s"].concat()
    } else {
        [&tenths(kilobits / 100), " Mbit/s"].concat()
    }
}

/// A loss, given in packets of a thousand.
pub fn percent(permille: Option<u32>) -> String {
    permille.map_or_else(|| UNKNOWN.to_owned(), |permille| [&tenths(permille), " %"].concat())
}

/// The size of a picture.
pub fn picture(flow: &Flow) -> String {
    let size = flow.picture.map(|shown| [shown.width, shown.height].map(|side| side.to_string()).join("×"));
    size.unwrap_or_else(|| UNKNOWN.to_owned())
}

/// Frames per second.
pub fn frame_rate(flow: &Flow) -> String {
    let rate = flow.picture.map(|shown| [&shown.rate.to_string(), " fps"].concat());
    rate.unwrap_or_else(|| UNKNOWN.to_owned())
}

/// The name of a codec.
pub fn codec(flow: &Flow) -> String {
    flow.codec.map_or(UNKNOWN, |codec| codec.as_str()).to_owned()
}

/// What limits a picture.
pub fn limit(flow: &Flow, language: Language) -> String {
    let limit = match flow.picture.and_then(|picture| picture.limit) {
        Some(Limit::Processor) => &text::PROCESSOR,
        Some(Limit::Bandwidth) => &text::BANDWIDTH,
        Some(Limit::Other) => &text::OTHER,
        Some(Limit::None) | None => return UNKNOWN.to_owned(),
    };
    limit.get(language).to_owned()
}

fn tenths(value: u32) -> String {
    [(value / 10).to_string(), (value % 10).to_string()].join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_says_whose_network_it_is() {
        let verdict = Verdict { grade: Grade::Poor, cause: Some(Cause::TheirNetwork) };
        let standing = Standing::Judged(verdict);
        assert_eq!(standing.in_words(Language::English), "Poor: probably their network");
        assert_eq!(standing.in_words(Language::SimplifiedChinese), "较差：可能是对方的网络问题");
        let good = Standing::Judged(Verdict { grade: Grade::Good, cause: None });
        assert_eq!((good.in_words(Language::English).as_str(), good.hint()), ("Good", None));
    }

    #[test]
    fn numbers_are_as_short_as_they_can_be_read() {
        assert_eq!(bitrate(999), "999 kbit/s");
        assert_eq!(bitrate(1250), "1.2 Mbit/s");
        assert_eq!(percent(Some(3)), "0.3 %");
        assert_eq!(percent(None), "–");
        assert_eq!(milliseconds(Some(34)), "34 ms");
    }
}
