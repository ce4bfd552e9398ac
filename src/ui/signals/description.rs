//! A session description in its sections. The line with the focus is explained.

use leptos::{ev::KeyboardEvent, prelude::*};

use crate::{
    call::signals::sdp::{self, Line, Section},
    ui::{
        dom,
        reactive::State,
        text::{i18n::I18n, sdp as words, signals as text},
    },
};

/// Which line: section and number.
type Place = Option<(usize, usize)>;

/// A session description.
#[component]
pub fn Description(sdp: String) -> impl IntoView {
    let i18n = I18n::from_context();
    let chosen = State::new(Place::None);
    let sections = sdp::sections(&sdp);
    view! {
        <h4>{i18n.t(&text::DESCRIPTION)}</h4>
        <p class="soft">{i18n.t(&text::SDP_HINT)}</p>
        <div class="sdp" data-testid="sdp">
            {sections.into_iter().enumerate().map(|(at, section)| draw(at, section, chosen)).collect_view()}
        </div>
    }
}

fn draw(at: usize, section: Section, chosen: State<Place>) -> AnyView {
    let i18n = I18n::from_context();
    let Section { media, mid, lines } = section;
    let count = lines.len().to_string();
    let mid = mid.map(|mid| [" · mid ", &mid].concat());
    let title = move || media.clone().unwrap_or_else(|| i18n.get(&text::SESSION).to_owned());
    let on_key = move |event: KeyboardEvent| move_focus(&event);
    let draw_line = |(line, content)| row((at, line), content, chosen);
    view! {
        <details open data-testid="sdp-section">
            <summary>
                <strong>{title}</strong>
                {mid}
                <span class="soft">" · " {move || i18n.fill(&text::LINES, &count)}</span>
            </summary>
            <ul on:keydown=on_key>
                {lines.into_iter().enumerate().map(draw_line).collect_view()}
            </ul>
        </details>
    }
    .into_any()
}

fn row(place: (usize, usize), line: Line, chosen: State<Place>) -> AnyView {
    let is_chosen = move || chosen.get() == Some(place);
    // One stop for the Tab key in each section.
    let is_stop = move || match chosen.get() {
        Some((section, at)) if section == place.0 => at == place.1,
        Some(_) | None => place.1 == 0,
    };
    let text = line.text.clone();
    let explained = move || is_chosen().then(|| view! { <Explained line=line.clone()/> }.into_any());
    view! {
        <li>
            <button
                type="button"
                data-testid="sdp-line"
                aria-expanded=move || is_chosen().to_string()
                tabindex=move || if is_stop() { "0" } else { "-1" }
                on:focus=move |_| chosen.set(Some(place))
                on:click=move |_| chosen.set(Some(place))
            >
                {text}
            </button>
            {explained}
        </li>
    }
    .into_any()
}

/// What a line means, and its parts.
#[component]
pub fn Explained(line: Line) -> impl IntoView {
    let i18n = I18n::from_context();
    let reference = line.topic.reference().map(|reference| {
        let (rfc, section) = (reference.rfc.to_string(), reference.section);
        let link = ["https://www.rfc-editor.org/rfc/rfc", &rfc, ".html#section-", section].concat();
        view! {
            <a href=link target="_blank" rel="noopener noreferrer">
                {["RFC ", &rfc, " § ", section].concat()}
            </a>
        }
    });
    let fields = (line.fields.len() > 1).then(|| {
        let field = |(field, value): (sdp::Field, String)| {
            view! {
                <dt>{i18n.t(words::field(field))}</dt>
                <dd>{value}</dd>
            }
        };
        view! { <dl>{line.fields.into_iter().map(field).collect_view()}</dl> }
    });
    view! {
        <div class="explained" role="note" data-testid="explained">
            <p>{i18n.t(words::about(line.topic))} " " {reference}</p>
            {fields}
        </div>
    }
}

/// Up and down go from line to line.
fn move_focus(event: &KeyboardEvent) {
    let sideways = match event.key().as_str() {
        "ArrowDown" => dom::Sibling::Next,
        "ArrowUp" => dom::Sibling::Previous,
        _ => return,
    };
    // Otherwise the rows around take the keys.
    event.stop_propagation();
    event.prevent_default();
    dom::focus_sibling_button("li", sideways);
}
