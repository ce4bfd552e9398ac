//! What the view shows: a log, and what was chosen.

use std::sync::Arc;

use crate::{
    call::signals::{Bar, Column, Diagram, Entry, Filter, Log, PageTimes, waterfall},
    protocol::PeerId,
    ui::{
        reactive::{Derived, State},
        text::{i18n::I18n, language::Language, signals as text},
    },
};

/// How the entries are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// As a sequence diagram.
    Diagram,
    /// As a list.
    List,
    /// As the steps to the first picture.
    Waterfall,
}

/// What is shown.
#[derive(Clone, Copy)]
pub struct ViewModel {
    /// What happened.
    pub log: State<Arc<Log>>,
    /// When the page came.
    pub page: State<PageTimes>,
    /// Which entries are shown.
    pub filter: State<Filter>,
    /// How.
    pub shape: State<Shape>,
    /// The entry whose content is shown.
    pub selected: State<Option<u64>>,
    /// Credentials are shown, too.
    pub secrets: State<bool>,
    /// Who has a column.
    pub diagram: Derived<Diagram>,
    /// The entries that are shown.
    pub shown: Derived<Vec<Entry>>,
}

impl ViewModel {
    /// Shows nothing yet.
    pub fn new() -> Self {
        let log = State::new(Arc::<Log>::default());
        let filter = State::new(Filter::default());
        Self {
            log,
            page: State::new(PageTimes::default()),
            filter,
            shape: State::new(Shape::Diagram),
            selected: State::new(None),
            secrets: State::new(false),
            diagram: Derived::new(move || log.with(|log| Diagram::of(&log.entries))),
            shown: Derived::new(move || {
                filter.with(|filter| {
                    let shown = |entry: &&Entry| filter.shows(entry);
                    log.with(|log| log.entries.iter().filter(shown).cloned().collect())
                })
            }),
        }
    }

    /// Changes the filter.
    pub fn change_filter(self, change: impl FnOnce(&mut Filter)) {
        let mut filter = self.filter.get_untracked();
        change(&mut filter);
        self.filter.set(filter);
    }

    /// The steps to the first picture.
    pub fn bars(self) -> Vec<Bar> {
        let peers = self.diagram.with(|diagram| diagram.peers.iter().map(|one| one.peer).collect::<Vec<_>>());
        self.log.with(|log| waterfall(self.page.get(), &log.entries, peers.into_iter()))
    }

    /// Shows the content of the shown entry that is this far from the one whose content is shown. From
    /// nowhere to the first or the last.
    pub fn step(self, by: isize) -> Option<u64> {
        let number = self.shown.with(|shown| {
            let at = self.selected.get_untracked().and_then(|number| position(shown, number));
            let to = match at {
                Some(at) => at.checked_add_signed(by)?,
                None if by > 0 => 0,
                None => shown.len().checked_sub(1)?,
            };
            shown.get(to).map(|entry| entry.number)
        })?;
        self.selected.set(Some(number));
        Some(number)
    }

    /// The place of the entry whose content is shown among those shown, from 1 on, and how many these are.
    pub fn place(self) -> (usize, usize) {
        self.shown.with(|shown| {
            let at = self.selected.get().and_then(|number| position(shown, number));
            (at.map_or(0, |at| at + 1), shown.len())
        })
    }

    /// What somebody is called.
    pub fn name(self, peer: PeerId, language: Language) -> String {
        self.diagram.with(|diagram| {
            let column = diagram.peers.iter().find(|column| column.peer == peer);
            column_name(peer, column, language)
        })
    }
}

/// The name in the head of a column.
pub fn column_name(peer: PeerId, column: Option<&Column>, language: Language) -> String {
    let name = column.and_then(|column| column.name.clone());
    // The first digits tell people apart.
    name.unwrap_or_else(|| text::SOMEBODY.fill(language, &peer.to_string()[..4]))
}

/// Somebody, by name.
pub fn peer_name(model: ViewModel, i18n: I18n, peer: PeerId) -> String {
    model.name(peer, i18n.language())
}

fn position(shown: &[Entry], number: u64) -> Option<usize> {
    shown.binary_search_by_key(&number, |entry| entry.number).ok()
}
