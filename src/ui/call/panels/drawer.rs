//! The drawer: at the side of the stage, or over its lower part on phones.

use leptos::{ev::KeyboardEvent, html, prelude::*};

use super::{button::Panels, connections::Connections, invite::Invite, people::People};
use crate::{
    call::quality::Quality,
    ui::{
        call::stage::views::StageViews,
        dom,
        handle::CallHandle,
        parts::{
            icons::{Glyph, Icon},
            late::{Late, Part},
        },
        reactive::{State, effect},
        signals,
        text::{Text, i18n::I18n, panels as text, signals::SIGNALS},
    },
};

/// What the drawer shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Panel {
    People,
    Connections,
    Invite,
    Signals,
}

impl Panel {
    const ALL: [Self; 4] = [Self::People, Self::Connections, Self::Invite, Self::Signals];

    const fn name(self) -> &'static Text {
        match self {
            Self::People => &text::PEOPLE,
            Self::Connections => &text::CONNECTIONS,
            Self::Invite => &text::INVITE,
            Self::Signals => &SIGNALS,
        }
    }

    const fn test_id(self) -> &'static str {
        match self {
            Self::People => "tab-people",
            Self::Connections => "open-stats",
            Self::Invite => "open-invite",
            Self::Signals => "open-signals",
        }
    }

    /// The panel whose tab has the focus after this key (WAI-ARIA, pattern *tabs*).
    fn after(self, key: &str) -> Option<Self> {
        let (at, count) = (self as usize, Self::ALL.len());
        let to = match key {
            "ArrowRight" => (at + 1) % count,
            "ArrowLeft" => (at + count - 1) % count,
            "Home" => 0,
            "End" => count - 1,
            _ => return None,
        };
        Some(Self::ALL[to])
    }
}

/// The drawer, while it is open. It shows people first.
#[component]
pub fn Drawer(call: CallHandle, panels: Panels, quality: State<Quality>, stage: StageViews) -> impl IntoView {
    move || panels.is_open().then(|| view! { <Opened call panels quality stage/> }.into_any())
}

#[component]
fn Opened(call: CallHandle, panels: Panels, quality: State<Quality>, stage: StageViews) -> impl IntoView {
    let i18n = I18n::from_context();
    let panel = State::new(Panel::People);
    let title = NodeRef::<html::H2>::new();
    effect(move || {
        if let Some(title) = title.get() {
            dom::focus(&title);
        }
    });
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            panels.close();
        }
    };
    let content = move || match panel.get() {
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
                    on:click=move |_| panels.close()
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
                tabindex="0"
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_round_the_tabs() {
        assert_eq!(Panel::People.after("ArrowRight"), Some(Panel::Connections));
        assert_eq!(Panel::People.after("ArrowLeft"), Some(Panel::Signals));
        assert_eq!(Panel::Signals.after("ArrowRight"), Some(Panel::People));
        assert_eq!(Panel::Connections.after("End"), Some(Panel::Signals));
        assert_eq!(Panel::Connections.after("a"), None);
    }
}
