//! Settings as an operator meets them: by running the program.
#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{ffi::OsString, fs, path::Path, process::Command};

use halloo::server::config::{Config, Setting, documents, settings};
use proptest::{collection::vec, prelude::*, sample::select};

/// Runs the program in an empty directory with nothing in its environment but this; it must end by itself.
fn run(directory: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_halloo"))
        .current_dir(directory)
        .env_clear()
        .envs(variables.iter().copied())
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// One sentence, exit status 2, these parts in it.
fn refused(file: Option<&str>, variables: &[(&str, &str)], arguments: &[&str], parts: &[&str]) {
    let directory = tempfile::tempdir().unwrap();
    if let Some(text) = file {
        fs::write(directory.path().join("Leptos.toml"), text).unwrap();
    }
    let (status, stdout, stderr) = run(directory.path(), variables, arguments);
    assert_eq!(status, 2, "{stderr}");
    assert_eq!(stdout, "");
    assert_eq!(stderr.trim_end().lines().count(), 1, "{stderr}");
    for part in parts {
        assert!(stderr.contains(part), "{part} is missing in: {stderr}");
    }
}

#[test]
fn a_bad_value_is_named_by_where_it_stands() {
    let capacity = "expected a whole number from 2 to 25";
    refused(None, &[], &["--room-capacity", "many"], &["--room-capacity", capacity]);
    refused(None, &[], &["--room-capacity=1"], &["--room-capacity", capacity]);
    refused(None, &[("HALLOO_ROOM_CAPACITY", "26")], &[], &["HALLOO_ROOM_CAPACITY", capacity]);
    refused(Some("room_capacity = \"3\""), &[], &[], &["Leptos.toml", "`room_capacity`", capacity]);
    refused(None, &[("LEPTOS_SITE_ADDR", "nowhere")], &[], &["LEPTOS_SITE_ADDR", "127.0.0.1:8080"]);
    refused(Some("listen = 8080"), &[], &[], &["Leptos.toml", "`listen`", "127.0.0.1:8080"]);
    refused(Some("allowed_origins = [\"call.example\"]"), &[], &[], &["`allowed_origins`", "https://"]);
    refused(None, &[], &["--ice-servers", "http://x"], &["--ice-servers", "stun:"]);
    refused(None, &[("HALLOO_KEY", "s3cret")], &[], &["HALLOO_KEY", "64 hexadecimal digits"]);
    refused(Some("log = \"a=b=c\""), &[], &[], &["Leptos.toml", "`log`"]);
    for log in ["loud", "info,loud"] {
        refused(None, &[], &["--log", log], &["--log", "off, error, warn"]);
    }
    refused(None, &[], &["--heartbeat-ms", "-5"], &["--heartbeat-ms", "1000 to 300000"]);
    refused(None, &[], &["--listen", "localhost:8080"], &["--listen", "not a name"]);
    refused(None, &[], &["--ice-servers", "turn:turn.example"], &["--ice-servers", "turn_secret"]);
    refused(None, &[], &["--site-root", "/nowhere"], &["--site-root", "built pages"]);
    refused(None, &[], &["--tls-cert", "c.pem"], &["--tls-cert", "`tls_key`"]);
    refused(Some("tls_key = \"k.pem\""), &[], &[], &["Leptos.toml", "`tls_cert`"]);
    refused(None, &[], &["--tls-self-signed=perhaps"], &["--tls-self-signed", "true or false"]);
    refused(None, &[], &["--http-listen", "0.0.0.0:80"], &["--http-listen", "HTTPS"]);
    let both = ["--tls-self-signed", "--tls-cert", "c.pem", "--tls-key", "k.pem"];
    refused(None, &[], &both, &["--tls-self-signed", "one of `domain`"]);
    let slow = ["--heartbeat-ms", "13000"];
    refused(None, &[], &slow, &["--heartbeat-ms", "two fifths of `resume_window_ms`"]);
    for name in ["localhost", "*.example.org", "192.0.2.1", "a b.example", "a-.example"] {
        refused(None, &[], &["--domain", name], &["--domain", "call.example.org"]);
    }
    refused(None, &[], &["--acme-ca", "ca.pem"], &["--acme-ca", "`domain`"]);
    refused(
        None,
        &[],
        &["--domain", "a.example", "--acme-directory", "http://b"],
        &["--acme-directory", "https"],
    );
    refused(None, &[], &["--domain", "a.example", "--tls-self-signed"], &["--tls-self-signed", "one of"]);
    refused(None, &[], &["--trusted-proxies", "10.0.0.0/40"], &["--trusted-proxies", "networks"]);
    refused(None, &[], &["--log-format", "xml"], &["--log-format", "json"]);
    refused(None, &[], &["--turn-login-seconds", "15"], &["--turn-login-seconds", "two intervals"]);
    let unused = ["--turn-secret", "x", "--ice-servers", "stun:a.example"];
    refused(None, &[], &unused, &["--turn-secret", "`ice_servers`"]);
}

#[test]
fn what_is_not_known_is_named() {
    refused(Some("room_capasity = 3"), &[], &[], &["Leptos.toml", "`room_capasity`"]);
    refused(Some("\n\nlisten = "), &[], &[], &["Leptos.toml", "line 3"]);
    let beside = tempfile::tempdir().unwrap();
    for (file, text) in [("halloo.toml", "litsen = 1"), ("Leptos.toml", "room_capacity = 2")] {
        fs::write(beside.path().join(file), text).unwrap();
    }
    assert!(run(beside.path(), &[], &[]).2.contains("halloo.toml: there is no setting `litsen`"));
    refused(None, &[], &["--capacity", "3"], &["--capacity"]);
    let meant = ["HALLOO_DOMIAN", "HALLOO_DOMAIN"];
    refused(None, &[("HALLOO_DOMIAN", "call.example")], &[], &meant);
    // Kubernetes sets such for a service of this name.
    let directory = tempfile::tempdir().unwrap();
    let (status, ..) = run(directory.path(), &[("HALLOO_PORT", "tcp://192.0.2.1:80")], &["check-config"]);
    assert_eq!(status, 0);
    refused(None, &[], &["--config", "missing.toml"], &["missing.toml", "cannot be read"]);
}

#[test]
fn a_secret_is_not_repeated() {
    let directory = tempfile::tempdir().unwrap();
    let (_, _, stderr) = run(directory.path(), &[("HALLOO_KEY", "s3cret")], &[]);
    assert!(!stderr.contains("s3cret"));
}

/// Each source is shadowed by the one before it: only the one that counts may be complained about.
#[test]
fn flag_before_environment_before_file_before_default() {
    let file = Some("heartbeat_ms = 1");
    let variable = ("HALLOO_HEARTBEAT_MS", "2");
    refused(file, &[], &[], &["Leptos.toml"]);
    refused(file, &[variable], &[], &["HALLOO_HEARTBEAT_MS"]);
    refused(file, &[variable], &["--heartbeat-ms", "3"], &["--heartbeat-ms"]);

    refused(file, &[("HALLOO_HEARTBEAT_MS", "")], &["check-config"], &["Leptos.toml"]);

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("c.toml");
    fs::write(&path, "room_capacity = 7\nheartbeat_ms = 5000").unwrap();
    let arguments = ["halloo", "--room-capacity", "9", "--config", path.to_str().unwrap()];
    let config = Config::load(arguments.map(OsString::from)).unwrap();
    assert_eq!(config.hub.room_capacity, 9);
    assert_eq!(config.hub.heartbeat_ms, 5_000);
    assert_eq!(config.hub.reload_window_ms, Config::default().hub.reload_window_ms);
}

#[test]
fn the_files_made_from_the_table_of_settings_are_up_to_date() {
    for (path, text) in documents() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        if std::env::var_os("UPDATE_SETTINGS").is_some() {
            fs::write(&file, &text).unwrap();
        }
        assert!(
            fs::read_to_string(&file).unwrap() == text,
            "{path} is out of date: `make settings` writes it"
        );
    }
}

#[test]
fn the_defaults_in_the_table_are_those_of_the_program() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/Leptos.toml");
    let table: toml::Table = toml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(table.len(), settings().count());
    let config = Config::load(["halloo", "--config", path].map(OsString::from)).unwrap();
    assert_eq!(format!("{config:?}"), format!("{:?}", Config::default()));

    let directory = tempfile::tempdir().unwrap();
    let state = [("STATE_DIRECTORY", directory.path().to_str().unwrap())];
    let packaged = concat!(env!("CARGO_MANIFEST_DIR"), "/packaging/halloo.toml");
    let (status, _, stderr) = run(directory.path(), &state, &["check-config", "--config", packaged]);
    assert_eq!(status, 0, "{stderr}");
}

#[test]
fn every_example_in_the_table_can_be_used() {
    let directory = tempfile::tempdir().unwrap();
    // What an example needs beside it.
    let beside = |name: &str| match name {
        "http_listen" => vec!["--tls-self-signed"],
        "acme_directory" | "acme_contact" => vec!["--domain=call.example.org"],
        "turn_secret" => vec!["--ice-servers=turn:turn.example.org"],
        "ice_servers" => vec!["--turn-secret=x"],
        _ => Vec::new(),
    };
    // These name files.
    let files = ["acme_ca", "tls_cert", "tls_key", "key_file", "site_root"];
    for setting in settings().filter(|one| !one.example.is_empty() && !files.contains(&one.name)) {
        let example = format!("{}={}", setting.flag(), setting.example);
        let arguments = [vec!["check-config", &example], beside(setting.name)].concat();
        let state = [("STATE_DIRECTORY", directory.path().to_str().unwrap())];
        assert_eq!(run(directory.path(), &state, &arguments).0, 0, "{example}");
    }
}

#[test]
fn help_lists_every_setting_and_version_says_the_version() {
    let directory = tempfile::tempdir().unwrap();
    let (status, help, _) = run(directory.path(), &[], &["--help"]);
    assert_eq!(status, 0);
    for setting in settings() {
        let has = |word: String| help.split([' ', '[', '=', ']', '\n']).any(|one| one == word);
        assert!(has(setting.flag()) && has(setting.variable()), "{}", setting.name);
    }
    let (status, version, _) = run(directory.path(), &[], &["--version"]);
    assert_eq!((status, version.as_str()), (0, concat!("halloo ", env!("CARGO_PKG_VERSION"), "\n")));
}

#[test]
fn settings_can_be_checked_without_serving() {
    let directory = tempfile::tempdir().unwrap();
    let state = [("STATE_DIRECTORY", directory.path().to_str().unwrap())];
    for arguments in [
        &["check-config"][..],
        &["--tls-self-signed", "check-config"],
        &["check-config", "--listen", "[::1]:1"],
    ] {
        let (status, stdout, stderr) = run(directory.path(), &state, arguments);
        assert_eq!((status, stdout.as_str()), (0, "the settings can be used\n"), "{stderr}");
    }
    refused(None, &[], &["check-config", "--listen", "nowhere"], &["--listen", "127.0.0.1:8080"]);
    let twice = ["check-config", "--tls-self-signed", "--listen=[::1]:1", "--http-listen=[::1]:1"];
    refused(None, &state, &twice, &["--http-listen", "another address"]);
    let twice = ["check-config", "--listen=[::1]:1", "--metrics-listen=[::1]:1"];
    refused(None, &state, &twice, &["--metrics-listen", "another address"]);
    let (status, ..) =
        run(directory.path(), &state, &["check-config", "--domain=call.example", "--http-listen=off"]);
    assert_eq!(status, 0);
    let (status, _, stderr) =
        run(directory.path(), &[], &["check-config", "--tls-cert", "c.pem", "--tls-key", "k.pem"]);
    assert_eq!((status, stderr.lines().count()), (1, 1), "{stderr}");
    assert!(stderr.contains("c.pem: cannot be read"), "{stderr}");
    for on in ["true", "1", "yes", "on"] {
        let taken = [state[0], ("HALLOO_TLS_SELF_SIGNED", on), ("HALLOO_HTTP_LISTEN", "127.0.0.1:0")];
        assert_eq!(run(directory.path(), &taken, &["check-config"]).0, 0, "{on}");
    }
    fs::write(directory.path().join("file"), "").unwrap();
    let nowhere = directory.path().join("file/state");
    let state = [("STATE_DIRECTORY", nowhere.to_str().unwrap())];
    for command in ["check-config", "doctor"] {
        let (status, stdout, stderr) = run(directory.path(), &state, &["--tls-self-signed", command]);
        let said = "file/state: no certificate can be kept there";
        assert!(status == 1 && [stdout, stderr].concat().contains(said), "{command}");
    }
}

#[test]
fn completions_and_the_manual_know_every_setting() {
    let directory = tempfile::tempdir().unwrap();
    // Neither needs settings that can be read.
    fs::write(directory.path().join("Leptos.toml"), "no TOML").unwrap();
    for arguments in [&["completions", "bash"][..], &["completions", "fish"], &["man"]] {
        let (status, document, stderr) = run(directory.path(), &[], arguments);
        assert_eq!((status, stderr.as_str()), (0, ""));
        let plain = document.replace('\\', "");
        for flag in settings().map(|setting| setting.flag().replace("--", "")) {
            assert!(plain.contains(&flag), "{flag} is not in {arguments:?}");
        }
        assert!(!document.contains("halloo\\-doctor"), "a page that is not there");
    }
}

#[test]
fn a_shell_completes_flags_after_a_command_too() {
    let directory = tempfile::tempdir().unwrap();
    let (_, document, _) = run(directory.path(), &[], &["completions", "bash"]);
    let (_, doctor) = document.split_once("halloo__subcmd__doctor)").unwrap();
    assert!(doctor.lines().take(3).any(|line| line.contains("--config")), "{doctor}");
}

#[test]
fn a_port_in_use_is_one_sentence() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let directory = tempfile::tempdir().unwrap();
    let key = "00".repeat(32);
    let (status, _, stderr) =
        run(directory.path(), &[("HALLOO_KEY", &key), ("HALLOO_LISTEN", &address)], &[]);
    assert_eq!(status, 1);
    assert_eq!(stderr.trim_end().lines().count(), 1, "{stderr}");
    assert!(stderr.contains(&address) && stderr.contains("in use"), "{stderr}");
}

#[test]
fn the_doctor_says_what_is_missing_and_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let state = [("STATE_DIRECTORY", directory.path().to_str().unwrap())];
    let doctor = ["doctor", "--listen", "127.0.0.1:0", "--turn-listen", "127.0.0.1:0"];
    let (status, said, _) = run(directory.path(), &state, &doctor);
    assert!(status == 0 && said.contains("ok      key") && !said.contains("PROBLEM"), "{said}");
    for (subject, checks) in
        [("pages", "[https, websocket]"), ("relay", "[stun, turn-udp]"), ("relay", "[loop]")]
    {
        let is_about = |line: &str| line.contains(subject) && line.ends_with(checks);
        assert!(said.lines().any(is_about), "the words of the connection check: {said}");
    }
    let broken = [&doctor[..], &["--tls-cert", "no.pem", "--tls-key", "no.pem"]].concat();
    let (status, said, _) = run(directory.path(), &state, &broken);
    assert!(status == 1 && said.contains("no.pem") && said.contains("PROBLEM certificate"), "{said}");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0, "nothing was made");
}

#[test]
fn an_expired_certificate_is_refused_and_one_that_soon_will_be_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let [certificate, key] = ["cert.pem", "key.pem"].map(|name| directory.path().join(name));
    let check = |days: i64| {
        let made = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(["call.example".to_owned()]).unwrap();
        let day = std::time::Duration::from_secs(24 * 60 * 60);
        let now = std::time::SystemTime::now();
        let end = now + day * 100 + std::time::Duration::from_secs(60);
        let end = end - day * u32::try_from(100 - days).unwrap();
        (params.not_before, params.not_after) = ((now - 200 * day).into(), end.into());
        std::fs::write(&certificate, params.self_signed(&made).unwrap().pem()).unwrap();
        std::fs::write(&key, made.serialize_pem()).unwrap();
        let files = ["--tls-cert", certificate.to_str().unwrap(), "--tls-key", key.to_str().unwrap()];
        let key = "07".repeat(32);
        let arguments = [&["check-config"][..], &files[..]].concat();
        run(directory.path(), &[("HALLOO_KEY", &key)], &arguments)
    };
    let (status, _, stderr) = check(20);
    assert_eq!((status, stderr.as_str()), (0, ""));
    let (status, _, stderr) = check(13);
    assert_eq!((status, stderr.as_str()), (0, "halloo: the certificate expires in 13 days\n"));
    let (status, _, stderr) = check(-1);
    assert!(status == 1 && stderr.contains("cert.pem: the certificate has expired"), "{stderr}");
}

/// Values that resemble good ones.
fn any_value() -> impl Strategy<Value = String> {
    const PARTS: &[&str] = &[
        "turn:",
        "stun:",
        "https://",
        "a.example",
        ":443",
        "[::1]",
        "0.0.0.0",
        "10.0.0.0/8",
        "-",
        "1",
        "99999",
    ];
    prop_oneof![any::<String>(), vec(select(PARTS), 0..6).prop_map(|parts| parts.concat())]
}

fn any_setting() -> impl Strategy<Value = &'static Setting> {
    select(settings().collect::<Vec<_>>())
}

/// Fails if the settings are refused in more than one line.
fn read_or_refuse(arguments: Vec<String>) {
    let arguments = std::iter::once("halloo".to_owned()).chain(arguments).map(OsString::from);
    if let Err(error) = Config::load(arguments) {
        assert_eq!(error.to_string().lines().count(), 1, "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn any_value_of_any_setting_is_taken_or_refused_in_one_line(
        pairs in vec((any_setting(), any_value()), 0..4)
    ) {
        let argument = |(setting, value): (&Setting, String)| format!("{}={value}", setting.flag());
        read_or_refuse(pairs.into_iter().map(argument).collect());
    }

    #[test]
    fn any_file_is_taken_or_refused_in_one_line(
        lines in vec((any_setting(), any_value(), 0..4), 0..4),
        tail in prop_oneof![Just(String::new()), any::<String>()],
    ) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("halloo.toml");
        let line = |(setting, value, kind): (&Setting, String, i32)| match kind {
            0 => format!("{} = {value}\n", setting.name),
            1 => format!("{} = [{value:?}]\n", setting.name),
            2 => format!("{} = 7\n", setting.name),
            _ => format!("{} = {value:?}\n", setting.name),
        };
        fs::write(&path, lines.into_iter().map(line).collect::<String>() + &tail).unwrap();
        read_or_refuse(vec![format!("--config={}", path.display())]);
    }
}
