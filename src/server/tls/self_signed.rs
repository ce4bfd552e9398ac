//! A certificate that this machine makes for itself, so that a phone in the same house can be called. Browsers warn of it
//! once; so it is kept for as long as it fits.

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::Path,
    time::{Duration, SystemTime},
};

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, SanType};

use super::{CertificateFiles, TlsError, certificate::Facts, files};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Apple's systems accept no more than 825 days.
const LIFETIME: Duration = Duration::from_secs(800 * 24 * 60 * 60);
/// It is made anew when so little is left.
const LAST_DAYS: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The files of a certificate for this machine in this directory, made if there are none that fit.
pub(super) fn keep_in(directory: &Path) -> Result<CertificateFiles, TlsError> {
    let files = CertificateFiles {
        certificate: directory.join("self-signed.pem"),
        key: directory.join("self-signed-key.pem"),
    };
    let names = names_of_this_machine();
    let now = SystemTime::now();
    if !is_good(&files, &names, now) {
        if files.certificate.exists() {
            tracing::warn!(
                "the certificate is made anew, because it ends soon or this machine has a new name or address; browsers warn once more"
            );
        }
        make(&files, names, now)?;
    }
    Ok(files)
}

/// Host name and addresses; addresses as text.
fn names_of_this_machine() -> BTreeSet<String> {
    let mut names = BTreeSet::from(["localhost".to_owned()]);
    if let Some(host) = hostname::get().ok().and_then(|host| host.into_string().ok()) {
        // By multicast DNS (RFC 6762), as other devices in the house find it.
        let label = host.split('.').next().unwrap_or_default();
        names.extend([host.to_ascii_lowercase(), format!("{}.local", label.to_ascii_lowercase())]);
    }
    names.retain(|name| is_host_name(name));
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    names.extend(interfaces.iter().map(|interface| interface.ip().to_string()));
    names.extend([IpAddr::from(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()].map(|ip| ip.to_string()));
    names
}

fn is_host_name(name: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    !name.is_empty() && !name.starts_with('.') && name.chars().all(is_allowed)
}

/// Whether there is one that can be used, for all these names, for some time to come.
fn is_good(files: &CertificateFiles, names: &BTreeSet<String>, now: SystemTime) -> bool {
    let facts = files::read(files).ok().and_then(|key| Facts::of(&key));
    facts.is_some_and(|facts| names.is_subset(&facts.names) && facts.end > now + LAST_DAYS)
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
    // Clocks of other devices may be slow.
    params.not_before = (now - DAY).into();
    params.not_after = (now + LIFETIME).into();
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    // The key first: should this be interrupted, the next start finds that they do not fit and makes both anew.
    files::write(&files.key, &key.serialize_pem())?;
    files::write(&files.certificate, &certificate.pem())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

    use std::fs;

    use super::*;

    #[test]
    fn a_certificate_is_kept_until_it_does_not_fit_any_more() {
        let directory = tempfile::tempdir().unwrap();
        let files = keep_in(directory.path()).unwrap();
        let first = fs::read(&files.certificate).unwrap();
        assert_eq!(keep_in(directory.path()).unwrap(), files);
        assert_eq!(fs::read(&files.certificate).unwrap(), first, "the same at the next start");

        let mut names = names_of_this_machine();
        let now = SystemTime::now();
        assert!(is_good(&files, &names, now));
        assert!(!is_good(&files, &names, now + LIFETIME - LAST_DAYS), "it ends soon");
        names.insert("192.0.2.77".to_owned());
        assert!(!is_good(&files, &names, now), "the machine has another address");
        fs::write(&files.key, "gone").unwrap();
        keep_in(directory.path()).unwrap();
        assert_ne!(fs::read(&files.certificate).unwrap(), first, "its key was lost");
    }

    #[test]
    fn it_is_for_this_machine_under_all_its_names() {
        let directory = tempfile::tempdir().unwrap();
        let key = files::read(&keep_in(directory.path()).unwrap()).unwrap();
        let names = Facts::of(&key).unwrap().names;
        assert_eq!(names, names_of_this_machine());
        for name in ["localhost", "127.0.0.1", "::1"] {
            assert!(names.contains(name), "{name} is not among {names:?}");
        }
    }
}
