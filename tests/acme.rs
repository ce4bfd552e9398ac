//! A certificate from a real ACME server on this machine: Pebble, by the makers of Let's Encrypt, with its
//! DNS server. Skipped, with a word, where Pebble is not installed.
#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, LazyLock, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use common::TIMEOUT;
use halloo::server::tls::AcmeSettings;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    ClientConfig, DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::ring,
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use serde_json::json;
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;
use x509_parser::prelude::{FromDer as _, X509Certificate};

const NAME: &str = "call.example.test";

/// An authority, and the DNS server that tells it where our name is.
struct Authority {
    programs: Vec<Child>,
    directory: tempfile::TempDir,
    url: String,
}

impl Authority {
    /// One that looks for our proofs at this port, or none if Pebble is not here.
    fn start(tls_port: u16) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        make_https(&path("ca.pem"), &path("cert.pem"), &path("key.pem"));
        let [port, management, dns, dns_management] = free_ports();
        let config = json!({"pebble": {
            "listenAddress": format!("127.0.0.1:{port}"),
            "managementListenAddress": format!("127.0.0.1:{management}"),
            "certificate": path("cert.pem"),
            "privateKey": path("key.pem"),
            "httpPort": 1,
            "tlsPort": tls_port,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": false,
        }});
        fs::write(path("config.json"), config.to_string()).unwrap();
        let names = start(
            "pebble-challtestsrv",
            &[
                "-defaultIPv4=127.0.0.1",
                "-defaultIPv6=",
                "-http01=",
                "-https01=",
                "-tlsalpn01=",
                &format!("-dns01=127.0.0.1:{dns}"),
                &format!("-management=127.0.0.1:{dns_management}"),
            ],
        )?;
        let config = path("config.json").display().to_string();
        let server = format!("127.0.0.1:{dns}");
        let pebble = start("pebble", &["-strict", "-config", &config, "-dnsserver", &server])?;
        let url = format!("https://127.0.0.1:{port}/dir");
        let mut authority = Self { programs: vec![names, pebble], directory, url };
        let limit = Instant::now() + TIMEOUT;
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = authority.programs.iter_mut().find_map(|program| program.try_wait().unwrap());
            assert!(ended.is_none() && Instant::now() < limit, "Pebble does not listen: {ended:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
        Some(authority)
    }

    fn settings(&self, domains: &[&str]) -> AcmeSettings {
        AcmeSettings {
            domains: domains.iter().map(|name| (*name).to_owned()).collect(),
            directory: self.url.clone(),
            contact: Some("somebody@example.org".to_owned()),
            ca: Some(self.directory.path().join("ca.pem")),
        }
    }

    fn stop(&mut self) {
        for program in &mut self.programs {
            let _ = program.kill();
            let _ = program.wait();
        }
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        self.stop();
    }
}

fn start(program: &str, arguments: &[&str]) -> Option<Child> {
    let mut command = Command::new(program);
    // Otherwise it waits up to 15 seconds before it looks. It refuses some nonces, but so few that none of
    // our requests is refused three times, after which the library gives up.
    command.args(arguments).env("PEBBLE_VA_NOSLEEP", "1").env("PEBBLE_WFE_NONCEREJECT", "1");
    match command.stdout(Stdio::null()).stderr(Stdio::null()).spawn() {
        Ok(child) => Some(child),
        Err(error) => {
            // Not by a macro, whose output a test that passes keeps to itself.
            let word =
                format!("skipped: {program} cannot be started ({error}; Debian: apt install pebble)\n");
            std::io::stderr().write_all(word.as_bytes()).unwrap();
            None
        }
    }
}

/// What Pebble itself serves HTTPS with, and what that is signed by.
fn make_https(ca: &Path, certificate: &Path, key: &Path) {
    let mut of_ca = CertificateParams::default();
    of_ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_key = KeyPair::generate().unwrap();
    fs::write(ca, of_ca.self_signed(&ca_key).unwrap().pem()).unwrap();
    let own_key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    fs::write(certificate, own.signed_by(&own_key, &Issuer::new(of_ca, ca_key)).unwrap().pem()).unwrap();
    fs::write(key, own_key.serialize_pem()).unwrap();
}

/// Each is given once, and is below those that the system gives to connections: nobody else takes it
/// meanwhile.
fn free_ports<const N: usize>() -> [u16; N] {
    static NEXT: LazyLock<AtomicU32> = LazyLock::new(|| AtomicU32::new(std::process::id()));
    [(); N].map(|()| {
        loop {
            let port = u16::try_from(10_000 + NEXT.fetch_add(1, Ordering::Relaxed) % 20_000).unwrap();
            if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
                return port;
            }
        }
    })
}

/// Accepts every certificate and keeps it.
#[derive(Debug, Default)]
struct Curious(Mutex<Option<CertificateDer<'static>>>);

impl ServerCertVerifier for Curious {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(certificate.clone().into_owned());
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

/// Who signed what is shown at this port, and for which names.
async fn shown(port: u16) -> (String, BTreeSet<String>) {
    let curious = Arc::new(Curious::default());
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::<Curious>::clone(&curious))
        .with_no_client_auth();
    let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    TlsConnector::from(Arc::new(config)).connect(NAME.try_into().unwrap(), stream).await.unwrap();
    let der = curious.0.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap();
    let (_, certificate) = X509Certificate::from_der(&der).unwrap();
    let names = certificate.subject_alternative_name().unwrap().unwrap();
    let names = names.value.general_names.iter().map(ToString::to_string);
    (certificate.issuer().to_string(), names.collect())
}

/// The program, on this port.
struct Program(Child);

impl Program {
    fn start(port: u16, state: &Path, settings: &AcmeSettings) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_halloo"))
            .env_clear()
            .env("STATE_DIRECTORY", state)
            .args(["--listen", &format!("127.0.0.1:{port}"), "--turn-listen", "off"])
            .args(["--domain", &settings.domains.join(",")])
            .args(["--acme-directory", &settings.directory, "--acme-contact", "somebody@example.org"])
            .arg("--acme-ca")
            .arg(settings.ca.as_ref().unwrap())
            .stdout(fs::File::create(state.join("log")).unwrap())
            .spawn()
            .unwrap();
        Self(child)
    }

    /// Waits for a certificate of the authority for these names.
    async fn shows(&self, port: u16, domains: &[&str], state: &Path) {
        let wanted: BTreeSet<_> = domains.iter().map(|name| format!("DNSName({name})")).collect();
        let come = async {
            loop {
                if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                    let (issuer, names) = shown(port).await;
                    if issuer.contains("Pebble") && names == wanted {
                        return;
                    }
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let come = timeout(3 * TIMEOUT, come).await;
        assert!(come.is_ok(), "{}", fs::read_to_string(state.join("log")).unwrap());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn a_certificate_is_got_kept_and_got_anew_for_another_name() {
    let [port] = free_ports();
    let Some(mut authority) = Authority::start(port) else { return };
    let state = tempfile::tempdir().unwrap();
    let first = Program::start(port, state.path(), &authority.settings(&[NAME]));
    first.shows(port, &[NAME], state.path()).await;
    let kept: Vec<PathBuf> = files_in(&state.path().join("acme"));
    assert_eq!(kept.len(), 2, "account; certificate with key: {kept:?}");
    for path in &kept {
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).unwrap().permissions());
        assert_eq!(mode & 0o077, 0, "others may not read {}", path.display());
    }
    drop(first);

    let account = account_in(state.path());
    let two = [NAME, "talk.example.test"];
    let second = Program::start(port, state.path(), &authority.settings(&two));
    second.shows(port, &two, state.path()).await;
    drop(second);
    assert_eq!(account_in(state.path()), account, "the account is used again");

    authority.stop();
    let third = Program::start(port, state.path(), &authority.settings(&two));
    third.shows(port, &two, state.path()).await;
    let log = fs::read_to_string(state.path().join("log")).unwrap();
    assert!(!log.contains("getting a certificate"), "it is kept: {log}");
}

#[tokio::test]
async fn an_account_that_is_of_no_use_any_more_is_made_anew() {
    let [port] = free_ports();
    let Some(authority) = Authority::start(port) else { return };
    let state = tempfile::tempdir().unwrap();
    let mut names = vec![NAME];
    let program = Program::start(port, state.path(), &authority.settings(&names));
    program.shows(port, &names, state.path()).await;
    drop(program);
    let good = account_in(state.path());
    let unknown = good.replace("/my-account/", "/my-account/not-");
    assert_ne!(unknown, good);
    for (name, useless) in [("talk.example.test", unknown.as_str()), ("meet.example.test", "{")] {
        fs::write(account_file(state.path()), useless).unwrap();
        // Another name, so that a certificate is due.
        names.push(name);
        let program = Program::start(port, state.path(), &authority.settings(&names));
        program.shows(port, &names, state.path()).await;
        let account = account_in(state.path());
        assert!(account.contains("/my-account/") && account != useless, "{account}");
    }
}

#[tokio::test]
async fn without_proof_the_reason_is_said_and_the_server_serves() {
    let [port, elsewhere] = free_ports();
    let Some(authority) = Authority::start(elsewhere) else { return };
    let state = tempfile::tempdir().unwrap();
    let program = Program::start(port, state.path(), &authority.settings(&[NAME]));
    let told = async {
        loop {
            let log = fs::read_to_string(state.path().join("log")).unwrap();
            if let Some(line) = log.lines().find(|line| line.contains("no certificate for")) {
                return line.to_owned();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let line = timeout(3 * TIMEOUT, told).await.expect("it says what is wrong");
    assert!(
        line.contains(NAME) && line.contains("Failed to connect") && line.contains("next try in 5 minutes"),
        "{line}"
    );
    let (issuer, _) = timeout(TIMEOUT, shown(port)).await.unwrap();
    assert!(!issuer.contains("Pebble"));
    drop(program);
}

fn account_file(state: &Path) -> PathBuf {
    files_in(&state.join("acme")).into_iter().find(|path| path.ends_with("account.json")).unwrap()
}

fn account_in(state: &Path) -> String {
    fs::read_to_string(account_file(state)).unwrap()
}

fn files_in(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_in(&path) } else { vec![path] }).collect()
}
