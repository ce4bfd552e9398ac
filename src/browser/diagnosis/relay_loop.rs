//! Media from this browser through the relay and back: two connections that know no way but over it. The
//! picture is a canvas, for which nobody has to be asked.

use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};

use gloo_events::EventListener;
use gloo_timers::callback::Interval;
use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::{
    Findings,
    gathering::{candidate_of, configuration_for, open},
};
use crate::{
    browser::js::{self, ModernPeerConnection},
    call::diagnosis::Reason,
    protocol::IceServer,
};

/// Between two pictures. Unit: millisecond.
const PICTURE_MS: u32 = 100;
/// Between two looks at what has arrived. Unit: millisecond.
const LOOK_MS: u32 = 100;

/// Sends until it is dropped.
pub(super) struct LoopProbe {
    _ends: Rc<Ends>,
    _listeners: Vec<EventListener>,
    _picture: Picture,
    _look: Interval,
}

/// A canvas as a track. Browsers keep capturing it until the track is stopped.
struct Picture {
    track: JsValue,
    _paint: Interval,
}

impl Drop for Picture {
    fn drop(&mut self) {
        let _ = js::invoke(&self.track, "stop", &[]);
    }
}

/// The two connections: that which sends, and that which receives.
struct Ends {
    connections: [ModernPeerConnection; 2],
    /// Candidates for each, until both know each other's description. `None` once they do.
    early: RefCell<Option<Vec<(usize, JsValue)>>>,
}

impl LoopProbe {
    /// Begins to send over these servers.
    pub(super) fn start(findings: Findings, servers: &[IceServer]) -> Result<Self, Reason> {
        let configuration = configuration_for(servers, true);
        let connections = [open(&configuration)?, open(&configuration)?];
        let ends = Rc::new(Ends { connections, early: RefCell::new(Some(Vec::new())) });
        let picture = send_picture(&ends.connections[0]).map_err(|_| Reason::NotSupported)?;
        let mut listeners: Vec<_> = [0, 1].map(|from| pass_on_candidates(&ends, from)).into();
        listeners.push(watch_failure(&ends, findings.clone()));
        let look = look_for_packets(&ends, findings);
        let weak = Rc::downgrade(&ends);
        spawn_local(async move {
            // What does not work out is seen by nothing arriving.
            let _ = exchange(weak).await;
        });
        Ok(Self { _ends: ends, _listeners: listeners, _picture: picture, _look: look })
    }
}

impl Drop for Ends {
    fn drop(&mut self) {
        self.connections.iter().for_each(|connection| connection.close());
    }
}

impl Ends {
    fn add_candidate(&self, to: usize, candidate: JsValue) {
        match &mut *self.early.borrow_mut() {
            Some(early) => early.push((to, candidate)),
            None => add_candidate(&self.connections[to], candidate),
        }
    }

    fn add_early_candidates(&self) {
        let early = self.early.take();
        for (to, candidate) in early.into_iter().flatten() {
            add_candidate(&self.connections[to], candidate);
        }
    }
}

fn add_candidate(connection: &ModernPeerConnection, candidate: JsValue) {
    if let Some(added) = js::called(connection, "addIceCandidate", &[candidate]) {
        js::run(added);
    }
}

/// Sends a picture that changes, until it is dropped.
fn send_picture(connection: &ModernPeerConnection) -> Result<Picture, JsValue> {
    let document = web_sys::window().and_then(|window| js::member(&window, "document")).unwrap_or_default();
    let canvas = js::invoke(&document, "createElement", &["canvas".into()])?;
    for side in ["width", "height"] {
        js::set_member(&canvas, side, &64.into());
    }
    // Some browsers give a stream only of what was painted on before.
    let brush = js::invoke(&canvas, "getContext", &["2d".into()])?;
    js::invoke(&brush, "fillRect", &[0, 0, 64, 64].map(JsValue::from))?;
    let stream = js::invoke(&canvas, "captureStream", &[])?;
    let track = Array::from(&js::invoke(&stream, "getTracks", &[])?).get(0);
    let mut light = false;
    let paint = Interval::new(PICTURE_MS, move || {
        light = !light;
        js::set_member(&brush, "fillStyle", &(if light { "#fff" } else { "#000" }).into());
        let _ = js::invoke(&brush, "fillRect", &[0, 0, 64, 64].map(JsValue::from));
    });
    let picture = Picture { track, _paint: paint };
    js::invoke(connection, "addTrack", &[picture.track.clone(), stream])?;
    Ok(picture)
}

fn pass_on_candidates(ends: &Rc<Ends>, from: usize) -> EventListener {
    let weak = Rc::downgrade(ends);
    EventListener::new(&ends.connections[from], "icecandidate", move |event| {
        if let (Some(ends), Some(candidate)) = (weak.upgrade(), candidate_of(event)) {
            ends.add_candidate(1 - from, candidate);
        }
    })
}

fn watch_failure(ends: &Rc<Ends>, findings: Findings) -> EventListener {
    EventListener::new(&ends.connections[1], "connectionstatechange", move |event| {
        let state = event.target().and_then(|target| js::member(&target, "connectionState"));
        if state.and_then(|state| state.as_string()).as_deref() == Some("failed") {
            findings.done(Err(Reason::NoMedia));
        }
    })
}

fn look_for_packets(ends: &Rc<Ends>, findings: Findings) -> Interval {
    let weak = Rc::downgrade(ends);
    Interval::new(LOOK_MS, move || {
        let Some(ends) = weak.upgrade() else { return };
        let Some(report) = js::called(&ends.connections[1], "getStats", &[]) else { return };
        let findings = findings.clone();
        spawn_local(async move {
            if JsFuture::from(report).await.is_ok_and(|report| has_packets(&report)) {
                findings.done(Ok(()));
            }
        });
    })
}

/// Whether packets of media have arrived (W3C webrtc-stats, section 8.3).
fn has_packets(report: &JsValue) -> bool {
    Array::from(report).iter().any(|entry| {
        let stat = Array::from(&entry).get(1);
        let is_inbound = js::member(&stat, "type").is_some_and(|kind| kind == "inbound-rtp");
        let count = js::member(&stat, "packetsReceived").and_then(|count| count.as_f64());
        is_inbound && count.is_some_and(|count| count > 0.0)
    })
}

/// Offer and answer. Does not keep the connections: a closed one never settles its promises.
async fn exchange(ends: Weak<Ends>) -> Option<()> {
    for (from, to) in [(0, 1), (1, 0)] {
        let described = ends.upgrade()?.connections[from].set_local();
        JsFuture::from(described).await.ok()?;
        let received = {
            let ends = ends.upgrade()?;
            let description = js::member(&ends.connections[from], "localDescription")?;
            js::called(&ends.connections[to], "setRemoteDescription", &[description])?
        };
        JsFuture::from(received).await.ok()?;
    }
    ends.upgrade()?.add_early_candidates();
    Some(())
}
