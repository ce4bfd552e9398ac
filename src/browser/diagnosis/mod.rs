//! Makes the checks of [`crate::call::diagnosis`]. Used only by a part of the page that loads late, by names
//! of members, so that the generated glue does not grow.

mod abilities;
mod devices;
mod gathering;
mod relay_loop;
mod seat;
mod web_server;

use std::{
    any::Any,
    cell::RefCell,
    future::Future,
    rc::{Rc, Weak},
};

use litemap::LiteMap;
use wasm_bindgen_futures::spawn_local;

use self::{gathering::GatheringProbe, relay_loop::LoopProbe, seat::Seat};
use super::{
    driven::{Drive, Driven},
    js,
};
use crate::{
    call::{
        DeviceState,
        diagnosis::{Check, Diagnosis, DiagnosisView, Effect, Input, Reason},
    },
    protocol::IceServer,
};

/// A run of all checks. Dropping it releases whatever they hold.
pub struct DiagnosisDriver(Rc<Inner>);

struct Inner {
    diagnosis: Driven<Diagnosis>,
    /// What checks hold while they are made.
    probes: RefCell<LiteMap<Check, Box<dyn Any>>>,
    seat: RefCell<Option<Seat>>,
    /// Microphone and camera as the page has them.
    devices: [DeviceState; 2],
    on_view: Box<dyn Fn(DiagnosisView)>,
}

/// Where a probe tells what it has found. Does not keep the run alive.
#[derive(Clone)]
struct Findings {
    run: Weak<Inner>,
    check: Check,
}

impl Findings {
    fn dispatch(&self, input: Input) {
        if let Some(run) = self.run.upgrade() {
            run.handle(input);
        }
    }

    fn done(&self, result: Result<(), Reason>) {
        self.dispatch(Input::Done { check: self.check, result });
    }
}

impl DiagnosisDriver {
    /// Begins. `on_view` is called after each change. `devices` are microphone and camera as the page has
    /// them.
    pub fn start(devices: [DeviceState; 2], on_view: impl Fn(DiagnosisView) + 'static) -> Self {
        let run = Rc::new(Inner {
            diagnosis: Driven::new(Diagnosis::new()),
            probes: RefCell::default(),
            seat: RefCell::default(),
            devices,
            on_view: Box::new(on_view),
        });
        run.handle(Input::Start);
        Self(run)
    }

    /// Ends what still runs.
    pub fn stop(&self) {
        self.0.handle(Input::Stop);
    }
}

impl Drive for Inner {
    type Core = Diagnosis;

    fn driven(&self) -> &Driven<Diagnosis> {
        &self.diagnosis
    }

    fn perform(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::Begin { check, servers } => self.begin(check, &servers),
            Effect::End(check) => drop(self.probes.borrow_mut().remove(&check)),
            Effect::Leave => drop(self.seat.take()),
        }
    }

    fn show(&self) {
        let view = self.diagnosis.core().view();
        (self.on_view)(view);
    }
}

impl Inner {
    fn begin(self: &Rc<Self>, check: Check, servers: &[IceServer]) {
        let findings = Findings { run: Rc::downgrade(self), check };
        let probe = match check {
            Check::Browser => return findings.done(abilities::result()),
            Check::Devices => return wait_for(findings, devices::result(self.devices)),
            Check::Https => return wait_for(findings, web_server::result()),
            Check::WebSocket => match Seat::take(&findings) {
                Ok(seat) => return drop(self.seat.replace(Some(seat))),
                Err(reason) => Err(reason),
            },
            Check::Loop => LoopProbe::start(findings.clone(), servers).map(boxed),
            Check::Host | Check::Stun | Check::TurnUdp | Check::TurnTcp | Check::TurnTls => {
                GatheringProbe::start(findings.clone(), servers).map(boxed)
            }
        };
        match probe {
            Ok(probe) => drop(self.probes.borrow_mut().insert(check, probe)),
            Err(reason) => findings.done(Err(reason)),
        }
    }
}

fn boxed(probe: impl Any) -> Box<dyn Any> {
    Box::new(probe)
}

fn wait_for(findings: Findings, result: impl Future<Output = Result<(), Reason>> + 'static) {
    spawn_local(async move { findings.done(result.await) });
}

/// Whether the browser says that there is no network.
fn is_offline() -> bool {
    let navigator = web_sys::window().and_then(|window| js::member(&window, "navigator"));
    navigator.and_then(|navigator| js::member(&navigator, "onLine")).is_some_and(|online| online.is_falsy())
}
