//! The drawer: at the side of the stage, or over its lower part on phones.

use leptos::{ev::KeyboardEvent, html, prelude::*};

use super::{button::Panels, connections::Connections, invite::Invite, panel::Panel, people::People};
use crate::{
    call::quality::Quality,
    ui::{
        call::{
            chat::{ChatHandle, ChatPanel},
            stage::views::StageViews,
        },
        dom,
        handle::CallHandle,
        parts::{
            icons::{Glyph, Icon},
            late::{Late, Part},
        },
        reactive::{State, effect},
        signals,
        text::{i18n::I18n, panels as text},
    },
};

const CHAT_INPUT: &str = "[data-testid=chat-input]";
const CHAT_BUTTON: &str = "[data-testid=open-chat]";

/// The drawer, while it is open. It shows people, unless it was opened for the chat.
#[component]
pub fn Drawer(
    call: CallHandle,
    panels: Panels,
    panel: State<Panel>,
    chat: ChatHandle,
    quality: State<Quality>,
    stage: StageViews,
) -> impl IntoView {
    move || panels.is_open().then(|| view! { <Opened call panels panel chat quality stage/> }.into_any())
}

#[component]
fn Opened(
    call: CallHandle,
    panels: Panels,
    panel: State<Panel>,
    chat: ChatHandle,
    quality: State<Quality>,
    stage: StageViews,
) -> impl IntoView {
    let i18n = I18n::from_context();
    let title = NodeRef::<html::H2>::new();
    let writes = panel.get_untracked() == Panel::Chat && !dom::points_with_finger();
    effect(move || match title.get() {
        Some(_) if writes => dom::focus_first(CHAT_INPUT),
        Some(title) => dom::focus(&title),
        None => {}
    });
    on_cleanup(move || panel.set(Panel::People));
    let close = move || {
        let chatted = panel.get_untracked() == Panel::Chat;
        panels.close();
        if chatted {
            dom::focus_first(CHAT_BUTTON);
        }
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            close();
        }
    };
    let content = move || match panel.get() {
        Panel::Chat => view! { <ChatPanel chat/> }.into_any(),
        Panel::People => view! { <People call quality stage/> }.into_any(),
        Panel::Connections => view! { <Connections call quality/> }.into_any(),
        Panel::Invite => view! { <Invite link=panels.link/> }.into_any(),
        Panel::Signals => view! { <Late part=Part::new(signals::draw_live) in_call=true/> }.into_any(),
    };
    view! {
        <aside
            class="drawer"
            data-testid="drawer"
            tabindex="-1"
            data-panel=move || panel.get().test_id()
            aria-labelledby="drawer-title"
            on:keydown=on_key
        >
            <div class="drawer-head">
                <h2 id="drawer-title" tabindex="-1" node_ref=title>{i18n.t(&text::PANELS)}</h2>
                <button
                    type="button"
                    class="drawer-close"
                    data-testid="close-drawer"
                    aria-label=i18n.t(&text::CLOSE)
                    on:click=move |_| close()
                >
                    <Glyph icon=Icon::Close/>
                </button>
            </div>
            <Tabs panel/>
            // Scrolls by keyboard, also where nothing in it can have the focus.
            <div
                class="drawer-body"
                id="drawer-body"
                role="tabpanel"
                data-panel=move || panel.get().test_id()
                tabindex=move || if panel.get() == Panel::Chat { "-1" } else { "0" }
                aria-label=move || i18n.get(panel.get().name())
            >
                {content}
            </div>
        </aside>
    }
}

/// The tabs: one stop for the Tab key, arrows go from one to the next.
#[component]
fn Tabs(panel: State<Panel>) -> impl IntoView {
    let i18n = I18n::from_context();
    let tabs = Panel::ALL.map(|_| NodeRef::<html::Button>::new());
    let on_key = move |event: KeyboardEvent| {
        let Some(next) = panel.get_untracked().after(&event.key()) else { return };
        event.prevent_default();
        panel.set(next);
        if let Some(tab) = tabs[next as usize].get_untracked() {
            dom::focus(&tab);
        }
    };
    let tab = move |this: Panel| {
        let is_chosen = move || panel.get() == this;
        view! {
            <button
                type="button"
                role="tab"
                data-testid=this.test_id()
                aria-selected=move || is_chosen().to_string()
                aria-controls="drawer-body"
                tabindex=move || if is_chosen() { "0" } else { "-1" }
                node_ref=tabs[this as usize]
                on:click=move |_| panel.set(this)
            >
                {i18n.t(this.name())}
            </button>
        }
        .into_any()
    };
    view! {
        <div class="tabs" role="tablist" aria-label=i18n.t(&text::PANELS) on:keydown=on_key>
            {Vec::from(Panel::ALL.map(tab))}
        </div>
    }
}
