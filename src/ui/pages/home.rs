//! The home page: a new call, or a call that somebody else has made.

use leptos::{ev::SubmitEvent, html, prelude::*};

use crate::ui::{
    dom::{self, Going},
    links::{self, NoWay},
    pages::facts::PageFacts,
    pages::frame::Frame,
    parts::icons::{Glyph, Hero, Icon},
    text::Texts,
    text::language::Speech,
};

/// `/`
#[component]
pub fn HomePage() -> impl IntoView {
    let speech = Speech::from_context();
    view! {
        <Frame title=Signal::derive(move || speech.texts().tagline.to_owned()) class="page home">
            <section class="hero">
                <div class="hero-words">
                    <h1>{speech.say(|t| t.headline)}</h1>
                    <p class="lead">{speech.say(|t| t.lead)}</p>
                    <Start/>
                </div>
                <Hero/>
            </section>
            <ul class="points">
                <li>{speech.say(|t| t.point_link)}</li>
                <li>{speech.say(|t| t.point_private)}</li>
                <li>{speech.say(|t| t.point_survives)}</li>
            </ul>
            <OtherDevices/>
        </Frame>
    }
}

/// What went wrong with a form, in the language of the page.
type Problem = RwSignal<Option<fn(&Texts) -> &'static str>>;

/// Two forms that also work before the client has taken over: then the browser comes back to this page with a query,
/// and the client goes on from there.
#[component]
fn Start() -> impl IntoView {
    let problem = Problem::new(None);
    Effect::new(move |_| {
        if dom::query("new").is_some() {
            go_to_new_room(problem, Going::Instead);
        } else if let Some(room) = dom::query("room") {
            go_to_room(&room, problem, Going::Instead);
        }
    });
    view! {
        <div class="start">
            <NewCallForm problem/>
            <RoomForm problem/>
        </div>
    }
}

fn go_to_room(input: &str, problem: Problem, how: Going) {
    match links::room_from_input(input, &dom::host()) {
        Ok(room) => dom::go(&links::room_path(&room), how),
        Err(NoWay::BadRoom) => problem.set(Some(|t| t.bad_room_input)),
        Err(NoWay::OtherServer) => problem.set(Some(|t| t.other_server)),
    }
}

fn go_to_new_room(problem: Problem, how: Going) {
    match dom::random_room_name() {
        Some(name) => go_to_room(&name, problem, how),
        None => problem.set(Some(|t| t.no_random)),
    }
}

#[component]
fn NewCallForm(problem: Problem) -> impl IntoView {
    let speech = Speech::from_context();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        go_to_new_room(problem, Going::On);
    };
    view! {
        <form action="/" method="get" on:submit=submit>
            <button class="button primary large" type="submit" name="new" value="1" data-testid="new-call">
                <Glyph icon=Icon::Camera/>
                {speech.say(|t| t.new_call)}
            </button>
        </form>
    }
}

#[component]
fn RoomForm(problem: Problem) -> impl IntoView {
    let speech = Speech::from_context();
    let field = NodeRef::<html::Input>::new();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else { return };
        go_to_room(&field.value(), problem, Going::On);
        if problem.with_untracked(Option::is_some) {
            dom::focus(&field);
        }
    };
    view! {
        <form class="room-form" action="/" method="get" novalidate on:submit=submit>
            <label for="room">{speech.say(|t| t.or_join)}</label>
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
                    placeholder=speech.say(|t| t.room_field)
                    on:input=move |_| problem.set(None)
                />
                <button class="button" type="submit" data-testid="go">
                    {speech.say(|t| t.go)}
                    <Glyph icon=Icon::Arrow/>
                </button>
            </div>
            <p id="room-problem" class="field-problem" role="alert">
                {move || problem.get().map(|pick| pick(speech.texts()))}
            </p>
        </form>
    }
}

#[component]
fn OtherDevices() -> impl IntoView {
    let speech = Speech::from_context();
    let addresses = use_context::<PageFacts>().unwrap_or_default().carried.addresses;
    (!addresses.is_empty()).then(|| {
        view! {
            <aside class="other-devices">
                <p>{speech.say(|t| t.other_devices)}</p>
                <ul>
                    {addresses.into_iter().map(|a| view! { <li><code>{a}</code></li> }).collect_view()}
                </ul>
                <p class="soft">{speech.say(|t| t.other_devices_https)}</p>
            </aside>
        }
    })
}
