//! Checks, their states and verdicts in words.

use crate::{
    call::diagnosis::{Check, CheckState, Reason, Skipped, Verdict},
    ui::text::{
        Text, diagnosis as text,
        diagnosis_verdicts::{self as verdicts, VerdictWords},
    },
};

pub(super) const fn name(check: Check) -> &'static Text {
    match check {
        Check::Browser => &text::BROWSER,
        Check::Devices => &text::DEVICES,
        Check::Https => &text::HTTPS,
        Check::WebSocket => &text::WEBSOCKET,
        Check::Host => &text::HOST,
        Check::Stun => &text::STUN,
        Check::TurnUdp => &text::TURN_UDP,
        Check::TurnTcp => &text::TURN_TCP,
        Check::TurnTls => &text::TURN_TLS,
        Check::Loop => &text::LOOP,
    }
}

pub(super) const fn state(state: CheckState) -> &'static Text {
    match state {
        CheckState::Waiting => &text::WAITING,
        CheckState::Running => &text::RUNNING,
        CheckState::Passed { .. } => &text::PASSED,
        CheckState::Failed { reason, .. } => self::reason(reason),
        CheckState::Skipped(Skipped::NeedsOther) => &text::SKIPPED,
        CheckState::Skipped(Skipped::NotOffered) => &text::NOT_OFFERED,
        CheckState::Aborted => &text::ABORTED,
    }
}

const fn reason(reason: Reason) -> &'static Text {
    match reason {
        Reason::NotSecure => &text::NOT_SECURE,
        Reason::NotSupported => &text::NOT_SUPPORTED,
        Reason::Denied => &text::DENIED,
        Reason::NotFound => &text::NOT_FOUND,
        Reason::InUse => &text::IN_USE,
        Reason::Offline => &text::OFFLINE,
        Reason::Unreachable => &text::UNREACHABLE,
        Reason::WrongAnswer => &text::WRONG_ANSWER,
        Reason::Refused => &text::REFUSED,
        Reason::BadLogin => &text::BAD_LOGIN,
        Reason::Full => &text::FULL,
        Reason::NoAddress => &text::NO_ADDRESS,
        Reason::NoMedia => &text::NO_MEDIA,
        Reason::TimedOut => &text::TIMED_OUT,
    }
}

pub(super) const fn verdict(verdict: Verdict) -> &'static VerdictWords {
    match verdict {
        Verdict::Stopped => &verdicts::STOPPED,
        Verdict::BrowserTooOld => &verdicts::BROWSER_TOO_OLD,
        Verdict::Offline => &verdicts::OFFLINE,
        Verdict::ServerUnreachable => &verdicts::SERVER_UNREACHABLE,
        Verdict::Portal => &verdicts::PORTAL,
        Verdict::ServerRefuses => &verdicts::SERVER_REFUSES,
        Verdict::WebSocketBlocked => &verdicts::WEBSOCKET_BLOCKED,
        Verdict::WebRtcBlocked => &verdicts::WEBRTC_BLOCKED,
        Verdict::RelayRefusesLogin => &verdicts::RELAY_REFUSES_LOGIN,
        Verdict::RelayFull => &verdicts::RELAY_FULL,
        Verdict::RelayUnreachable => &verdicts::RELAY_UNREACHABLE,
        Verdict::RelayCarriesNothing => &verdicts::RELAY_CARRIES_NOTHING,
        Verdict::NotSecure => &verdicts::NOT_SECURE,
        Verdict::DevicesNotOffered => &verdicts::DEVICES_NOT_OFFERED,
        Verdict::DevicesDenied => &verdicts::DEVICES_DENIED,
        Verdict::NoDevices => &verdicts::NO_DEVICES,
        Verdict::DevicesInUse => &verdicts::DEVICES_IN_USE,
        Verdict::OnlyNearby => &verdicts::ONLY_NEARBY,
        Verdict::NoRelay => &verdicts::NO_RELAY,
        Verdict::UdpBlocked => &verdicts::UDP_BLOCKED,
        Verdict::StreamsBlocked => &verdicts::STREAMS_BLOCKED,
        Verdict::AllWell => &verdicts::ALL_WELL,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::text::language::Language;

    #[test]
    fn the_page_and_the_doctor_have_the_same_names() {
        for check in Check::ALL {
            assert_eq!(name(check).get(Language::English), check.title());
        }
    }

    const DOCUMENT: &str = include_str!("../../../docs/CONNECTION-CHECK.md");
    const CHINESE_DOCUMENT: &str = include_str!("../../../docs/CONNECTION-CHECK.zh-CN.md");

    #[test]
    fn every_code_is_in_the_documents() {
        let checks = Check::ALL.map(Check::code);
        let codes = [&checks[..], &Reason::ALL.map(Reason::code), &Verdict::ALL.map(Verdict::code)].concat();
        for (document, second) in [(DOCUMENT, "s"), (CHINESE_DOCUMENT, "秒")] {
            for code in &codes {
                let row = ["\n| `", code, "` | "].concat();
                assert!(document.contains(&row), "{code}");
            }
            for check in Check::ALL {
                let limit = format!(" | {} {second} |", check.limit_ms() / 1000);
                let row = ["| `", check.code(), "` | "].concat();
                assert!(document.lines().any(|line| line.starts_with(&row) && line.ends_with(&limit)));
            }
        }
    }

    #[test]
    fn the_chinese_document_has_the_words_of_the_page() {
        let checks = Check::ALL.map(|one| (one.code(), name(one)));
        let reasons = Reason::ALL.map(|one| (one.code(), reason(one)));
        let verdicts = Verdict::ALL.map(|one| (one.code(), &verdict(one).title));
        for (code, text) in checks.into_iter().chain(reasons).chain(verdicts) {
            let (row, words) = (["| `", code, "` | "].concat(), text.get(Language::SimplifiedChinese));
            let mut rows = CHINESE_DOCUMENT.lines().filter(|line| line.starts_with(&row));
            assert!(rows.any(|line| line.contains(words)), "{code}: {words}");
        }
    }

    #[test]
    fn no_two_verdicts_advise_the_same() {
        for language in Language::ALL {
            let mut advice = Verdict::ALL.map(|one| verdict(one).advice.get(language)).to_vec();
            advice.sort_unstable();
            advice.dedup();
            assert_eq!(advice.len(), Verdict::ALL.len());
        }
    }

    #[test]
    fn every_reason_has_words_of_its_own() {
        for language in Language::ALL {
            let mut words = Reason::ALL.map(|one| reason(one).get(language)).to_vec();
            words.sort_unstable();
            words.dedup();
            assert_eq!(words.len(), Reason::ALL.len());
        }
    }
}
