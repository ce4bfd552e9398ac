//! Whether there is a certificate, for whom, and for how long.

use std::{
    collections::BTreeSet,
    net::IpAddr,
    time::{Duration, SystemTime},
};

use tokio::net::lookup_host;

use super::Finding;
use crate::server::{
    config::Config,
    tls::{Facts, Tls, TlsSource, kept_by_acme},
};

const SUBJECT: &str = "certificate";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// A certificate that expires so soon should have been renewed.
const SOON: Duration = Duration::from_secs(14 * 24 * 60 * 60);

pub(super) async fn examine(config: &Config) -> Vec<Finding> {
    match &config.tls {
        None => vec![Finding::good(SUBJECT, "none: HTTPS is off")],
        Some(source @ TlsSource::SelfSigned) => vec![match Tls::check(source) {
            Ok(()) => Finding::good(SUBJECT, "created on this machine; browsers warn about it once"),
            Err(error) => Finding::problem(
                SUBJECT,
                error.to_string(),
                "set STATE_DIRECTORY to a directory \
                                                                        that can be written",
            ),
        }],
        Some(source @ TlsSource::Files(_)) => vec![match Tls::open(source) {
            Ok(tls) => match tls.certificate().facts() {
                Some(facts) => rate(&facts, SystemTime::now()),
                None => Finding::problem(SUBJECT, "cannot be read", "use a PEM file with the whole chain"),
            },
            Err(error) => Finding::problem(SUBJECT, error.to_string(), "correct --tls-cert and --tls-key"),
        }],
        Some(source @ TlsSource::Acme(settings)) => {
            if let Err(error) = Tls::check(source) {
                return vec![Finding::problem(SUBJECT, error.to_string(), "correct the setting")];
            }
            let kept = kept_by_acme(settings);
            let mut findings = vec![match kept.filter(|facts| facts.covers(&settings.domains)) {
                Some(facts) => rate(&facts, SystemTime::now()),
                None => {
                    let names = settings.domains.join(", ");
                    Finding::good(
                        SUBJECT,
                        format!("will be obtained for {names} from {}", settings.directory),
                    )
                }
            }];
            for name in &settings.domains {
                findings.push(place_of(name, config).await);
            }
            findings
        }
    }
}

fn rate(facts: &Facts, now: SystemTime) -> Finding {
    let names = facts.names.iter().cloned().collect::<Vec<_>>().join(", ");
    if facts.begin > now {
        let text = format!("for {names}: not valid yet");
        return Finding::problem(SUBJECT, text, "set the clock of this machine, or get another certificate");
    }
    let Ok(left) = facts.end.duration_since(now) else {
        return Finding::problem(SUBJECT, format!("for {names}: expired"), "renew it");
    };
    let days = left.as_secs() / DAY.as_secs();
    let text = format!("for {names}, {days} days left");
    if left < SOON {
        return Finding::note(SUBJECT, text, "it should have been renewed: the log has the reason");
    }
    Finding::good(SUBJECT, text)
}

/// Whether DNS points the name to this machine.
async fn place_of(name: &str, config: &Config) -> Finding {
    let found: BTreeSet<IpAddr> = match lookup_host((name, 443)).await {
        Ok(found) => found.map(|address| address.ip()).collect(),
        Err(error) => {
            let text = format!("{name} cannot be resolved: {error}");
            return Finding::problem("name", text, "add an A or AAAA record for it");
        }
    };
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let mut own: BTreeSet<IpAddr> = interfaces.iter().map(if_addrs::Interface::ip).collect();
    own.extend(&config.turn.addresses);
    let list = found.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if found.is_disjoint(&own) {
        return Finding::note(
            "name",
            format!("{name} points to {list}, which is not this machine"),
            "fine behind a router that forwards port 443 to this machine, with --turn-address set; otherwise \
             correct the record",
        );
    }
    let foreign: Vec<_> = found.difference(&own).map(ToString::to_string).collect();
    if !foreign.is_empty() {
        return Finding::note(
            "name",
            format!("{name} points to this machine ({list}), except {}", foreign.join(", ")),
            "remove the A and AAAA records that point elsewhere",
        );
    }
    Finding::good("name", format!("{name} points to this machine ({list})"))
}

#[cfg(test)]
mod tests {
    use super::{super::Level, *};

    #[test]
    fn a_certificate_is_rated_by_its_time() {
        let now = SystemTime::now();
        let level = |from: SystemTime, to: SystemTime| {
            let names = BTreeSet::from(["call.example.org".to_owned()]);
            rate(&Facts { names, begin: from, end: to, is_self_signed: false }, now).level
        };
        assert_eq!(level(now - DAY, now + 60 * DAY), Level::Good);
        assert_eq!(level(now - 80 * DAY, now + 10 * DAY), Level::Note);
        assert_eq!(level(now - 2 * DAY, now - DAY), Level::Problem);
        assert_eq!(level(now + DAY, now + 2 * DAY), Level::Problem);
    }
}
