//! Files of this page in the file system of this site (WHATWG File System).
//!
//! A page holds a lock (W3C Web Locks) for as long as it lives, whose name its files have. A file whose page
//! holds no lock is removed by the next page that is in a call: nothing runs reliably when a page ends.

use std::cell::RefCell;

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::browser::{
    js::{self, member},
    random::random,
};

/// The folder in the file system of this site.
const FOLDER: &str = "halloo-files";
/// What the names of locks begin with. The name of the page follows.
const LOCK: &str = "halloo-files.";

thread_local! {
    /// This page, once it has made a file.
    static PAGE: RefCell<Option<Page>> = const { RefCell::new(None) };
}

/// A page that holds a lock.
struct Page {
    name: String,
    _reader: JsValue,
}

/// A new file.
pub(super) struct PrivateFile {
    /// Its `FileSystemFileHandle`.
    pub(super) handle: JsValue,
    /// The `FileSystemDirectoryHandle` of its folder.
    pub(super) folder: JsValue,
    /// Its name there.
    pub(super) name: String,
}

/// Returns whether this browser has both.
pub(super) fn is_supported() -> bool {
    let manager = navigator("storage");
    manager.is_some_and(|manager| member(&manager, "getDirectory").is_some()) && navigator("locks").is_some()
}

/// Makes a file.
pub(super) async fn create() -> Result<PrivateFile, JsValue> {
    let page = own_name()?;
    let folder = folder().await?;
    // Without an ending, by which the browser would guess a type.
    let name = format!("{page}-{:032x}", random().unwrap_or_default());
    let handle = call(&folder, "getFileHandle", &[name.as_str().into(), creating()]).await?;
    Ok(PrivateFile { handle, folder, name })
}

/// Removes the files of pages that are gone.
pub(super) async fn sweep() -> Result<(), JsValue> {
    if !is_supported() {
        return Ok(());
    }
    let folder = folder().await?;
    let names = names_in(&folder).await?;
    // After the names: a page asks for its lock before it makes a file.
    let locks = call(&navigator("locks").unwrap_or_default(), "query", &[]).await?;
    let named = |state: &str| Array::from(&member(&locks, state).unwrap_or_default());
    let held: Vec<_> = named("held")
        .iter()
        .chain(named("pending").iter())
        .filter_map(|lock| member(&lock, "name")?.as_string())
        .collect();
    for name in names {
        let page = name.split('-').next().unwrap_or_default();
        if !held.contains(&[LOCK, page].concat()) {
            // What cannot be removed stays for another time.
            let _ = call(&folder, "removeEntry", &[name.into()]).await;
        }
    }
    Ok(())
}

/// Calls a method that returns a promise.
pub(super) fn promise(object: &JsValue, method: &str, arguments: &[JsValue]) -> Result<Promise, JsValue> {
    Ok(js::promise(js::invoke(object, method, arguments)?))
}

/// Calls a method that returns a promise, and waits for it.
pub(super) async fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    JsFuture::from(promise(object, method, arguments)?).await
}

async fn folder() -> Result<JsValue, JsValue> {
    let root = call(&navigator("storage").unwrap_or_default(), "getDirectory", &[]).await?;
    call(&root, "getDirectoryHandle", &[FOLDER.into(), creating()]).await
}

async fn names_in(folder: &JsValue) -> Result<Vec<String>, JsValue> {
    let iterator = js::invoke(folder, "keys", &[])?;
    let mut names = Vec::new();
    loop {
        let next = call(&iterator, "next", &[]).await?;
        let Some(name) = member(&next, "value").and_then(|name| name.as_string()) else { break };
        names.push(name);
    }
    Ok(names)
}

/// Returns the name of this page, of which the page holds a lock from now on, or is about to.
fn own_name() -> Result<String, JsValue> {
    if let Some(page) = PAGE.with_borrow(|page| page.as_ref().map(|page| page.name.clone())) {
        return Ok(page);
    }
    let name = format!("{:032x}", random().unwrap_or_default());
    let class = web_sys::window().and_then(|window| member(&window, "ReadableStream")).unwrap_or_default();
    let stream = Reflect::construct(&class.unchecked_into::<Function>(), &Array::new())?;
    let reader = js::invoke(&stream, "getReader", &[])?;
    // Nothing comes of such a stream: its promise is never settled, and the lock goes with the page.
    let read =
        js::invoke(&member(&reader, "read").unwrap_or_default(), "bind", std::slice::from_ref(&reader))?;
    let lock = [LOCK, &name].concat();
    js::run(promise(&navigator("locks").unwrap_or_default(), "request", &[lock.into(), read])?);
    PAGE.set(Some(Page { name: name.clone(), _reader: reader }));
    Ok(name)
}

fn creating() -> JsValue {
    js::dictionary(&[("create", true.into())])
}

fn navigator(name: &str) -> Option<JsValue> {
    let window = web_sys::window().map(JsValue::from)?;
    member(&member(&window, "navigator")?, name)
}
