//! Room for connections in this process: the limit of open files, and the kernel's table of them.

use std::{io, os::fd::AsFd as _};

/// Files that the table is grown for, if the limit permits. The kernel needs 8 bytes for each.
const TABLE_SIZE: u64 = 65_536;

/// Files that are neither connections nor relayed: listeners, the runtime's own, the log, the state.
const OTHERS: usize = 64;

/// Returns how many of the open files that this process may have are for connections, so that it never runs
/// out of them, and how many are for `relayed` sockets: at most a quarter. Connections waiting in vain for a
/// file would stop all others.
pub(crate) fn divide(relayed: usize) -> (usize, usize) {
    let (limit, _) = rlimit::Resource::NOFILE.get().unwrap_or((u64::MAX, u64::MAX));
    divide_among(usize::try_from(limit).unwrap_or(usize::MAX), relayed)
}

fn divide_among(limit: usize, relayed: usize) -> (usize, usize) {
    let relayed = relayed.min(limit / 4);
    (limit.saturating_sub(relayed).saturating_sub(OTHERS).max(1), relayed)
}

/// Raises the limit of open files and grows the kernel's table of them. To be called before there are
/// threads.
///
/// Every connection is an open file, and many systems start processes with a limit of 1,024. In a process
/// with several threads, `accept()` blocks for 8 to 30 ms whenever the table must grow (to 128, 256, 512
/// files and so on), because the kernel waits until no thread uses the old one (`expand_fdtable()` in
/// `fs/file.c`).
pub fn reserve_open_files() -> io::Result<()> {
    let limit = rlimit::increase_nofile_limit(u64::MAX)?;
    // The table never shrinks: one duplicate with a high number, closed at once, is enough.
    let highest = i32::try_from(limit.min(TABLE_SIZE).saturating_sub(1)).unwrap_or_default();
    let file = io::stderr();
    rustix::io::fcntl_dupfd_cloexec(file.as_fd(), highest)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn connections_get_what_relayed_sockets_leave() {
        assert_eq!(divide_among(65_536, 8_000), (57_472, 8_000));
        assert_eq!(divide_among(1_024, 8_000), (704, 256));
        assert_eq!(divide_among(1_024, 0), (960, 0));
        assert_eq!(divide_among(60, 0), (1, 0));
    }

    #[test]
    fn the_table_of_open_files_is_as_large_as_the_limit_permits() {
        reserve_open_files().unwrap();
        // Linux tells; other systems have no such table.
        let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return };
        let size = status.lines().find_map(|line| line.strip_prefix("FDSize:")).unwrap();
        let (limit, _) = rlimit::Resource::NOFILE.get().unwrap();
        assert!(size.trim().parse::<u64>().unwrap() >= limit.min(TABLE_SIZE));
    }
}
