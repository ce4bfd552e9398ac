//! Gathers candidates of one kind (W3C webrtc, section 4.4.1).

use gloo_events::EventListener;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, RtcConfiguration, RtcPeerConnection};

use super::Findings;
use crate::{
    browser::{
        connection::configuration,
        js::{self, ModernPeerConnection},
    },
    call::diagnosis::{CandidateKind, Input, Reason},
    protocol::IceServer,
};

/// Gathers until it is dropped.
pub(super) struct GatheringProbe {
    connection: ModernPeerConnection,
    _listeners: [EventListener; 3],
}

impl GatheringProbe {
    /// Begins to gather, with these servers only.
    pub(super) fn start(findings: Findings, servers: &[IceServer]) -> Result<Self, Reason> {
        let connection = open(&configuration_for(servers, findings.check.is_relay()))?;
        let listeners = listen(&connection, findings);
        let probe = Self { connection, _listeners: listeners };
        // A section, so that there is something to gather for.
        js::invoke(&probe.connection, "createDataChannel", &["check".into()])
            .map_err(|_| Reason::NotSupported)?;
        js::run(probe.connection.set_local());
        Ok(probe)
    }
}

impl Drop for GatheringProbe {
    fn drop(&mut self) {
        self.connection.close();
    }
}

/// Makes a connection. Fails where the browser does not accept one of the servers.
pub(super) fn open(configuration: &RtcConfiguration) -> Result<ModernPeerConnection, Reason> {
    RtcPeerConnection::new_with_configuration(configuration)
        .map(JsCast::unchecked_into)
        .map_err(|_| Reason::NotSupported)
}

/// How connections are made that use these servers, and nothing but relays if they shall.
pub(super) fn configuration_for(servers: &[IceServer], only_relays: bool) -> RtcConfiguration {
    let configuration = configuration(servers);
    if only_relays {
        js::set_member(&configuration, "iceTransportPolicy", &"relay".into());
    }
    configuration
}

/// The candidate of an `icecandidate` event, if there is one.
pub(super) fn candidate_of(event: &Event) -> Option<JsValue> {
    js::member(event, "candidate")
}

fn listen(connection: &ModernPeerConnection, findings: Findings) -> [EventListener; 3] {
    let on = |name: &'static str, read: fn(&Event, &Findings) -> Option<Input>| {
        let findings = findings.clone();
        EventListener::new(connection, name, move |event| {
            if let Some(input) = read(event, &findings) {
                findings.dispatch(input);
            }
        })
    };
    [
        on("icecandidate", |event, Findings { check, .. }| {
            let line = js::member(&candidate_of(event)?, "candidate")?.as_string()?;
            Some(Input::Candidate { check: *check, kind: CandidateKind::of(&line)? })
        }),
        on("icecandidateerror", |event, Findings { check, .. }| {
            let code = js::member(event, "errorCode")?.as_f64()?;
            Some(Input::CandidateError { check: *check, code: code as u16 })
        }),
        on("icegatheringstatechange", |event, Findings { check, .. }| {
            let state = js::member(&event.target()?.into(), "iceGatheringState")?.as_string()?;
            (state == "complete").then_some(Input::GatheringEnded { check: *check })
        }),
    ]
}
