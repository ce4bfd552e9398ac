//! Whether the clock is right: certificates and the logins of other TURN servers depend on it.

use std::process::Command;

use super::Finding;

const SUBJECT: &str = "clock";

pub(super) fn examine() -> Finding {
    // May hang on a broken system.
    let mut ask = Command::new("timeout");
    let answer = ask.args(["3", "timedatectl", "show", "--property=NTPSynchronized", "--value"]).output();
    let answer = answer.ok().filter(|output| output.status.success());
    rate(answer.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).as_deref())
}

fn rate(answer: Option<&str>) -> Finding {
    match answer {
        Some("yes") => Finding::good(SUBJECT, "set by a time server"),
        Some(_) => Finding::note(
            SUBJECT,
            "no time server sets it",
            "a wrong clock makes certificates and TURN logins invalid: `timedatectl set-ntp true`",
        ),
        None => Finding::note(
            SUBJECT,
            "this system does not say whether a time server sets it",
            "compare it with another one: a wrong clock makes certificates and TURN logins invalid",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Level, *};

    #[test]
    fn only_a_clock_that_is_set_is_good() {
        assert_eq!(rate(Some("yes")).level, Level::Good);
        assert_eq!(rate(Some("no")).level, Level::Note);
        assert_eq!(rate(None).level, Level::Note);
    }
}
