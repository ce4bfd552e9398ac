//! Files of this page in the file system of this site (WHATWG File System).
//!
//! A page holds a lock (W3C Web Locks) for as long as it lives, whose name its files have. A file whose page
//! holds no lock is removed by the next page that is in a call: nothing runs reliably when a page ends.

use std::cell::RefCell;

use js_sys::{Array, Function, Object, Promise};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

use crate::browser::{
    js::{self, member, set_member},
    random::random,
};

/// The folder in the file system of this site.
const FOLDER: &str = "halloo-files";
/// What the names of locks begin with. The name of the page follows.
const LOCK: &str = "halloo-files.";

thread_local! {
    /// The name of this page, once it holds its lock.
    static PAGE: RefCell<Option<String>> = const { RefCell::new(None) };
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
    let page = own_name().await?;
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
    // After the names: a page holds its lock before it makes a file.
    let locks = call(&navigator("locks").unwrap_or_default(), "query", &[]).await?;
    let held = Array::from(&member(&locks, "held").unwrap_or_default());
    let held: Vec<_> = held.iter().filter_map(|lock| member(&lock, "name")?.as_string()).collect();
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

/// Returns the name of this page, and waits until the page holds its lock.
async fn own_name() -> Result<String, JsValue> {
    if let Some(name) = PAGE.with_borrow(Clone::clone) {
        return Ok(name);
    }
    let name = format!("{:032x}", random().unwrap_or_default());
    let locks = navigator("locks").unwrap_or_default();
    let lock = JsValue::from([LOCK, &name].concat());
    let granted = Promise::new(&mut |resolve: Function, reject: Function| {
        let hold = Closure::once_into_js(move || {
            let _ = resolve.call0(&JsValue::UNDEFINED);
            // Never settled: the lock goes with the page.
            Promise::new(&mut |_, _| {})
        });
        if let Err(error) = js::invoke(&locks, "request", &[lock.clone(), hold]) {
            let _ = reject.call1(&JsValue::UNDEFINED, &error);
        }
    });
    JsFuture::from(granted).await?;
    // Two files at the same time may have made two names: the locks of both are held.
    PAGE.set(Some(name.clone()));
    Ok(name)
}

fn creating() -> JsValue {
    let options = Object::new();
    set_member(&options, "create", &true.into());
    options.unchecked_into()
}

fn navigator(name: &str) -> Option<JsValue> {
    let window = web_sys::window().map(JsValue::from)?;
    member(&member(&window, "navigator")?, name)
}
