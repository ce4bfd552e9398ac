//! The home page: starting a call, or going to one.

use leptos::{ev::SubmitEvent, html, prelude::*};

use crate::ui::{
    dom::{self, Navigation},
    links::{self, RoomInputError},
    pages::facts::PageFacts,
    pages::frame::Frame,
    parts::icons::{Glyph, Icon, hero},
    reactive::{Derived, State, effect},
    text::{Text, home as text, i18n::I18n},
};

/// `/`
#[component]
pub fn HomePage() -> impl IntoView {
    let i18n = I18n::from_context();
    view! {
        <Frame title=Derived::new(move || i18n.get(&text::TAGLINE).to_owned()) class="page home">
            <section class="hero">
                <div class="hero-words">
                    <h1>{i18n.t(&text::HEADLINE)}</h1>
                    <p class="lead">{i18n.t(&text::LEAD)}</p>
                    <Start/>
                </div>
                {hero()}
            </section>
            <ul class="points">
                <li>{i18n.t(&text::POINT_LINK)}</li>
                <li>{i18n.t(&text::POINT_PRIVATE)}</li>
                <li>{i18n.t(&text::POINT_SURVIVES)}</li>
            </ul>
            <OtherDevices/>
        </Frame>
    }
}

/// An error of a form.
type Problem = State<Option<&'static Text>>;

/// Two forms. Submitted before the client has taken over, they load this page with a query, and the client
/// continues from there.
#[component]
fn Start() -> impl IntoView {
    let problem = State::new(None);
    effect(move || {
        if dom::query("new").is_some() {
            go_to_new_room(problem, Navigation::Replace);
        } else if let Some(room) = dom::query("room") {
            go_to_room(&room, problem, Navigation::Replace);
        }
    });
    view! {
        <div class="start">
            <NewCallForm problem/>
            <RoomForm problem/>
        </div>
    }
}

fn go_to_room(input: &str, problem: Problem, how: Navigation) {
    match links::room_from_input(input, &dom::host()) {
        Ok(room) => dom::go(&links::room_path(&room), how),
        Err(RoomInputError::BadRoom) => problem.set(Some(&text::BAD_ROOM_INPUT)),
        Err(RoomInputError::OtherServer) => problem.set(Some(&text::OTHER_SERVER)),
    }
}

fn go_to_new_room(problem: Problem, how: Navigation) {
    match dom::random_bytes().map(links::name_from_random) {
        Some(name) => go_to_room(&name, problem, how),
        None => problem.set(Some(&text::NO_RANDOM)),
    }
}

#[component]
fn NewCallForm(problem: Problem) -> impl IntoView {
    let i18n = I18n::from_context();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        go_to_new_room(problem, Navigation::Push);
    };
    view! {
        <form action="/" method="get" on:submit=submit>
            <button class="button primary large" type="submit" name="new" value="1" data-testid="new-call">
                <Glyph icon=Icon::Camera/>
                {i18n.t(&text::NEW_CALL)}
            </button>
        </form>
    }
}

#[component]
fn RoomForm(problem: Problem) -> impl IntoView {
    let i18n = I18n::from_context();
    let field = NodeRef::<html::Input>::new();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else { return };
        go_to_room(&field.value(), problem, Navigation::Push);
        if problem.get_untracked().is_some() {
            dom::focus(&field);
        }
    };
    view! {
        <form class="room-form" action="/" method="get" novalidate on:submit=submit>
            <label for="room">{i18n.t(&text::OR_JOIN)}</label>
            <div class="field-row">
                <input
                    id="room"
                    name="room"
                    type="text"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    data-testid="room-input"
                    node_ref=field
                    aria-describedby="room-problem"
                    aria-invalid=move || problem.with(Option::is_some).to_string()
                    placeholder=i18n.t(&text::ROOM_FIELD)
                    on:input=move |_| problem.set(None)
                />
                <button class="button" type="submit" data-testid="go">
                    {i18n.t(&text::GO)}
                    <Glyph icon=Icon::Arrow/>
                </button>
            </div>
            <p id="room-problem" class="field-problem" role="alert">
                {move || problem.get().map(|text| i18n.get(text))}
            </p>
        </form>
    }
}

#[component]
fn OtherDevices() -> impl IntoView {
    let i18n = I18n::from_context();
    let addresses = use_context::<PageFacts>().unwrap_or_default().addresses;
    (!addresses.is_empty()).then(|| {
        view! {
            <aside class="other-devices">
                <p>{i18n.t(&text::OTHER_DEVICES)}</p>
                <ul>
                    {addresses.into_iter().map(|a| view! { <li><code>{a}</code></li> }).collect_view()}
                </ul>
                <p class="soft">{i18n.t(&text::OTHER_DEVICES_HTTPS)}</p>
            </aside>
        }
    })
}
