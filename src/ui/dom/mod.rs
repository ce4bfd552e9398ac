//! Small things asked of the browser. Entered only in a browser: in effects, event handlers, and components that exist
//! only within a call.

use std::{future::Future, sync::Arc};

use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlDocument, HtmlElement, HtmlInputElement, HtmlVideoElement, Storage, UrlSearchParams};

use crate::ui::links::{self, NAME_CHARS};

/// Reads an attribute of `<html>`.
pub fn root_attribute(name: &str) -> Option<String> {
    document().document_element()?.get_attribute(name)
}

/// Sets an attribute of `<html>`.
pub fn set_root_attribute(name: &str, value: &str) {
    if let Some(root) = document().document_element() {
        // Fails only for names that are no attribute names; ours are literals.
        let _ = root.set_attribute(name, value);
    }
}

/// Sets the title of the window.
pub fn set_title(title: &str) {
    document().set_title(title);
}

/// Empties the page.
pub fn clear_body() {
    if let Some(body) = document().body() {
        body.set_text_content(None);
    }
}

/// What stands in the fields of a page, by their ids, and which of them a person is in.
pub struct Typed {
    values: Vec<(String, String)>,
    focused: Option<String>,
}

/// What stands in the fields of this page.
pub fn typed() -> Typed {
    let filled = fields().filter(|field| !field.value().is_empty());
    Typed {
        values: filled.map(|field| (field.id(), field.value())).collect(),
        focused: document().active_element().map(|element| element.id()),
    }
}

/// Puts back what stood in the fields of the page that was here before.
pub fn type_again(typed: Typed) {
    for field in fields() {
        let id = field.id();
        if let Some((_, value)) = typed.values.iter().find(|(of, _)| *of == id) {
            field.set_value(value);
        }
        if typed.focused.as_ref() == Some(&id) {
            focus(&field);
        }
    }
}

fn fields() -> impl Iterator<Item = HtmlInputElement> {
    let list = document().query_selector_all("input[id]").ok();
    let count = list.as_ref().map_or(0, web_sys::NodeList::length);
    (0..count).filter_map(move |i| list.as_ref()?.item(i)?.dyn_into().ok())
}

/// The path of this page.
pub fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// A parameter of this page's address.
pub fn query(name: &str) -> Option<String> {
    let search = window().location().search().ok()?;
    UrlSearchParams::new_with_str(&search).ok()?.get(name)
}

/// Host and port of this server, as in its links.
pub fn host() -> String {
    window().location().host().unwrap_or_default()
}

/// What becomes of this page when another is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Going {
    /// It can be gone back to.
    On,
    /// The other takes its place in the history.
    Instead,
}

/// Opens another page of this site.
pub fn go(path: &str, how: Going) {
    let location = window().location();
    // Fails only for addresses that are none.
    let _ = match how {
        Going::On => location.assign(path),
        Going::Instead => location.replace(path),
    };
}

/// Writes a cookie for this site that lasts a year.
pub fn set_cookie(name: &str, value: &str) {
    let page: HtmlDocument = document().unchecked_into();
    // A browser that refuses cookies only forgets the choice.
    let _ = page.set_cookie(&format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax"));
}

/// Reads a remembered value. Storage may be switched off: then there is none.
pub fn remembered(key: &str) -> Option<String> {
    storage()?.get_item(key).ok()?
}

/// Remembers a value, if the browser lets us.
pub fn remember(key: &str, value: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(key, value);
    }
}

/// Reads what this tab keeps across a reload.
pub fn kept(key: &str) -> Option<String> {
    window().session_storage().ok()??.get_item(key).ok()?
}

/// Keeps a value for as long as this tab lives, or no longer.
pub fn keep(key: &str, value: Option<&str>) {
    let Ok(Some(storage)) = window().session_storage() else { return };
    // A tab that may not keep anything forgets it with the page.
    let _ = match value {
        Some(value) => storage.set_item(key, value),
        None => storage.remove_item(key),
    };
}

fn storage() -> Option<Storage> {
    window().local_storage().ok()?
}

/// A fresh, unguessable room name.
pub fn random_room_name() -> Option<String> {
    let mut random = [0; NAME_CHARS];
    window().crypto().ok()?.get_random_values_with_u8_array(&mut random).ok()?;
    Some(links::name_from_random(random))
}

/// The address that leads another person to this path.
pub fn absolute_link(path: &str) -> String {
    let origin = window().location().origin().unwrap_or_default();
    format!("{origin}{path}")
}

/// Puts the keyboard focus on an element.
pub fn focus(element: &HtmlElement) {
    // Fails only for elements that left the page.
    let _ = element.focus();
}

/// Copies a text, and says whether that worked. Without a secure origin there is no clipboard interface; then the old
/// command copies what is selected in `field`.
pub fn copy_text(text: Arc<str>, field: Option<HtmlInputElement>) -> impl Future<Output = bool> + 'static {
    let navigator = window().navigator();
    let offered = Reflect::get(&navigator, &JsValue::from_str("clipboard")).is_ok_and(|c| !c.is_undefined());
    let written = offered.then(|| navigator.clipboard().write_text(&text));
    async move {
        if let Some(written) = written
            && JsFuture::from(written).await.is_ok()
        {
            return true;
        }
        field.is_some_and(|field| copy_selected(&field))
    }
}

fn copy_selected(field: &HtmlInputElement) -> bool {
    field.select();
    let page: HtmlDocument = document().unchecked_into();
    page.exec_command("copy").unwrap_or(false)
}

/// Whether a video that plays can be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sound {
    /// Yes, if it has any.
    Heard,
    /// The browser holds it back until somebody has touched the page.
    Blocked,
}

/// Plays a video, silently if the browser does not let it sound.
pub async fn play(video: &HtmlVideoElement) -> Sound {
    if !play_was_refused(video).await {
        return Sound::Heard;
    }
    video.set_muted(true);
    play_was_refused(video).await;
    Sound::Blocked
}

async fn play_was_refused(video: &HtmlVideoElement) -> bool {
    let Ok(playing) = video.play() else { return false };
    match JsFuture::from(playing).await {
        Ok(_) => false,
        Err(error) => error.dyn_ref::<web_sys::DomException>().is_some_and(|e| e.name() == "NotAllowedError"),
    }
}

/// Lets every remote video be heard; called from a click, so the browser lets the sound through.
pub fn unmute_remote_videos() {
    let Ok(videos) = document().query_selector_all("video[data-testid=remote-video]") else { return };
    for i in 0..videos.length() {
        if let Some(video) = videos.item(i).and_then(|node| node.dyn_into::<HtmlVideoElement>().ok()) {
            video.set_muted(false);
            leptos::task::spawn_local(async move {
                play(&video).await;
            });
        }
    }
}

/// Whether a key press is meant for a text field or a list rather than for the page.
pub fn is_typing(event: &web_sys::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "SELECT" | "TEXTAREA"))
}
