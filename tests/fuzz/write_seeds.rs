//! Replaces the seeds of the corpus; see `seeds.rs`.

use std::fs;

use halloo_fuzz::seeds::{PROGRAMS, all, directory};

fn main() -> std::io::Result<()> {
    for program in PROGRAMS {
        fs::create_dir_all(directory(program))?;
        for entry in fs::read_dir(directory(program))? {
            let path = entry?.path();
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("seed-")) {
                fs::remove_file(path)?;
            }
        }
    }
    all().into_iter().try_for_each(|(program, name, bytes)| fs::write(directory(program).join(name), bytes))
}
