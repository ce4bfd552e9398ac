//! Runs the corpus without libFuzzer, as regression tests that need no C++ compiler.

use std::{fs, path::Path};

use halloo_fuzz::{
    decoder, hub_script, parser, script,
    seeds::{all, directory},
};

fn play_all(program: &str, play: impl Fn(&[u8])) {
    let files = fs::read_dir(directory(program)).expect("a directory");
    let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    for path in paths {
        println!("{}", path.display());
        play(&fs::read(&path).expect("a file"));
    }
}

#[test]
fn every_script_ends_well() {
    play_all("server", script::play);
}

#[test]
fn every_message_is_read_alike() {
    play_all("message", parser::read);
}

#[test]
fn every_frame_of_signaling_is_read_alike() {
    play_all("signaling", decoder::read);
}

#[test]
fn every_script_of_sockets_ends_well() {
    play_all("hub", hub_script::play);
}

#[test]
fn the_seeds_are_those_that_are_written() {
    for (program, name, bytes) in all() {
        let path = directory(program).join(name);
        assert!(fs::read(&path).ok() == Some(bytes), "{} is not up to date: write-seeds", shown(&path));
    }
}

fn shown(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
