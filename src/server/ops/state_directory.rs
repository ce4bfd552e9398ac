//! The directory of what must survive a restart: the key, revoked tokens and certificates. Nothing else is
//! stored.

use std::{env, path::PathBuf};

/// systemd's `StateDirectory=`, else the XDG base directory specification.
pub(crate) fn state_directory() -> Option<PathBuf> {
    directory(|name| env::var_os(name).map(PathBuf::from))
}

fn directory(variable: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    let absolute = |name| variable(name).filter(|path| path.is_absolute());
    // systemd separates several directories by colons; the first is ours.
    let of_systemd = absolute("STATE_DIRECTORY").and_then(|list| env::split_paths(&list).next());
    let of_xdg = || absolute("XDG_STATE_HOME").map(|path| path.join("halloo"));
    let of_home = || absolute("HOME").map(|path| path.join(".local/state/halloo"));
    of_systemd.or_else(of_xdg).or_else(of_home)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_directory_of_systemd_comes_first() {
        let of = |set: &[(&str, &str)], name: &str| {
            set.iter().find(|(key, _)| *key == name).map(|(_, value)| PathBuf::from(value))
        };
        let all = [("STATE_DIRECTORY", "/s:/t"), ("XDG_STATE_HOME", "/x"), ("HOME", "/h")];
        let path = |from: usize| directory(|name| of(&all[from..], name));
        assert_eq!(path(0), Some("/s".into()));
        assert_eq!(path(1), Some("/x/halloo".into()));
        assert_eq!(path(2), Some("/h/.local/state/halloo".into()));
        assert_eq!(path(3), None);
    }
}
