//! A self-signed certificate for calls in a private network. Browsers warn about each new one, so it is kept
//! for as long as it is valid for this machine.

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, SanType};
use tokio::time::sleep;

use super::{
    certificate::{Certificate, Facts},
    error::TlsError,
    files::{self, CertificateFiles},
};
use crate::server::net::host::is_private;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Apple's systems accept no more than 825 days.
const LIFETIME: Duration = Duration::from_secs(800 * 24 * 60 * 60);
/// It is replaced when so little time is left.
const LAST_DAYS: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Interval of checks whether it is still valid for this machine.
const LOOK: Duration = Duration::from_secs(60 * 60);
/// Names and addresses in one certificate.
const MAX_NAMES: usize = 64;

/// Certificate and key in one file, so that they always match.
pub(super) fn files_in(directory: &Path) -> CertificateFiles {
    let path = directory.join("self-signed.pem");
    CertificateFiles { certificate: path.clone(), key: path }
}

/// The files of a certificate for this machine in this directory. Created if there are none, or not valid
/// ones.
pub(super) fn keep_in(directory: &Path) -> Result<CertificateFiles, TlsError> {
    let files = files_in(directory);
    let (names, now) = (Names::of_this_machine(), SystemTime::now());
    let before = files::read(&files).ok().and_then(|key| Facts::of(&key));
    if before.as_ref().is_some_and(|facts| is_good(facts, &names, now)) {
        return Ok(files);
    }
    if files.certificate.exists() {
        tracing::warn!(
            "the certificate is replaced, because it expires soon or this machine has a new name or address; \
             browsers warn once more"
        );
    }
    make(&files, names.with(before.map(|facts| facts.names).unwrap_or_default()), now)?;
    Ok(files)
}

/// Replaces it when it is not valid any more. Never returns.
pub(super) async fn keep_up(directory: &Path, certificate: &Certificate) {
    let files = files_in(directory);
    let look = async {
        loop {
            sleep(LOOK).await;
            let directory: PathBuf = directory.to_owned();
            if let Ok(Err(error)) = tokio::task::spawn_blocking(move || keep_in(&directory)).await {
                tracing::error!("{error}");
            }
        }
    };
    tokio::select! {
        () = files::follow(&files, certificate) => {}
        () = look => {}
    }
}

/// Names of this machine; addresses as text.
struct Names {
    /// Names that are shown to people, and those of loopback.
    shown: BTreeSet<String>,
    /// Public addresses, which may change often.
    others: BTreeSet<String>,
}

impl Names {
    fn of_this_machine() -> Self {
        let mut shown = BTreeSet::from(["localhost".to_owned()]);
        if let Some(host) = hostname::get().ok().and_then(|host| host.into_string().ok()) {
            // Multicast DNS (RFC 6762).
            let label = host.split('.').next().unwrap_or_default();
            shown.extend([host.to_ascii_lowercase(), format!("{}.local", label.to_ascii_lowercase())]);
        }
        shown.retain(|name| is_host_name(name));
        let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
        let addresses = interfaces.iter().map(if_addrs::Interface::ip);
        let addresses = addresses.chain([Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
        let (private, public): (Vec<_>, Vec<_>) = addresses.partition(|address| is_private(*address));
        shown.extend(private.iter().map(ToString::to_string));
        // Link-local addresses need a zone, which URLs lack.
        let has_zone = |ip: &IpAddr| matches!(ip, IpAddr::V6(v6) if v6.is_unicast_link_local());
        let others = public.iter().filter(|ip| !has_zone(ip)).map(ToString::to_string).collect();
        Self { shown, others }
    }

    /// All names, with those of the previous certificate as far as there is room: back in an old network no
    /// new certificate is needed.
    fn with(self, before: BTreeSet<String>) -> BTreeSet<String> {
        let mut names = self.shown;
        for name in self.others.into_iter().chain(before) {
            if names.len() < MAX_NAMES {
                names.insert(name);
            }
        }
        names
    }
}

fn is_host_name(name: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    !name.is_empty() && !name.starts_with('.') && name.chars().all(is_allowed)
}

/// Whether it is valid for all names that are shown to people, for some time.
fn is_good(facts: &Facts, names: &Names, now: SystemTime) -> bool {
    names.shown.is_subset(&facts.names) && facts.end > now + LAST_DAYS
}

fn make(files: &CertificateFiles, names: BTreeSet<String>, now: SystemTime) -> Result<(), TlsError> {
    let mut params = CertificateParams::default();
    for name in names {
        params.subject_alt_names.push(match name.parse::<IpAddr>() {
            Ok(address) => SanType::IpAddress(address),
            Err(_) => SanType::DnsName(name.try_into()?),
        });
    }
    params.distinguished_name.push(DnType::CommonName, "halloo on this machine");
    // Other devices' clocks may be behind.
    params.not_before = (now - DAY).into();
    params.not_after = (now + LIFETIME).into();
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    files::write(&files.certificate, &(certificate.pem() + &key.serialize_pem()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

    use std::fs;

    use super::*;

    fn facts_in(directory: &Path) -> Facts {
        Facts::of(&files::read(&keep_in(directory).unwrap()).unwrap()).unwrap()
    }

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_certificate_is_kept_until_it_does_not_fit_any_more() {
        let directory = tempfile::tempdir().unwrap();
        let files = keep_in(directory.path()).unwrap();
        let first = fs::read(&files.certificate).unwrap();
        assert_eq!(keep_in(directory.path()).unwrap(), files);
        assert_eq!(fs::read(&files.certificate).unwrap(), first, "the same at the next start");

        let facts = facts_in(directory.path());
        let (mut names, now) = (Names::of_this_machine(), SystemTime::now());
        names.others.insert("2001:db8::77".to_owned());
        assert!(is_good(&facts, &names, now), "the new address is not shown");
        assert!(!is_good(&facts, &names, now + LIFETIME - LAST_DAYS), "it ends soon");
        names.shown.insert("192.168.2.77".to_owned());
        assert!(!is_good(&facts, &names, now), "a new address is shown to people");
        fs::write(&files.key, "gone").unwrap();
        keep_in(directory.path()).unwrap();
        assert_ne!(fs::read(&files.certificate).unwrap(), first, "it was lost");
    }

    #[test]
    fn it_is_for_this_machine_under_all_its_names() {
        let directory = tempfile::tempdir().unwrap();
        let names = facts_in(directory.path()).names;
        assert_eq!(names, Names::of_this_machine().with(BTreeSet::new()));
        for name in ["localhost", "127.0.0.1", "::1"] {
            assert!(names.contains(name), "{name} is not among {names:?}");
        }
    }

    #[test]
    fn an_old_network_is_remembered_while_there_is_room() {
        let directory = tempfile::tempdir().unwrap();
        let mut old = Names::of_this_machine().shown;
        old.insert("192.168.77.7".to_owned());
        old.remove("localhost");
        make(&files_in(directory.path()), old, SystemTime::now()).unwrap();
        let names = facts_in(directory.path()).names;
        assert!(names.contains("localhost") && names.contains("192.168.77.7"), "{names:?}");

        let many = (0..100).map(|i| format!("10.0.0.{i}")).collect();
        let names = Names { shown: set(&["localhost"]), others: set(&["2001:db8::1"]) }.with(many);
        assert_eq!(names.len(), MAX_NAMES);
        assert!(names.is_superset(&set(&["localhost", "2001:db8::1"])), "those of now come first");
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_runs_on_makes_a_new_one_in_time() {
        let directory = tempfile::tempdir().unwrap();
        let files = files_in(directory.path());
        let ending = SystemTime::now() - LIFETIME + DAY;
        make(&files, Names::of_this_machine().shown, ending).unwrap();
        let certificate = Certificate::new(files::read(&files).unwrap());
        let first = certificate.fingerprint();
        let changed = async {
            sleep(LOOK / 2).await;
            assert_eq!(certificate.fingerprint(), first);
            sleep(LOOK).await;
            assert_ne!(certificate.fingerprint(), first);
        };
        tokio::select! {
            () = keep_up(directory.path(), &certificate) => {}
            () = changed => {}
        }
    }
}
