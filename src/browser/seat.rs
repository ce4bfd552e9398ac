//! Keeps this tab's seat and switched-off devices across a reload, and hides the seat from a duplicated tab.
//!
//! A reload keeps `sessionStorage`, but so does "duplicate tab". A Web Lock on the tab's own id tells them
//! apart: after a reload the old page has released it, in a duplicate the twin still holds it.

use std::{cell::RefCell, rc::Rc};

use gloo_timers::future::TimeoutFuture;
use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::{
    js::{self, LockManager},
    storage,
};
use crate::{
    call::{DeviceKind, follows_page},
    protocol::{ResumeToken, RoomName, VisitId},
};

const TAB_KEY: &str = "halloo.tab";
/// The name of the room follows.
const SEAT_KEY: &str = "halloo.seat.";
/// Shared by all tabs: the id of the one that last took a seat, a space, and the room.
const CALL_KEY: &str = "halloo.call";
/// The page before a reload may take a moment to release the lock. Unit: millisecond.
const LOCK_RETRY_MS: u32 = 50;
const LOCK_ATTEMPTS: u32 = 4;
/// The same where a page has just gone away: then this is almost certainly a reload.
const LOCK_ATTEMPTS_AFTER_PAGE: u32 = 40;
/// When the last page went away, in milliseconds since 1970. Absent while a page lives.
const GONE_KEY: &str = "halloo.gone";
/// A screen is shared.
const SHARING_KEY: &str = "halloo.sharing";

/// The seats of this tab, and the lock on its id for as long as this lives.
pub(super) struct SeatStore {
    lock: Rc<RefCell<Option<TabLock>>>,
    /// How long ago the last page of this tab went away.
    away_ms: Option<u64>,
}

impl SeatStore {
    /// Reads what this tab keeps.
    pub(super) fn open() -> Self {
        let gone = storage::kept(GONE_KEY).and_then(|gone| gone.parse().ok());
        storage::keep(GONE_KEY, None);
        Self { lock: Rc::default(), away_ms: gone.and_then(|gone| wall_clock_ms().checked_sub(gone)) }
    }

    /// The page goes away.
    pub(super) fn leave_page(&self) {
        storage::keep(GONE_KEY, Some(&wall_clock_ms().to_string()));
    }

    /// How long ago the last page of this tab went away, if it is known. Unit: millisecond.
    pub(super) fn away_ms(&self) -> Option<u64> {
        self.away_ms
    }

    /// Whether a seat in this room was stored and not given up.
    pub(super) fn has_seat(&self, room: &RoomName) -> bool {
        storage::kept(&seat_key(room)).is_some()
    }

    /// The seat this tab had in a room before it was reloaded. `None` at once if it had none: then nobody has
    /// to wait for the lock.
    pub(super) fn claim(
        &self,
        room: &RoomName,
    ) -> Option<impl Future<Output = Option<ResumeToken>> + 'static> {
        let successor = follows_page(self.away_ms);
        let may_be_twin = !successor && locks().is_none();
        if !self.has_seat(room) || may_be_twin {
            self.begin_anew();
            return None;
        }
        let (lock, key) = (Rc::clone(&self.lock), seat_key(room));
        let attempts = if successor { LOCK_ATTEMPTS_AFTER_PAGE } else { LOCK_ATTEMPTS };
        Some(async move {
            if lock.borrow().is_none() {
                let taken = lock_tab(attempts).await;
                lock.replace(taken);
            }
            storage::kept(&key)?.parse().ok()
        })
    }

    /// Gives this tab an id that no twin can have, and forgets seats that a twin may have left.
    fn begin_anew(&self) {
        if self.lock.borrow().is_some() {
            return;
        }
        storage::remove_kept(SEAT_KEY);
        // Synchronously: if the page has joined already, `store` follows in this same step.
        let id = keep_new_id();
        let lock = Rc::clone(&self.lock);
        spawn_local(async move {
            let taken = lock_id(&id).await;
            lock.replace(taken);
        });
    }

    /// Stores a seat. If that fails the seat is lost at a reload, and nothing now.
    pub(super) fn store(&self, room: &RoomName, token: &ResumeToken) {
        storage::keep(&seat_key(room), Some(token.as_str()));
        if let Some(id) = storage::kept(TAB_KEY) {
            storage::share(CALL_KEY, &[id.as_str(), " ", room.as_str()].concat());
        }
    }

    pub(super) fn forget(&self, room: &RoomName) {
        storage::keep(&seat_key(room), None);
        // Another tab may have written its own since.
        let own = storage::kept(TAB_KEY).map(|id| [id.as_str(), " ", room.as_str()].concat());
        if own.is_some() && storage::shared(CALL_KEY) == own {
            storage::share(CALL_KEY, "");
        }
    }
}

/// Whether another tab of this browser is in the call in this room. A tab that was closed holds no lock.
pub async fn is_in_call_elsewhere(room: RoomName) -> bool {
    let in_call = async {
        let call = storage::shared(CALL_KEY)?;
        let (id, _) = call.split_once(' ').filter(|(_, of)| *of == room.as_str())?;
        let state = JsFuture::from(locks()?.query()).await.ok()?;
        let held = js::member(&state, "held")?.dyn_into::<js_sys::Array>().ok()?;
        let name = JsValue::from(tab_lock(id));
        Some(held.iter().any(|lock| js::member(&lock, "name").as_ref() == Some(&name)))
    };
    in_call.await.unwrap_or(false)
}

/// Keeps whether a device was switched off.
pub(super) fn store_switch(kind: DeviceKind, on: bool) {
    storage::keep(switch_key(kind), (!on).then_some("off"));
}

/// The devices that were switched off in this tab.
pub(super) fn switched_off() -> Vec<DeviceKind> {
    DeviceKind::BOTH.into_iter().filter(|kind| storage::kept(switch_key(*kind)).is_some()).collect()
}

/// Keeps whether a screen is shared for the next page of this tab.
pub(super) fn store_sharing(on: bool) {
    storage::keep(SHARING_KEY, on.then_some("on"));
}

/// Whether the last page of this tab shared a screen.
pub(super) fn was_sharing() -> bool {
    storage::kept(SHARING_KEY).is_some()
}

const fn switch_key(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Microphone => "halloo.microphone",
        DeviceKind::Camera => "halloo.camera",
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
async fn lock_tab(attempts: u32) -> Option<TabLock> {
    let locks = locks()?;
    if let Some(id) = storage::kept(TAB_KEY) {
        for attempt in 0..attempts {
            if attempt > 0 {
                TimeoutFuture::new(LOCK_RETRY_MS).await;
            }
            if let Some(lock) = TabLock::take(&locks, &id).await {
                return Some(lock);
            }
        }
        storage::remove_kept(SEAT_KEY);
    }
    lock_id(&keep_new_id()).await
}

/// Gives this tab another id.
fn keep_new_id() -> String {
    let id = format!("{:016x}", (js_sys::Math::random() * 2_f64.powi(64)) as u64);
    storage::keep(TAB_KEY, Some(&id));
    id
}

async fn lock_id(id: &str) -> Option<TabLock> {
    TabLock::take(&locks()?, id).await
}

fn tab_lock(id: &str) -> String {
    format!("halloo-tab-{id}")
}

/// A Web Lock, held until dropped.
struct TabLock {
    release: Function,
    _callback: Closure<dyn FnMut(JsValue) -> JsValue>,
}

impl TabLock {
    /// Takes the lock if nobody has it.
    async fn take(locks: &LockManager, id: &str) -> Option<Self> {
        let mut release = None;
        let held = Promise::new(&mut |resolve, _| release = Some(resolve));
        let mut report = None;
        let reported = Promise::new(&mut |resolve, _| report = Some(resolve));
        let (release, report) = (release?, report?);
        // The lock lasts until the promise that the callback returns is settled.
        let callback = Closure::<dyn FnMut(JsValue) -> JsValue>::new(move |lock: JsValue| {
            let granted = !lock.is_null();
            let _ = report.call1(&JsValue::NULL, &granted.into());
            if granted { held.clone().into() } else { JsValue::NULL }
        });
        let options: JsValue = js::dictionary(&[("ifAvailable", true.into())]);
        let finished = locks.request(&tab_lock(id), &options, callback.as_ref().unchecked_ref()).ok()?;
        let granted = JsFuture::from(Promise::race(&js_sys::Array::of2(&reported, &finished))).await.ok()?;
        granted.is_truthy().then_some(Self { release, _callback: callback })
    }
}

impl Drop for TabLock {
    fn drop(&mut self) {
        let _ = self.release.call0(&JsValue::NULL);
    }
}

fn locks() -> Option<LockManager> {
    js::member(&web_sys::window()?.navigator(), "locks").map(JsCast::unchecked_into)
}

/// Milliseconds since 1970. Whole numbers: reading and writing others would cost the client 13 kB.
fn wall_clock_ms() -> u64 {
    js_sys::Date::now() as u64
}

/// Where this tab keeps its seat in a room, in `sessionStorage`.
pub fn seat_key(room: &RoomName) -> String {
    format!("{SEAT_KEY}{room}")
}
