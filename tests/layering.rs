//! The dependency arrows of the crate, checked in its text: a module uses only what it may. The compiler proves
//! that no core uses a shell (feature `cores`); it does not see the arrows between two cores or two shells.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Each module and the modules of this crate that it may use.
const ARROWS: [(&str, &[&str]); 10] = [
    ("protocol", &[]),
    ("sansio", &[]),
    ("request", &[]),
    ("hub", &["protocol", "sansio"]),
    ("call", &["protocol", "sansio"]),
    ("turn", &["sansio"]),
    ("browser", &["call", "protocol", "sansio"]),
    ("ui", &["browser", "call", "protocol", "request"]),
    ("app", &["ui", "browser", "call", "protocol", "request"]),
    ("server", &["hub", "turn", "app", "protocol", "sansio", "request"]),
];

/// Every source file with the module it belongs to.
fn sources() -> Vec<(String, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut directories = vec![root.clone()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    let module = |path: &PathBuf| {
        let first = path.strip_prefix(&root).unwrap().components().next().unwrap();
        let name = first.as_os_str().to_str().unwrap();
        name.trim_end_matches(".rs").to_owned()
    };
    files.into_iter().map(|path| (module(&path), path)).collect()
}

/// The text without its comments.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The modules of this crate that a text names: after `crate::`, alone or in braces.
fn used(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            names.extend(first_names(list));
        } else {
            names.push(name(rest));
        }
    }
    names
}

/// The names at the outermost level of a list in braces.
fn first_names(list: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0;
    let mut expect_name = true;
    for (at, character) in list.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => expect_name = true,
            character if depth == 0 && expect_name && character.is_alphabetic() => {
                names.push(name(&list[at..]));
                expect_name = false;
            }
            _ => {}
        }
    }
    names
}

fn name(text: &str) -> String {
    text.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect()
}

#[test]
fn the_reader_of_this_test_sees_every_use() {
    let code = "use crate::{call::{CallView, Status}, protocol::PeerId};\nlet x = crate::hub::Hub;";
    assert_eq!(used(code), ["call", "protocol", "hub"]);
}

#[test]
fn dependencies_point_down_only() {
    for (module, path) in sources() {
        if module == "lib" || module == "main" {
            continue;
        }
        let (_, allowed) = ARROWS
            .iter()
            .find(|(name, _)| *name == module)
            .unwrap_or_else(|| panic!("{module} has no place in the layering"));
        for other in used(&code(&path)) {
            let fine = other == module || allowed.contains(&other.as_str());
            assert!(fine, "{} may not use crate::{other}", path.display());
        }
    }
}

#[test]
fn conditions_on_the_build_are_in_lib_and_main_only() {
    for (module, path) in sources() {
        if module == "lib" || module == "main" {
            continue;
        }
        let code = code(&path).replace("#[cfg(test)]", "");
        assert!(
            !code.contains("cfg(") && !code.contains("cfg!(") && !code.contains("cfg_attr("),
            "{}",
            path.display()
        );
    }
}

#[test]
fn nothing_is_leaked_on_purpose() {
    for (_, path) in sources() {
        let code = code(&path);
        assert!(!code.contains("forget()") && !code.contains("mem::forget"), "{}", path.display());
    }
}
