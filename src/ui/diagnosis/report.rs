//! The report for whoever runs the server. It is made of our own words, of times and of the browser's name:
//! there is nothing in it that could be an address or a password.

use super::words;
use crate::{
    call::diagnosis::{CheckState, DiagnosisView},
    ui::text::language::Language,
};

/// More of what a browser says about itself is left out.
const MAX_BROWSER_CHARS: usize = 300;

/// Codes are those of `halloo doctor` and of the documents; sentences are in the language of the page.
pub(super) fn write(view: &DiagnosisView, browser: &str, language: Language) -> String {
    let mut lines = Vec::new();
    let code = view.verdict.map_or("not-finished", |verdict| verdict.code());
    lines.push(format!("halloo connection check: {code}"));
    if let Some(said) = view.verdict.map(words::verdict) {
        lines.push(said.title.get(language).to_owned());
        lines.push(said.operator.get(language).to_owned());
    }
    lines.push(String::new());
    for (check, state) in &view.checks {
        let outcome = match state.reason() {
            Some(reason) => [state.code(), " ", reason.code()].concat(),
            None => state.code().to_owned(),
        };
        let ms = state.ms().map_or_else(String::new, |ms| format!("{ms} ms"));
        let name = words::name(*check).get(language);
        lines.push(format!("{:<10}{outcome:<22}{ms:>8}  {name}", check.code()));
    }
    lines.push(String::new());
    lines.push(short(browser));
    lines.push(String::new());
    lines.join("\n")
}

/// The browser, in one line of bounded length. Of a version in four parts, which looks like an address, two
/// are left.
fn short(browser: &str) -> String {
    let words = browser.split_whitespace().map(|word| {
        let Some((name, version)) = word.split_once('/') else { return word.to_owned() };
        let parts: Vec<_> = version.split('.').take(2).collect();
        [name, "/", &parts.join(".")].concat()
    });
    let line = words.collect::<Vec<_>>().join(" ");
    line.chars().filter(|one| !one.is_control()).take(MAX_BROWSER_CHARS).collect()
}

/// The time of a check, if it has one.
pub(super) fn time(state: CheckState) -> Option<String> {
    state.ms().map(|ms| ms.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::diagnosis::{Check, Reason, Skipped, Verdict};

    fn view() -> DiagnosisView {
        DiagnosisView {
            checks: vec![
                (Check::Https, CheckState::Passed { ms: 12 }),
                (Check::WebSocket, CheckState::Failed { reason: Reason::TimedOut, ms: 6_000 }),
                (Check::TurnUdp, CheckState::Skipped(Skipped::NeedsOther)),
            ],
            verdict: Some(Verdict::WebSocketBlocked),
            may_repeat: true,
        }
    }

    #[test]
    fn a_report_has_the_codes_the_times_and_the_browser() {
        let report = write(&view(), "Mozilla/5.0 Firefox/153.0", Language::English);
        assert!(
            report.starts_with("halloo connection check: websocket-blocked\nSomething blocks WebSockets\n")
        );
        for line in [
            "https     passed                   12 ms  Web server (HTTPS)",
            "websocket failed timed-out       6000 ms  Signaling (WebSocket)",
            "turn-udp  skipped                         Relay over UDP (TURN)",
            "Mozilla/5.0 Firefox/153.0",
        ] {
            assert!(report.lines().any(|other| other == line), "{line}\n{report}");
        }
    }

    #[test]
    fn in_chinese_only_the_codes_are_english() {
        let report = write(&view(), "", Language::SimplifiedChinese);
        assert!(report.contains("websocket-blocked") && report.contains("WebSocket 连接被拦截"));
    }

    #[test]
    fn what_the_browser_says_is_bounded_and_of_one_line() {
        let report = write(&DiagnosisView::default(), &"x\n".repeat(9_999), Language::English);
        assert!(report.contains("not-finished"));
        assert!(report.lines().any(|line| line == "x ".repeat(MAX_BROWSER_CHARS / 2)));
    }

    #[test]
    fn a_version_does_not_look_like_an_address() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.8078.108 Safari/537.36";
        let said = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36";
        assert_eq!(short(chrome), said);
    }
}
