//! The dependency arrows of the crate, checked in its text: a module uses only what it may. The compiler
//! proves that no core uses a shell (feature `cores`); it does not see the arrows between two cores or two
//! shells.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

#[path = "layering/graph.rs"]
mod graph;

use std::{
    fs,
    path::{Path, PathBuf},
};

use graph::{Graph, code, sources};

/// Each module and the modules of this crate that it may use.
const ARROWS: [(&str, &[&str]); 13] = [
    ("protocol", &[]),
    ("sansio", &[]),
    ("request", &[]),
    ("checks", &[]),
    ("hub", &["protocol", "sansio"]),
    ("call", &["checks", "protocol", "sansio"]),
    ("codelab", &["protocol", "sansio"]),
    ("limits", &["sansio"]),
    ("turn", &["limits", "sansio"]),
    ("browser", &["call", "protocol", "sansio"]),
    ("ui", &["browser", "call", "protocol", "request"]),
    ("app", &["ui", "browser", "call", "protocol", "request"]),
    ("server", &["checks", "codelab", "hub", "limits", "turn", "app", "protocol", "sansio", "request"]),
];

/// Every source file with the module it belongs to.
fn modules() -> Vec<(String, PathBuf)> {
    let root = root();
    let module = |path: &PathBuf| {
        let first = path.strip_prefix(&root).unwrap().components().next().unwrap();
        first.as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned()
    };
    sources(&root).into_iter().map(|path| (module(&path), path)).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

#[test]
fn dependencies_point_down_only() {
    for (file, from, to) in Graph::read(&root(), true).arrows() {
        if from == "lib" {
            continue;
        }
        let arrows = ARROWS.iter().find(|(name, _)| *name == from);
        let (_, allowed) = arrows.unwrap_or_else(|| panic!("{from} has no place in the layering"));
        assert!(allowed.contains(&to), "{file} may not use crate::{to}");
    }
}

#[test]
fn no_files_need_each_other_in_a_circle() {
    let graph = Graph::read(&root(), false);
    let circles = graph.circles();
    assert!(circles.is_empty(), "{circles:#?}");
}

#[test]
fn conditions_on_the_build_are_in_lib_and_main_only() {
    for (module, path) in modules() {
        if module == "lib" || module == "main" {
            continue;
        }
        let code = code(&fs::read_to_string(&path).unwrap(), true).replace("#[cfg(test)]", "");
        assert!(
            !code.contains("cfg(") && !code.contains("cfg!(") && !code.contains("cfg_attr("),
            "{}",
            path.display()
        );
    }
}
