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
    cell::{Cell, RefCell},
    collections::VecDeque,
    future::Future,
    rc::{Rc, Weak},
};

use gloo_timers::callback::Timeout;
use litemap::LiteMap;
use wasm_bindgen_futures::spawn_local;

use self::{gathering::GatheringProbe, relay_loop::LoopProbe, seat::Seat};
use super::{driver::now, js};
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
    diagnosis: RefCell<Diagnosis>,
    queue: RefCell<VecDeque<Input>>,
    draining: Cell<bool>,
    /// What checks hold while they are made.
    probes: RefCell<LiteMap<Check, Box<dyn Any>>>,
    seat: RefCell<Option<Seat>>,
    /// Microphone and camera as the page has them.
    devices: [DeviceState; 2],
    on_view: Box<dyn Fn(DiagnosisView)>,
    timer: Cell<Option<Timeout>>,
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
            diagnosis: RefCell::new(Diagnosis::new()),
            queue: RefCell::default(),
            draining: Cell::default(),
            probes: RefCell::default(),
            seat: RefCell::default(),
            devices,
            on_view: Box::new(on_view),
            timer: Cell::default(),
        });
        run.handle(Input::Start);
        Self(run)
    }

    /// Ends what still runs.
    pub fn stop(&self) {
        self.0.handle(Input::Stop);
    }
}

impl Inner {
    /// Queues an input and drains the queue, unless a drain is running further up the stack.
    fn handle(self: &Rc<Self>, input: Input) {
        self.queue.borrow_mut().push_back(input);
        if self.draining.replace(true) {
            return;
        }
        while let Some(input) = self.next_input() {
            self.diagnosis.borrow_mut().handle_input(now(), input);
            while let Some(effect) = self.next_effect() {
                self.perform(effect);
            }
        }
        self.draining.set(false);
        self.arm_timer();
        let view = self.diagnosis.borrow().view();
        (self.on_view)(view);
    }

    fn next_input(&self) -> Option<Input> {
        self.queue.borrow_mut().pop_front()
    }

    fn next_effect(&self) -> Option<Effect> {
        self.diagnosis.borrow_mut().poll_effect()
    }

    fn perform(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::Begin { check, servers } => self.begin(check, &servers),
            Effect::End(check) => drop(self.probes.borrow_mut().remove(&check)),
            Effect::Leave => drop(self.seat.take()),
        }
    }

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

    fn arm_timer(self: &Rc<Self>) {
        let timer = self.diagnosis.borrow().poll_timeout().map(|at| {
            let run = Rc::downgrade(self);
            let after_ms = u32::try_from(at.since(now())).unwrap_or(u32::MAX).min(i32::MAX as u32);
            Timeout::new(after_ms, move || {
                if let Some(run) = run.upgrade() {
                    run.handle(Input::Tick);
                }
            })
        });
        self.timer.set(timer);
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
