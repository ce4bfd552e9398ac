//! Where the files are that `cargo leptos build` made: the client's JavaScript, WASM and styles, and `public/`.

use std::{
    env,
    path::{Path, PathBuf},
};

use leptos::config::LeptosOptions;

use crate::app::ClientFiles;

/// Must be the `output-name` in Cargo.toml.
const OUTPUT_NAME: &str = "halloo";
/// What `cargo leptos` names the files after, beside the program.
const HASH_FILE: &str = "hash.txt";

/// What Leptos needs to know to write the links to these files.
pub(super) fn options(site_root: Option<&Path>) -> LeptosOptions {
    let beside = beside();
    let root = site_root.map_or_else(|| find(&beside), Path::to_owned);
    if !is_site(&root) {
        tracing::error!("there are no built pages in {}: `make build` makes them", root.display());
    }
    let reload_port = env::var("LEPTOS_RELOAD_PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(3001);
    LeptosOptions::builder()
        .output_name(OUTPUT_NAME)
        .site_root(root.to_string_lossy().into_owned())
        .hash_files(beside.join(HASH_FILE).is_file())
        .reload_port(reload_port)
        .build()
}

/// The client's files, under the names of the last build: `cargo leptos watch` changes them while the server runs.
pub(super) fn client_files(options: &LeptosOptions) -> ClientFiles {
    let hashes = if options.hash_files { read_hashes() } else { String::new() };
    let path = |kind: &str, extension: &str| {
        let hash = hashes.lines().find_map(|line| line.strip_prefix(kind)?.strip_prefix(':'));
        let hash = hash.map(|hash| format!(".{}", hash.trim())).unwrap_or_default();
        format!("/{}/{OUTPUT_NAME}{hash}.{extension}", options.site_pkg_dir)
    };
    ClientFiles { script: path("js", "js"), wasm: path("wasm", "wasm"), style: path("css", "css") }
}

/// Whether the client is in this directory; without it pages have neither looks nor life.
pub(super) fn is_site(root: &Path) -> bool {
    root.join("pkg").is_dir()
}

fn read_hashes() -> String {
    let file = beside().join(HASH_FILE);
    std::fs::read_to_string(&file).unwrap_or_else(|error| {
        tracing::error!(%error, "cannot read {}", file.display());
        String::new()
    })
}

/// The directory of this program.
fn beside() -> PathBuf {
    env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_owned)).unwrap_or_default()
}

/// Installed: `site` beside the program. Built: `target/site` for `target/release/halloo`.
fn find(beside: &Path) -> PathBuf {
    let candidates = [beside.join("site"), beside.join("../site")];
    candidates.into_iter().find(|path| path.is_dir()).unwrap_or_else(|| PathBuf::from("target/site"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn an_installed_site_comes_before_a_built_one() {
        let directory = tempfile::tempdir().unwrap();
        let release = directory.path().join("release");
        std::fs::create_dir(&release).unwrap();
        assert_eq!(find(&release), Path::new("target/site"));
        std::fs::create_dir(directory.path().join("site")).unwrap();
        assert_eq!(find(&release), release.join("../site"));
        std::fs::create_dir(release.join("site")).unwrap();
        assert_eq!(find(&release), release.join("site"));
    }
}
