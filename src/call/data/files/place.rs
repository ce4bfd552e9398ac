//! Where received files are written.

/// Most bytes of files that are kept in the memory of the page.
pub const MAX_MEMORY_BYTES: u64 = 64 * 1024 * 1024;
/// A larger file is never kept in memory if the browser can write it to a disk.
const MEMORY_BYTES: u64 = 1024 * 1024;
/// From this size on the person is asked where to save a file before it comes.
const CHOSEN_BYTES: u64 = 1024 * 1024 * 1024;

/// Where the browser can write files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Storage {
    /// Where the person wants them (WICG File System Access).
    pub chosen: bool,
    /// In a file system of this site (WHATWG File System).
    pub private: bool,
}

/// Where a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// To the memory of the page.
    Memory,
    /// To the file system of this site, from which the person can save it.
    Private,
    /// Where the person wants it.
    Chosen,
}

impl Storage {
    /// Where a file of this size goes while so much memory may be taken. `None` if it fits nowhere.
    pub(super) fn place_for(self, size: u64, free_memory: u64) -> Option<Place> {
        let in_memory = (size <= free_memory).then_some(Place::Memory);
        let private = self.private.then_some(Place::Private);
        let chosen = self.chosen.then_some(Place::Chosen);
        in_memory
            .filter(|_| size <= MEMORY_BYTES)
            .or_else(|| chosen.filter(|_| size >= CHOSEN_BYTES))
            .or(private)
            .or(in_memory)
            .or(chosen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_goes_where_it_fits() {
        let place = |(chosen, private), size| Storage { chosen, private }.place_for(size, MAX_MEMORY_BYTES);
        let (both, private, chosen, none) = ((true, true), (false, true), (true, false), (false, false));
        let (small, middle, large, huge) =
            (MEMORY_BYTES, MAX_MEMORY_BYTES, MAX_MEMORY_BYTES + 1, CHOSEN_BYTES);
        for able in [both, private, chosen, none] {
            assert_eq!(place(able, small), Some(Place::Memory));
        }
        assert_eq!([place(both, middle), place(both, large)], [Some(Place::Private); 2]);
        assert_eq!([place(chosen, middle), place(none, middle)], [Some(Place::Memory); 2]);
        assert_eq!([place(chosen, large), place(none, large)], [Some(Place::Chosen), None]);
        assert_eq!([place(both, huge), place(private, huge)], [Some(Place::Chosen), Some(Place::Private)]);
        let full = Storage { chosen: false, private: true }.place_for(small, 0);
        assert_eq!(full, Some(Place::Private), "even a small file, if the memory is taken");
    }
}
