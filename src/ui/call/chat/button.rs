//! The button that opens the chat.

use leptos::{html, prelude::*};

use super::{handle::ChatHandle, icons};
use crate::ui::{
    call::panels::{Panel, Panels},
    dom,
    parts::icons::draw_path,
    reactive::{Derived, State, effect},
    text::{chat as text, i18n::I18n},
};

/// The panel of the chat, and whether it is open.
fn is_open(panels: Panels, panel: State<Panel>) -> Derived<bool> {
    Derived::new(move || panels.is_open() && panel.get() == Panel::Chat)
}

/// Opens the chat, or closes it.
fn toggle(panels: Panels, panel: State<Panel>, open: Derived<bool>) {
    if open.get_untracked() {
        return panels.toggle();
    }
    panel.set(Panel::Chat);
    if panels.is_open() {
        dom::focus_first("[data-testid=chat-input]");
    } else {
        panels.toggle();
    }
}

/// The button, with the number of unread messages. It is moved into the control bar, which is there before.
#[component]
pub fn ChatButton(chat: ChatHandle, panels: Panels, panel: State<Panel>) -> impl IntoView {
    let i18n = I18n::from_context();
    let button = NodeRef::<html::Button>::new();
    let open = is_open(panels, panel);
    let unread = chat.unread;
    effect(move || {
        if let Some(button) = button.get() {
            dom::put_before("[data-testid=open-people]", &button);
        }
    });
    on_cleanup(move || {
        if let Some(button) = button.try_get_untracked().flatten() {
            button.remove();
        }
    });
    view! {
        // Stays where it is while the button is elsewhere.
        <div hidden>
            <button
                type="button"
                class="control chat-button"
                data-testid="open-chat"
                data-unread=move || Some(unread.get()).filter(|count| *count > 0).map(in_short)
                aria-expanded=move || open.get().to_string()
                aria-label=move || label(i18n, unread.get())
                node_ref=button
                on:click=move |_| toggle(panels, panel, open)
            >
                {draw_path(icons::CHAT)}
                <span class="label">{i18n.t(&text::CHAT)}</span>
            </button>
        </div>
    }
}

/// Opens the chat, where the control bar has no room for the button.
#[component]
pub fn NarrowChatButton(
    chat: ChatHandle,
    panels: Panels,
    panel: State<Panel>,
    /// The popover in which it is.
    menu: &'static str,
) -> impl IntoView {
    let i18n = I18n::from_context();
    let open = is_open(panels, panel);
    view! {
        <button
            type="button"
            class="button narrow-chat"
            data-testid="open-chat-narrow"
            popovertarget=menu
            popovertargetaction="hide"
            on:click=move |_| toggle(panels, panel, open)
        >
            {move || label(i18n, chat.unread.get())}
        </button>
    }
}

fn label(i18n: I18n, unread: u32) -> String {
    match unread {
        0 => i18n.get(&text::CHAT).to_owned(),
        count => i18n.fill(&text::UNREAD, &count.to_string()),
    }
}

/// A number that fits into a mark.
fn in_short(count: u32) -> String {
    if count > 99 { "99+".to_owned() } else { count.to_string() }
}
