//! The client's JavaScript, WASM and styles, and `public/`, as `cargo leptos build` made them: in the program
//! itself, or in a directory that the operator names. [`super::assets`] serves them.

use std::{
    env,
    path::{Path, PathBuf},
};

use leptos::config::LeptosOptions;
use rust_embed::RustEmbed;

use crate::app::ClientFiles;

/// Must be the `output-name` in Cargo.toml.
const OUTPUT_NAME: &str = "halloo";

/// The script that loads parts, as cargo-leptos calls it.
const LOADER_NAME: &str = "__wasm_split";

/// In release builds the files are part of the program; in debug builds they are read from the directory.
#[derive(RustEmbed)]
#[folder = "target/site"]
#[allow_missing = true]
#[exclude = "*.ts"] // types of the generated JavaScript: not used
#[exclude = "*.ts.*"]
pub(crate) struct Embedded;

/// Where the files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Site {
    Embedded,
    Directory(PathBuf),
}

impl Site {
    /// The files in this directory or, without one, in the program. Logs an error if some are missing.
    pub(crate) fn new(directory: Option<&Path>) -> Self {
        let site = directory.map_or(Self::Embedded, |directory| Self::Directory(directory.to_owned()));
        let ClientFiles { script, wasm, style, .. } = site.client_files();
        let names = site.names();
        let is_there = |path: &String| {
            path.strip_prefix("/pkg/").is_some_and(|name| names.iter().any(|one| one == name))
        };
        if ![script, wasm, style].iter().all(is_there) {
            tracing::error!("the pages are incomplete: run `make build`");
        }
        site
    }

    /// Paths of the client's files. Read each time: `cargo leptos watch` changes them while the server
    /// runs.
    pub(crate) fn client_files(&self) -> ClientFiles {
        let names = self.names();
        let find = |stem: &str, extension: &str| {
            let is_this = |name: &&String| {
                let rest = name.strip_prefix(stem).and_then(|rest| rest.strip_suffix(extension));
                rest.is_some_and(|hash| hash.is_empty() || hash.starts_with('.'))
            };
            names.iter().find(is_this).map(|name| format!("/pkg/{name}"))
        };
        let path = |extension: &str| {
            find(OUTPUT_NAME, extension).unwrap_or_else(|| format!("/pkg/{OUTPUT_NAME}{extension}"))
        };
        ClientFiles {
            script: path(".js"),
            loader: find(LOADER_NAME, ".js"),
            wasm: path(".wasm"),
            style: path(".css"),
        }
    }

    /// Whether file names contain a hash of the contents.
    pub(crate) fn has_hashed_names(&self) -> bool {
        self.client_files().wasm != format!("/pkg/{OUTPUT_NAME}.wasm")
    }

    /// Options for reloading pages under `cargo leptos watch`.
    pub(crate) fn options(&self) -> LeptosOptions {
        let reload_port = env::var("LEPTOS_RELOAD_PORT").ok().and_then(|port| port.parse().ok());
        LeptosOptions::builder().output_name(OUTPUT_NAME).reload_port(reload_port.unwrap_or(3001)).build()
    }

    /// The names of the files in `pkg`.
    fn names(&self) -> Vec<String> {
        match self {
            Self::Embedded => {
                Embedded::iter().filter_map(|path| path.strip_prefix("pkg/").map(str::to_owned)).collect()
            }
            Self::Directory(root) => {
                let entries = std::fs::read_dir(root.join("pkg")).into_iter().flatten().flatten();
                entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
            }
        }
    }
}

/// Whether the client is in this directory.
pub(crate) fn is_site(root: &Path) -> bool {
    root.join("pkg").is_dir()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

    use super::*;

    fn site_of(names: &[&str]) -> (tempfile::TempDir, Site) {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("pkg")).unwrap();
        for name in names {
            std::fs::write(directory.path().join("pkg").join(name), "").unwrap();
        }
        let site = Site::Directory(directory.path().to_owned());
        (directory, site)
    }

    #[test]
    fn files_are_found_with_and_without_a_hash_in_their_names() {
        let (_kept, plain) = site_of(&["halloo.js", "halloo.wasm", "halloo.css", "halloo.wasm.br"]);
        assert_eq!(plain.client_files().wasm, "/pkg/halloo.wasm");
        assert!(!plain.has_hashed_names());
        let (_kept, hashed) =
            site_of(&["halloo.a1.js", "halloo.a1.js.br", "halloo.b2.wasm", "halloo.c3.css"]);
        let files = hashed.client_files();
        assert_eq!(
            [files.script, files.wasm, files.style],
            ["/pkg/halloo.a1.js", "/pkg/halloo.b2.wasm", "/pkg/halloo.c3.css"]
        );
        assert!(hashed.has_hashed_names());
    }
}
