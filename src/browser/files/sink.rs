//! Where a received file is written: to the memory of the page, to a file system of this site (WHATWG File
//! System), or where the person wants it (WICG File System Access).

use std::future::Future;

use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::private::{self, PrivateFile, call, promise};
use crate::{
    browser::js::{self, member},
    call::data::files::{Input, Key, Picture, Place, Storage},
};

/// How long a file stays after it is no longer shown: it may just be being saved. Unit: millisecond.
const LINGER_MS: u32 = 60_000;
/// What is saved is no document, whatever is in it.
const PLAIN: &str = "application/octet-stream";

/// Where this browser can write.
pub(super) fn storage() -> Storage {
    Storage { chosen: member(&window(), "showSaveFilePicker").is_some(), private: private::is_supported() }
}

/// A file that is being written, or is there.
pub(super) struct Sink {
    target: Target,
    /// The whole file, once it is there: a `Blob`.
    whole: Option<JsValue>,
    urls: Vec<(Option<Picture>, String)>,
}

enum Target {
    /// A list of what was written.
    Memory(Vec<JsValue>),
    File(FileTarget),
}

struct FileTarget {
    handle: JsValue,
    stream: JsValue,
    /// From where it is written: memory that was never used before takes the browser longer than writing.
    buffer: Uint8Array,
    /// The folder, and the name in it, if the file goes with the page.
    entry: Option<(JsValue, String)>,
}

impl FileTarget {
    fn new(handle: JsValue, stream: JsValue, entry: Option<(JsValue, String)>) -> Self {
        Self { handle, stream, buffer: Uint8Array::default(), entry }
    }

    fn write(&mut self, bytes: &[u8]) -> Option<Promise> {
        let length = bytes.len() as u32;
        if self.buffer.length() < length {
            self.buffer = Uint8Array::new_with_length(length);
        }
        let part = self.buffer.subarray(0, length);
        part.copy_from(bytes);
        promise(&self.stream, "write", &[part.into()]).ok()
    }
}

/// How opening a file went.
pub(super) enum Opened {
    Sink(Sink),
    /// The person does not want to say where.
    Dismissed,
    Failed,
}

/// Something that takes a while.
pub(super) enum Work {
    /// It is written already.
    Kept,
    Write(Option<Promise>),
    Close {
        promise: Option<Promise>,
        handle: JsValue,
        is_kept: bool,
    },
    Whole(JsValue),
}

/// What came of it.
pub(super) enum Done {
    Written,
    /// The whole file, if the page has it.
    Closed(Option<JsValue>),
    Failed,
}

impl Sink {
    /// Opens a file. Asks the person at once if that is needed.
    pub(super) fn open(place: Place, name: &str) -> impl Future<Output = Opened> + use<> {
        let asked = (place == Place::Chosen).then(|| ask(name));
        async move {
            match (place, asked) {
                (Place::Memory, _) => Opened::Sink(Self::new(Target::Memory(Vec::new()))),
                (_, None) => match open_private().await {
                    Ok(target) => Opened::Sink(Self::new(Target::File(target))),
                    Err(_) => Opened::Failed,
                },
                (_, Some(asked)) => match open_chosen(asked).await {
                    Ok(target) => Opened::Sink(Self::new(Target::File(target))),
                    Err(error) if js::error(&error).name == "AbortError" => Opened::Dismissed,
                    Err(_) => Opened::Failed,
                },
            }
        }
    }

    const fn new(target: Target) -> Self {
        Self { target, whole: None, urls: Vec::new() }
    }

    /// Writes bytes to the end. Not to be called before the last write is done.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Work {
        match &mut self.target {
            Target::Memory(parts) => {
                parts.push(Uint8Array::new_from_slice(bytes).into());
                Work::Kept
            }
            Target::File(file) => Work::Write(file.write(bytes)),
        }
    }

    /// Nothing more is to be written, and everything is.
    pub(super) fn close(&mut self) -> Work {
        match &mut self.target {
            Target::Memory(parts) => Work::Whole(blob(std::mem::take(parts))),
            Target::File(file) => {
                file.buffer = Uint8Array::default();
                Work::Close {
                    promise: promise(&file.stream, "close", &[]).ok(),
                    handle: file.handle.clone(),
                    is_kept: file.entry.is_some(),
                }
            }
        }
    }

    /// Takes in what came of it, and returns what to tell the core of this transfer.
    pub(super) fn settle(&mut self, key: Key, done: Done) -> Input {
        match done {
            Done::Written => Input::Written(key),
            Done::Closed(whole) => {
                self.whole = whole;
                Input::SinkFinished(key)
            }
            Done::Failed => Input::SinkFailed(key),
        }
    }

    /// The URL of the file, once it is there.
    pub(super) fn url(&mut self, picture: Option<Picture>) -> Option<String> {
        if let Some((_, url)) = self.urls.iter().find(|(kind, _)| *kind == picture) {
            return Some(url.clone());
        }
        let whole = self.whole.as_ref()?;
        // The type that the browser gives to a file comes from its name.
        let kind = picture.map_or(PLAIN, Picture::media_type);
        let typed = js::invoke(whole, "slice", &[0.into(), member(whole, "size")?, kind.into()]).ok()?;
        let url = url_method("createObjectURL", &typed)?.as_string()?;
        self.urls.push((picture, url.clone()));
        Some(url)
    }
}

impl Work {
    pub(super) async fn run(self) -> Done {
        match self {
            Self::Kept => Done::Written,
            Self::Write(promise) => {
                if is_fulfilled(promise).await {
                    Done::Written
                } else {
                    Done::Failed
                }
            }
            Self::Whole(whole) => Done::Closed(Some(whole)),
            Self::Close { promise, handle, is_kept } => {
                if !is_fulfilled(promise).await {
                    return Done::Failed;
                }
                if !is_kept {
                    return Done::Closed(None);
                }
                call(&handle, "getFile", &[]).await.map_or(Done::Failed, |file| Done::Closed(Some(file)))
            }
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let urls = std::mem::take(&mut self.urls);
        let is_there = self.whole.is_some();
        let Target::File(file) = &self.target else {
            return spawn_local(linger(urls, None));
        };
        if is_there {
            spawn_local(linger(urls, file.entry.clone()));
        } else if let Ok(aborted) = promise(&file.stream, "abort", &[]) {
            // Rejected for a file that is closed.
            let entry = file.entry.clone();
            spawn_local(async move {
                let _ = JsFuture::from(aborted).await;
                remove(entry);
            });
        }
    }
}

async fn linger(urls: Vec<(Option<Picture>, String)>, entry: Option<(JsValue, String)>) {
    if !urls.is_empty() {
        TimeoutFuture::new(LINGER_MS).await;
    }
    for (_, url) in urls {
        let _ = url_method("revokeObjectURL", &url.into());
    }
    remove(entry);
}

fn remove(entry: Option<(JsValue, String)>) {
    if let Some((folder, name)) = entry
        && let Ok(removed) = promise(&folder, "removeEntry", &[name.into()])
    {
        js::run(removed);
    }
}

fn ask(name: &str) -> Result<Promise, JsValue> {
    let options = js::dictionary(&[("suggestedName", name.into())]);
    promise(&window(), "showSaveFilePicker", &[options])
}

async fn open_chosen(asked: Result<Promise, JsValue>) -> Result<FileTarget, JsValue> {
    let handle = JsFuture::from(asked?).await?;
    let stream = call(&handle, "createWritable", &[]).await?;
    Ok(FileTarget::new(handle, stream, None))
}

async fn open_private() -> Result<FileTarget, JsValue> {
    let PrivateFile { handle, folder, name } = private::create().await?;
    let stream = call(&handle, "createWritable", &[]).await?;
    Ok(FileTarget::new(handle, stream, Some((folder, name))))
}

async fn is_fulfilled(promise: Option<Promise>) -> bool {
    match promise {
        Some(promise) => JsFuture::from(promise).await.is_ok(),
        None => false,
    }
}

fn window() -> JsValue {
    web_sys::window().map(JsValue::from).unwrap_or_default()
}

fn blob(parts: Vec<JsValue>) -> JsValue {
    let class = member(&window(), "Blob").and_then(|class| class.dyn_into::<Function>().ok());
    let made = class
        .and_then(|class| Reflect::construct(&class, &Array::of1(&parts.iter().collect::<Array>())).ok());
    made.unwrap_or_default()
}

fn url_method(name: &str, argument: &JsValue) -> Option<JsValue> {
    let class = member(&window(), "URL")?;
    js::invoke(&class, name, std::slice::from_ref(argument)).ok()
}
