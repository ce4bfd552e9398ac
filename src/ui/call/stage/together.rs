//! Hands and reactions over the tiles, and what screen readers are told of them and of the lock.

use std::time::Duration;

use leptos::{html, prelude::*};

use super::place::{Place, Places};
use crate::{
    call::{CallView, ReactionView},
    protocol::PeerId,
    ui::{
        call::{
            controls::more::{emoji, words},
            names::display_name,
        },
        handle::CallHandle,
        reactive::{Derived, State, effect},
        text::{i18n::I18n, language::Language, together as text},
    },
};

/// All of it.
#[component]
pub fn Together(call: CallHandle, places: Places) -> impl IntoView {
    view! { <Hands call places/> <Reactions call places/> <News call/> }
}

/// Where somebody is seen.
fn place_of(view: &CallView, peer: PeerId) -> Place {
    if view.me == Some(peer) { Place::Own } else { Place::Person(peer) }
}

/// The name of somebody else; `None` for this person.
fn name_of(view: &CallView, peer: PeerId, language: Language) -> Option<String> {
    let other = view.participants.iter().find(|other| other.id == peer);
    (view.me != Some(peer)).then(|| display_name(other, language))
}

/// Says that the room is locked, and by whom if that is known.
fn lock_in_words(view: &CallView, language: Language) -> String {
    let by = view.together.locked_by.map(|by| name_of(view, by, language));
    let (template, own) = if view.together.locked {
        (&text::LOCKED_BY, &text::LOCKED_BY_YOU)
    } else {
        (&text::UNLOCKED_BY, &text::UNLOCKED_BY_YOU)
    };
    match by {
        Some(Some(name)) => template.fill(language, &name),
        Some(None) => own.get(language).to_owned(),
        None if view.together.locked => text::LOCKED.get(language).to_owned(),
        None => String::new(),
    }
}

/// A notice as long as the room is locked.
#[component]
pub fn LockNotice(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let locked = call.slice(|view| view.together.locked);
    // Whoever locked it may have left.
    let words = State::new(String::new());
    let said = call.slice(|view| (view.together.locked, view.together.locked_by));
    effect(move || {
        said.track();
        words.set(lock_in_words(&call.view.get_untracked(), i18n.language()));
    });
    move || {
        locked.get().then(|| {
            view! {
                <p class="lock-notice" data-testid="room-locked">
                    <span aria-hidden="true">"\u{1f512} "</span>
                    {move || words.get()}
                </p>
            }
            .into_any()
        })
    }
}

/// The hands that are up, in order, each over the tile of its owner.
#[component]
fn Hands(call: CallHandle, places: Places) -> impl IntoView {
    let i18n = I18n::from_context();
    let hands = call.slice(CallView::raised_hands);
    view! {
        <ol class="others" aria-label=i18n.t(&text::HANDS)>
            <For each=move || hands.get() key=|peer| *peer let:peer>
                <Hand call peer places hands/>
            </For>
        </ol>
    }
}

#[component]
fn Hand(call: CallHandle, peer: PeerId, places: Places, hands: Derived<Vec<PeerId>>) -> impl IntoView {
    let i18n = I18n::from_context();
    let mark = NodeRef::<html::Li>::new();
    places.keep(move || mark.get().map(Into::into), place_of(&call.view.get_untracked(), peer));
    let number = move || {
        hands.with(|hands| hands.iter().position(|up| *up == peer).map_or(0, |at| at + 1)).to_string()
    };
    let whose = move || {
        let name = call.view.with(|view| name_of(view, peer, i18n.language()));
        name.map_or_else(|| i18n.get(&text::YOUR_HAND).to_owned(), |name| i18n.fill(&text::HAND_OF, &name))
    };
    view! {
        <li class="over-tile" data-testid="hand" data-peer=peer.to_string() node_ref=mark>
            <span class="sr-only">{whose}" "</span>
            <span class="hand">
                <span aria-hidden="true">"\u{270b} "</span>
                {number}
            </span>
        </li>
    }
}

/// The reactions of the last seconds, each over the tile of who reacted.
#[component]
fn Reactions(call: CallHandle, places: Places) -> impl IntoView {
    let shown = call.slice(|view| view.together.reactions.clone());
    view! {
        <For each=move || shown.get() key=|shown| shown.id let:shown>
            <ReactionMark call shown places/>
        </For>
    }
}

#[component]
fn ReactionMark(call: CallHandle, shown: ReactionView, places: Places) -> impl IntoView {
    let i18n = I18n::from_context();
    let mark = NodeRef::<html::Div>::new();
    let ReactionView { id, peer, reaction, .. } = shown;
    places.keep(move || mark.get().map(Into::into), place_of(&call.view.get_untracked(), peer));
    // Beside each other, if several come at once.
    let lane = (id % 4).to_string();
    view! {
        <div class="over-tile" data-testid="reaction" data-peer=peer.to_string() data-lane=lane node_ref=mark>
            <span class="reaction" role="img" aria-label=i18n.t(words(reaction))>{emoji(reaction)}</span>
        </div>
    }
}

/// Reactions that screen readers are told of at once.
const MOST_TOLD: usize = 3;

/// What screen readers are told: the latest change of the lock, of hands, and reactions.
#[component]
fn News(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let (said, last) = (State::new(String::new()), State::new(None::<Seen>));
    let seen = call.slice(Seen::of);
    effect(move || {
        let now = seen.get();
        let before = last.get_untracked().unwrap_or_default();
        let news = before.news(&now, &call.view.get_untracked(), i18n.language());
        last.set(Some(now));
        if !news.is_empty() {
            // What the line has when it comes into the page is not read, nor what it has had before.
            said.set(String::new());
            set_timeout(move || said.set(news), Duration::ZERO);
        }
    });
    view! { <p class="sr-only" role="status">{move || said.get()}</p> }
}

/// What is compared to find out what is new.
#[derive(Debug, Clone, Default, PartialEq)]
struct Seen {
    lock: (bool, Option<PeerId>),
    hands: Vec<PeerId>,
    /// The number of the latest reaction.
    reaction: u64,
}

impl Seen {
    fn of(view: &CallView) -> Self {
        let reaction = view.together.reactions.last().map_or(0, |latest| latest.id);
        Self { lock: (view.together.locked, view.together.locked_by), hands: view.raised_hands(), reaction }
    }

    /// What has changed since, in words; empty if there is nothing to say.
    fn news(&self, now: &Self, view: &CallView, language: Language) -> String {
        let mut news = Vec::new();
        if self.lock != now.lock {
            news.push(lock_in_words(view, language));
        }
        for peer in now.hands.iter().filter(|peer| !self.hands.contains(peer)) {
            news.push(match name_of(view, *peer, language) {
                Some(name) => text::RAISED_BY.fill(language, &name),
                None => text::YOUR_HAND_IS_UP.get(language).to_owned(),
            });
        }
        let reactions = view.together.reactions.iter().filter(|shown| shown.id > self.reaction);
        for ReactionView { peer, reaction, .. } in reactions.take(MOST_TOLD) {
            if let Some(name) = name_of(view, *peer, language) {
                news.push([&name, ": ", words(*reaction).get(language)].concat());
            }
        }
        news.retain(|words| !words.is_empty());
        news.join(". ")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::{
        call::{ParticipantView, PathState, TogetherView},
        protocol::MediaState,
    };

    const ME: PeerId = PeerId::new(1);
    const ADA: PeerId = PeerId::new(2);

    fn view(hand: Option<u32>, ada: Option<u32>) -> CallView {
        let ada = ParticipantView {
            id: ADA,
            name: Some("Ada".parse().unwrap()),
            media: MediaState::default(),
            reconnecting: false,
            path: PathState::Connected,
            hand: ada,
            camera_unwanted: false,
        };
        let together = TogetherView { hand, ..TogetherView::default() };
        CallView { me: Some(ME), participants: vec![ada], together, ..CallView::default() }
    }

    fn locked(locked: bool, by: Option<PeerId>) -> CallView {
        let mut view = view(None, None);
        (view.together.locked, view.together.locked_by) = (locked, by);
        view
    }

    fn news(before: &CallView, now: &CallView) -> String {
        Seen::of(before).news(&Seen::of(now), now, Language::English)
    }

    #[test]
    fn hands_are_in_the_order_in_which_they_were_raised() {
        assert_eq!(view(Some(4), Some(3)).raised_hands(), [ADA, ME]);
        assert_eq!(view(Some(3), Some(4)).raised_hands(), [ME, ADA]);
        assert_eq!(view(None, None).raised_hands(), []);
    }

    #[test]
    fn a_hand_that_goes_up_is_told_once() {
        assert_eq!(news(&view(None, None), &view(None, Some(1))), "Ada raised a hand");
        assert_eq!(news(&view(None, Some(1)), &view(Some(2), Some(1))), "Your hand is up");
        assert_eq!(news(&view(Some(2), Some(1)), &view(Some(2), None)), "");
    }

    #[test]
    fn who_locks_and_unlocks_is_told() {
        let open = locked(false, None);
        assert_eq!(news(&open, &locked(true, Some(ADA))), "Ada locked the room");
        assert_eq!(news(&open, &locked(true, Some(ME))), "You locked the room");
        assert_eq!(news(&open, &locked(true, None)), "The room is locked");
        assert_eq!(news(&locked(true, Some(ME)), &locked(false, Some(ADA))), "Ada unlocked the room");
        assert_eq!(news(&locked(true, Some(ADA)), &open), "", "it is not known who did it");
    }
}
