//! The menu with reactions, the small window, the lock of the room, and what the control bar of narrow pages
//! has no room for.

use leptos::prelude::*;

use crate::{
    call::Status,
    protocol::Reaction,
    ui::{
        call::{panels::Panels, stage::place::Places},
        handle::CallHandle,
        reactive::Derived,
        text::{Text, diagnosis::CHECK_CONNECTION, i18n::I18n, panels::PEOPLE, together as text},
    },
};

late! { extras => fn draw(call: CallHandle, places: Places, panels: Panels) {
    view! { <MoreMenuContent call places panels/> }
} }

/// Id of the menu.
pub const ID: &str = "more-menu";

/// The picture of a reaction.
pub const fn emoji(reaction: Reaction) -> &'static str {
    match reaction {
        Reaction::ThumbsUp => "\u{1f44d}",
        Reaction::Clap => "\u{1f44f}",
        Reaction::Heart => "\u{2764}\u{fe0f}",
        Reaction::Laugh => "\u{1f602}",
        Reaction::Surprise => "\u{1f62e}",
    }
}

/// The name of a reaction.
pub const fn words(reaction: Reaction) -> &'static Text {
    match reaction {
        Reaction::ThumbsUp => &text::THUMBS_UP,
        Reaction::Clap => &text::CLAP,
        Reaction::Heart => &text::HEART,
        Reaction::Laugh => &text::LAUGH,
        Reaction::Surprise => &text::SURPRISE,
    }
}

#[component]
fn MoreMenuContent(call: CallHandle, places: Places, panels: Panels) -> impl IntoView {
    let can = call.slice(|view| (view.together.can_react, view.together.can_lock));
    view! {
        <HandButton call/>
        <PeopleButton panels/>
        {move || places.late(|views| views.chat(ID))}
        {move || can.get().0.then(|| view! { <Reactions call/> }.into_any())}
        {move || places.late(|views| views.actions(ID))}
        {move || can.get().1.then(|| view! { <Lock call/> }.into_any())}
        <CheckItem call/>
    }
}

/// Raises the hand, where the control bar has no room for that.
#[component]
fn HandButton(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let up = call.slice(|view| view.together.wants_hand);
    view! {
        <button
            type="button"
            class="button narrow-only"
            data-testid="raise-hand-narrow"
            aria-pressed=move || up.get().to_string()
            on:click=move |_| call.raise_hand(!up.get_untracked())
        >
            {i18n.t(&text::RAISE_HAND)}
        </button>
    }
}

/// Opens the drawer, where the control bar has no room for that.
#[component]
fn PeopleButton(panels: Panels) -> impl IntoView {
    let i18n = I18n::from_context();
    view! {
        <button
            type="button"
            class="button narrow-only"
            data-testid="open-people-narrow"
            popovertarget=ID
            popovertargetaction="hide"
            on:click=move |_| panels.toggle()
        >
            {i18n.t(&PEOPLE)}
        </button>
    }
}

/// Opens the connection check.
#[component]
fn CheckItem(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    view! {
        <button
            type="button"
            class="button"
            data-testid="check-connection-more"
            popovertarget=ID
            popovertargetaction="hide"
            on:click=move |_| call.checking.set(true)
        >
            {i18n.t(&CHECK_CONNECTION)}
        </button>
    }
}

/// Whether the server hears what is done.
fn is_heard(call: CallHandle) -> Derived<bool> {
    call.slice(|view| matches!(view.status, Status::Waiting | Status::Connected))
}

/// A button for each reaction. The menu stays open: people react more than once.
#[component]
fn Reactions(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let is_up = is_heard(call);
    let button = |reaction: Reaction| {
        view! {
            <button
                type="button"
                class="button"
                data-reaction=reaction.name()
                aria-label=i18n.t(words(reaction))
                disabled=move || !is_up.get()
                on:click=move |_| call.react(reaction)
            >
                {emoji(reaction)}
            </button>
        }
    };
    view! {
        <div class="reactions" role="group" aria-label=i18n.t(&text::REACTIONS)>
            {Reaction::ALL.into_iter().map(button).collect::<Vec<_>>()}
        </div>
    }
}

/// Locks and unlocks the room.
#[component]
fn Lock(call: CallHandle) -> impl IntoView {
    let i18n = I18n::from_context();
    let (locked, is_up) = (call.slice(|view| view.together.locked), is_heard(call));
    view! {
        <div class="choice">
            <button
                type="button"
                class="button"
                data-testid="lock-room"
                aria-pressed=move || locked.get().to_string()
                aria-describedby="lock-hint"
                disabled=move || !is_up.get()
                on:click=move |_| call.lock(!locked.get_untracked())
            >
                {i18n.t(&text::LOCK)}
            </button>
            <p id="lock-hint" class="soft">{i18n.t(&text::LOCK_HINT)}</p>
        </div>
    }
}
