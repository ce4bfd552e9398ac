//! Values that must not stand anywhere, and the search for them.

/// More secrets than these are not searched for.
pub(super) const MAX_SECRETS: usize = 4096;

/// Only so much of a secret is compared. RFC 8839, section 5.4, has the same limit for those of ICE.
pub(super) const MAX_COMPARED_BYTES: usize = 256;

/// A secret, or its beginning.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Secret {
    text: String,
    /// It goes on after `text`.
    is_cut: bool,
}

/// Secrets, searched for at a cost that hardly depends on their number.
#[derive(Debug, Clone)]
pub(super) struct Secrets {
    /// In order.
    sorted: Vec<Secret>,
    /// Of each the longest other that it begins with; outdated while there are fewer than secrets.
    prefixes: Vec<Option<usize>>,
    is_incomplete: bool,
}

impl Secrets {
    pub(super) const fn new() -> Self {
        Self { sorted: Vec::new(), prefixes: Vec::new(), is_incomplete: false }
    }

    /// Adds a secret; [`Self::link`] must follow before a search.
    pub(super) fn add(&mut self, value: &str) {
        if value.is_empty() {
            return;
        }
        let end = value.floor_char_boundary(MAX_COMPARED_BYTES);
        let secret = Secret { text: value[..end].to_owned(), is_cut: end < value.len() };
        let Err(at) = self.sorted.binary_search(&secret) else { return };
        if self.sorted.len() < MAX_SECRETS {
            self.sorted.insert(at, secret);
        } else {
            self.is_incomplete = true;
        }
    }

    /// Whether there were too many to search for all.
    pub(super) const fn is_incomplete(&self) -> bool {
        self.is_incomplete
    }

    /// Makes the added ones searchable.
    pub(super) fn link(&mut self) {
        if self.prefixes.len() == self.sorted.len() {
            return;
        }
        // Those that the next one may begin with, each beginning with the one before.
        let mut open = Vec::<usize>::new();
        self.prefixes.clear();
        for (at, secret) in self.sorted.iter().enumerate() {
            while open.pop_if(|last| !secret.text.starts_with(&self.sorted[*last].text)).is_some() {}
            self.prefixes.push(open.last().copied());
            open.push(at);
        }
    }

    /// How many bytes of a text are to be hidden, if a secret stands at its beginning.
    pub(super) fn length_at(&self, text: &str) -> Option<usize> {
        self.longest_at(text, || {})
    }

    /// `on_step` is called for each comparison.
    fn longest_at(&self, text: &str, mut on_step: impl FnMut()) -> Option<usize> {
        let start = &text.as_bytes()[..text.len().min(MAX_COMPARED_BYTES)];
        let later = self.sorted.partition_point(|secret| {
            on_step();
            secret.text.as_bytes() <= start
        });
        // Whatever the text begins with is this one, or one that this one begins with.
        let mut at = later.checked_sub(1)?;
        let common = self.sorted[at].text.bytes().zip(start).take_while(|(one, other)| one == *other).count();
        while self.sorted[at].text.len() > common {
            on_step();
            at = self.prefixes[at]?;
        }
        let Secret { text: found, is_cut } = &self.sorted[at];
        // Where a secret ends that is not compared to its end, nobody knows.
        Some(if *is_cut { text.len() } else { found.len() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(list: impl IntoIterator<Item = String>) -> Secrets {
        let mut secrets = Secrets::new();
        list.into_iter().for_each(|secret| secrets.add(&secret));
        secrets.link();
        secrets
    }

    fn steps(secrets: &Secrets, text: &str) -> usize {
        let mut steps = 0;
        for (at, _) in text.char_indices() {
            let _ = secrets.longest_at(&text[at..], || steps += 1);
        }
        steps
    }

    #[test]
    fn the_longest_is_found() {
        let secrets = secrets(["ab", "abc", "abcdef", "abd", "b"].map(str::to_owned));
        for (text, length) in [
            ("ab", Some(2)),
            ("abcde", Some(3)),
            ("abcdefg", Some(6)),
            ("abz", Some(2)),
            ("abda", Some(3)),
            ("bcd", Some(1)),
            ("a", None),
            ("", None),
            ("é", None),
        ] {
            assert_eq!(secrets.length_at(text), length, "{text}");
        }
    }

    #[test]
    fn of_a_long_one_everything_is_hidden_that_follows_its_beginning() {
        let long = "x".repeat(MAX_COMPARED_BYTES + 10);
        let text = [&long, " and more"].concat();
        assert_eq!(secrets([long]).length_at(&text), Some(text.len()));
    }

    #[test]
    fn secrets_that_begin_alike_take_few_steps() {
        let many = MAX_SECRETS as u32;
        let alike = secrets((0..many).map(|at| format!("sameprefix{at:06}")));
        let text = "sameprefix000500 sameprefix9 ".repeat(400);
        // Each place costs a search in a sorted list, however many begin alike.
        let search = MAX_SECRETS.ilog2() as usize + 2;
        assert!(steps(&alike, &text) <= text.len() * search);
        // Each begins with all before it: the steps are those of their lengths.
        let nested = secrets((4..=MAX_COMPARED_BYTES).map(|length| "b".repeat(length)));
        let text = "bbc".repeat(1000);
        assert!(steps(&nested, &text) <= text.len() * (MAX_COMPARED_BYTES + search));
    }

    #[test]
    fn too_many_are_noticed() {
        // Most of those of a call occur in each candidate.
        let mut secrets = secrets((0..2 * MAX_SECRETS).map(|at| (at / 2).to_string()));
        assert!(!secrets.is_incomplete());
        secrets.add("1");
        assert!(!secrets.is_incomplete(), "it is known");
        secrets.add("one more");
        assert!(secrets.is_incomplete());
    }
}
