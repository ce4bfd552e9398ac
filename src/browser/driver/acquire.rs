//! Devices and the screen: requested, given, put into use and given back.

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use web_sys::MediaStreamTrack;

use super::Inner;
use crate::{
    browser::{devices, driven::Drive, screen, watched::watch},
    call::{DeviceGrant, DeviceKind, DeviceRequest, Input, OpId},
    protocol::TrackSource,
};

impl Inner {
    pub(super) fn acquire(self: &Rc<Self>, op: OpId, requests: Vec<DeviceRequest>) {
        let driver = Rc::downgrade(self);
        watch(&"devices asked".into());
        let asked = devices::ask(requests);
        spawn_local(async move {
            let answer = asked.await;
            watch(&"devices answered".into());
            let Some(inner) = driver.upgrade() else {
                return stop(answer.unwrap_or_default());
            };
            let result = answer.map(|given| {
                let granted = given.iter().map(|(granted, _)| granted.clone()).collect();
                inner.given.replace(given);
                granted
            });
            inner.handle(Input::DevicesAnswered { op, result });
            stop(inner.given.take());
            devices::report_inputs(&inner.feed());
        });
    }

    /// Puts a device that was just given into use on every connection.
    pub(super) fn install(self: &Rc<Self>, kind: DeviceKind) {
        let mut given = self.given.borrow_mut();
        let Some(at) = given.iter().position(|(granted, _)| granted.kind == kind) else { return };
        let (_, track) = given.swap_remove(at);
        self.connections.for_each(|known| known.set_track(kind.source(), Some(&track)));
        self.media.borrow_mut().install(&self.feed(), kind, track);
    }

    /// Sends nothing of the microphone, or sends it again.
    pub(super) fn silence(&self, silent: bool) {
        let mut media = self.media.borrow_mut();
        media.silence(silent);
        let kind = DeviceKind::Microphone;
        self.connections.for_each(|known| known.set_track(kind.source(), media.sent(kind)));
    }

    pub(super) fn acquire_screen(self: &Rc<Self>, op: OpId) {
        let driver = Rc::downgrade(self);
        let asked = screen::ask(self.feed());
        spawn_local(async move {
            let answer = asked.await;
            let Some(inner) = driver.upgrade() else { return };
            let result = answer.map(|screen| {
                let grant = screen.grant();
                inner.given_screen.replace(Some(screen));
                grant
            });
            inner.handle(Input::ScreenAnswered { op, result });
            drop(inner.given_screen.take());
        });
    }

    pub(super) fn release_screen(&self) {
        drop(self.screen.take());
        for source in [TrackSource::Screen, TrackSource::ScreenAudio] {
            self.connections.for_each(|known| known.set_track(source, None));
        }
    }
}

/// A device that nobody wants any more must not stay on.
fn stop(given: Vec<(DeviceGrant, MediaStreamTrack)>) {
    given.iter().for_each(|(_, track)| track.stop());
}
