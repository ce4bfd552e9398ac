//! What an entry contains, explained.

use leptos::prelude::*;

use super::{
    description::{Description, Explained},
    view_model::ViewModel,
    words,
};
use crate::{
    call::signals::{Entry, Event, Json, Level, Message, Redactor, sdp},
    ui::{
        parts::switch::Switch,
        text::{i18n::I18n, signals as text},
    },
};

/// The content of an entry.
#[component]
pub fn Detail(model: ViewModel, entry: Entry) -> impl IntoView {
    let i18n = I18n::from_context();
    let about = words::about(&entry);
    let content = match entry.event {
        Event::Message(message) => view! { <Content model message/> }.into_any(),
        Event::State(_) => ().into_any(),
    };
    view! {
        <div class="signal-detail" data-testid="signal-detail">
            <p>{i18n.t(about)}</p>
            {content}
        </div>
    }
}

#[component]
fn Content(model: ViewModel, message: Message) -> impl IntoView {
    let i18n = I18n::from_context();
    let unknown = (!message.known).then(|| view! { <p class="soft">{i18n.t(&text::UNKNOWN_MESSAGE)}</p> });
    let content = match message.json() {
        Some(json) => readable(model, json),
        // Foreign text, as it is.
        None if message.text.is_empty() => view! { <p class="soft">{i18n.t(&text::NO_JSON)}</p> }.into_any(),
        None => view! { <pre tabindex="0">{message.text.to_string()}</pre> }.into_any(),
    };
    view! {
        {unknown}
        {content}
    }
}

/// JSON with a line for each member, and what is within it.
fn readable(model: ViewModel, json: Json) -> AnyView {
    let i18n = I18n::from_context();
    let signal = json.get("signal");
    let inner = |name| signal.and_then(|signal| signal.text_of(name)).map(str::to_owned);
    let description = inner("sdp").filter(|text| sdp::is_description(text));
    let candidate = inner("candidate").filter(|text| sdp::is_candidate(text));
    let has_description = description.is_some();
    let has_credentials = Redactor::new(Level::Credentials).redact(&json) != json;
    let shown = move || {
        let json =
            if has_description { without_description(&json, i18n.get(&text::BELOW)) } else { json.clone() };
        if model.secrets.get() {
            json.pretty()
        } else {
            Redactor::new(Level::Credentials).redact(&json).pretty()
        }
    };
    let secrets = has_credentials.then(|| {
        view! {
            <Switch
                on=model.secrets
                label=&text::SHOW_SECRETS
                hint=&text::SHOW_SECRETS_HINT
                test_id="show-credentials"
            />
        }
    });
    view! {
        {candidate.map(|text| view! { <Explained line=sdp::Line::read(&text)/> })}
        // Scrolls by keyboard.
        <pre tabindex="0" aria-label=i18n.t(&text::CONTENT) role="region" data-testid="signal-content">
            {shown}
        </pre>
        {secrets}
        {description.map(|sdp| view! { <Description sdp/> })}
    }
    .into_any()
}

/// The description stands below, by itself.
fn without_description(json: &Json, words: &str) -> Json {
    let Json::Object(members) = json else { return json.clone() };
    let member = |(name, value): &(String, Json)| {
        let value = match (name.as_str(), value) {
            ("signal", Json::Object(_)) => without_description(value, words),
            ("sdp", _) => Json::text(words),
            _ => value.clone(),
        };
        (name.clone(), value)
    };
    Json::Object(members.iter().map(member).collect())
}
