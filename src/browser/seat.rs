//! Remembers this tab's seat across a reload, and keeps a duplicated tab from finding it.
//!
//! A reload keeps `sessionStorage`, but so does "duplicate tab". What tells them apart is a Web Lock on the tab's own
//! id: in a reload the old page has let go of it, in a duplicate the twin still holds it.

use std::{cell::RefCell, rc::Rc};

use gloo_timers::future::TimeoutFuture;
use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Storage;

use super::js::{self, LockManager};
use crate::protocol::{ResumeToken, RoomName, VisitId};

const TAB_KEY: &str = "halloo.tab";
/// The name of the room follows.
const SEAT_KEY: &str = "halloo.seat.";
/// The page before a reload may take a moment to let go. Unit: millisecond.
const LOCK_PAUSE_MS: u32 = 50;
const LOCK_TRIES: u32 = 4;
/// The same where a page has just gone: then it is nearly certain to be a reload.
const LOCK_TRIES_AFTER_PAGE: u32 = 40;
/// When the page before went away, in milliseconds since 1970. Not there while a page lives.
const GONE_KEY: &str = "halloo.gone";
/// How long after that its call is gone back into by itself; a tab that is opened again the next day is not. About as
/// long as the server keeps a seat. Unit: millisecond.
const RELOAD_MS: u64 = 30_000;

/// The seats of this tab, and the lock on its id for as long as this lives.
pub(super) struct Seats {
    lock: Rc<RefCell<Option<TabLock>>>,
    /// The tab's last page has just gone away: this is a reload, and no duplicate.
    follows_page: bool,
}

impl Seats {
    /// What this tab remembers.
    pub(super) fn open() -> Self {
        let gone = storage().and_then(|storage| {
            let gone = storage.get_item(GONE_KEY).ok()??.parse::<u64>().ok();
            let _ = storage.remove_item(GONE_KEY);
            gone
        });
        let follows_page =
            gone.and_then(|gone| wall_clock_ms().checked_sub(gone)).is_some_and(|ms| ms < RELOAD_MS);
        Self { lock: Rc::default(), follows_page }
    }

    /// The page goes away.
    pub(super) fn leave_page(&self) {
        if let Some(storage) = storage() {
            let _ = storage.set_item(GONE_KEY, &wall_clock_ms().to_string());
        }
    }

    /// Whether this tab's last page had a seat in this room and has just gone away.
    pub(super) fn was_reloaded_in(&self, room: &RoomName) -> bool {
        self.follows_page && self.is_remembered(room)
    }

    /// The seat this tab had in a room before it was loaded anew. None at once if there was none: then nobody has to
    /// wait for the lock.
    pub(super) fn claim(
        &self,
        room: &RoomName,
    ) -> Option<impl Future<Output = Option<ResumeToken>> + 'static> {
        let may_be_twin = !self.follows_page && locks().is_none();
        if !self.is_remembered(room) || may_be_twin {
            self.begin_anew();
            return None;
        }
        let (lock, key) = (Rc::clone(&self.lock), seat_key(room));
        let tries = if self.follows_page { LOCK_TRIES_AFTER_PAGE } else { LOCK_TRIES };
        Some(async move {
            let storage = storage()?;
            if lock.borrow().is_none() {
                let taken = lock_tab(&storage, tries).await;
                lock.replace(taken);
            }
            storage.get_item(&key).ok()??.parse().ok()
        })
    }

    /// Gives this tab an id that no twin can have, and forgets seats that a twin may have left.
    fn begin_anew(&self) {
        let Some(storage) = storage().filter(|_| self.lock.borrow().is_none()) else { return };
        forget_seats(&storage);
        let lock = Rc::clone(&self.lock);
        spawn_local(async move {
            let taken = lock_new_id(&storage).await;
            lock.replace(taken);
        });
    }

    /// Whether a seat in this room was stored and not given up.
    fn is_remembered(&self, room: &RoomName) -> bool {
        storage().and_then(|storage| storage.get_item(&seat_key(room)).ok()?).is_some()
    }

    pub(super) fn store(&self, room: &RoomName, token: &ResumeToken) {
        if let Some(storage) = storage() {
            // A full or forbidden storage costs the seat after a reload, nothing now.
            let _ = storage.set_item(&seat_key(room), token.as_str());
        }
    }

    pub(super) fn forget(&self, room: &RoomName) {
        if let Some(storage) = storage() {
            let _ = storage.remove_item(&seat_key(room));
        }
    }
}

/// A name for a visit, which nobody can guess.
pub(super) fn new_visit() -> Option<VisitId> {
    let mut bytes = [0; 16];
    let crypto = web_sys::window()?.crypto().ok()?;
    crypto.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(VisitId::new(u128::from_be_bytes(bytes)))
}

/// Takes the lock on this tab's id. If a twin has it, this tab starts with an id and a memory of its own.
async fn lock_tab(storage: &Storage, tries: u32) -> Option<TabLock> {
    let locks = locks()?;
    if let Some(id) = storage.get_item(TAB_KEY).ok().flatten() {
        for attempt in 0..tries {
            if attempt > 0 {
                TimeoutFuture::new(LOCK_PAUSE_MS).await;
            }
            if let Some(lock) = TabLock::take(&locks, &id).await {
                return Some(lock);
            }
        }
        forget_seats(storage);
    }
    lock_new_id(storage).await
}

async fn lock_new_id(storage: &Storage) -> Option<TabLock> {
    let locks = locks()?;
    let id = format!("{:016x}", (js_sys::Math::random() * 2_f64.powi(64)) as u64);
    let _ = storage.set_item(TAB_KEY, &id);
    TabLock::take(&locks, &id).await
}

/// A Web Lock, held until dropped.
struct TabLock {
    let_go: Function,
    _callback: Closure<dyn FnMut(JsValue) -> JsValue>,
}

impl TabLock {
    /// Takes the lock if nobody has it.
    async fn take(locks: &LockManager, id: &str) -> Option<Self> {
        let mut let_go = None;
        let held = Promise::new(&mut |resolve, _| let_go = Some(resolve));
        let mut tell = None;
        let told = Promise::new(&mut |resolve, _| tell = Some(resolve));
        let (let_go, tell) = (let_go?, tell?);
        // The lock lasts until the promise that the callback returns is settled.
        let callback = Closure::<dyn FnMut(JsValue) -> JsValue>::new(move |lock: JsValue| {
            let granted = !lock.is_null();
            let _ = tell.call1(&JsValue::NULL, &granted.into());
            if granted { held.clone().into() } else { JsValue::NULL }
        });
        let options = js_sys::Object::new();
        js::set_member(&options, "ifAvailable", &true.into());
        let name = format!("halloo-tab-{id}");
        let finished = locks.request(&name, &options, callback.as_ref().unchecked_ref()).ok()?;
        let told = JsFuture::from(Promise::race(&js_sys::Array::of2(&told, &finished))).await.ok()?;
        told.is_truthy().then_some(Self { let_go, _callback: callback })
    }
}

impl Drop for TabLock {
    fn drop(&mut self) {
        let _ = self.let_go.call0(&JsValue::NULL);
    }
}

fn locks() -> Option<LockManager> {
    js::member(&web_sys::window()?.navigator(), "locks").map(JsCast::unchecked_into)
}

fn storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

/// Forgets the seats of all rooms, and nothing else.
fn forget_seats(storage: &Storage) {
    let count = storage.length().unwrap_or_default();
    let keys: Vec<_> = (0..count).filter_map(|i| storage.key(i).ok()?).collect();
    for key in keys.iter().filter(|key| key.starts_with(SEAT_KEY)) {
        let _ = storage.remove_item(key);
    }
}

/// Milliseconds since 1970. Whole numbers: reading and writing others would cost the client 13 kB.
fn wall_clock_ms() -> u64 {
    js_sys::Date::now() as u64
}

/// Where this tab keeps its seat in a room, in `sessionStorage`.
pub fn seat_key(room: &RoomName) -> String {
    format!("{SEAT_KEY}{room}")
}
