//! The microphone and the camera: what the person wants, what the browser gave.
//!
//! A muted microphone is kept and silenced, so that unmuting is instant; a camera that is off is given back,
//! so that its light goes out. A device that is wanted and lost is picked up again when the list of devices
//! changes.

use super::{
    context::Context,
    effect::{DeviceRequest, Effect, OpId},
    input::DeviceGrant,
    view::{CallView, DeviceKind, DeviceState, DeviceView, InputDevice, MediaProblem, SoundProcessing},
};
use crate::protocol::MediaState;

/// Both devices and what can be chosen.
#[derive(Debug, Default)]
pub(crate) struct Devices {
    microphone: Device,
    camera: Device,
    inputs: Vec<InputDevice>,
    sound: SoundProcessing,
    /// How the microphone was asked for last.
    asked_sound: SoundProcessing,
    /// The call has ended, or has not begun for want of a seat.
    resting: bool,
    /// The person has not yet said that devices may be used.
    awaits_consent: bool,
}

#[derive(Debug, Default)]
struct Device {
    wanted: bool,
    chosen: Option<String>,
    held: Option<String>,
    /// The one held faces away from the person.
    faces_away: bool,
    /// As in [`DeviceGrant::height`].
    height: Option<u16>,
    /// The system holds it back.
    paused: bool,
    asked: Option<OpId>,
    problem: Option<MediaProblem>,
}

impl Devices {
    /// Another site has led here: the person is to click first.
    pub(crate) fn await_consent(&mut self) {
        self.awaits_consent = true;
    }

    /// Asks for both in one question to the person.
    pub(crate) fn switch_on_both(&mut self, ctx: &mut Context<'_>) {
        self.awaits_consent = false;
        for kind in DeviceKind::BOTH {
            self.of(kind).wanted = true;
            ctx.emit(Effect::StoreSwitch { kind, on: true });
        }
        self.ask(ctx, &DeviceKind::BOTH);
    }

    pub(crate) fn switch(&mut self, ctx: &mut Context<'_>, kind: DeviceKind, on: bool) {
        self.awaits_consent = false;
        ctx.emit(Effect::StoreSwitch { kind, on });
        let device = self.of(kind);
        device.wanted = on;
        device.problem = None;
        let held = device.held.is_some();
        let asked = device.asked.is_some();
        match (kind, on) {
            (DeviceKind::Microphone, _) if held => ctx.emit(Effect::Silence { silent: !on }),
            (DeviceKind::Camera, false) if held => self.release(ctx, kind),
            (_, true) if !held && !asked => self.ask(ctx, &[kind]),
            (DeviceKind::Microphone | DeviceKind::Camera, _) => {}
        }
    }

    pub(crate) fn choose(&mut self, ctx: &mut Context<'_>, kind: DeviceKind, id: String) {
        if self.of(kind).held.as_ref() == Some(&id) {
            return;
        }
        self.give_back(ctx, kind);
        self.of(kind).chosen = Some(id);
        if self.of(kind).wanted {
            self.ask(ctx, &[kind]);
        }
    }

    /// Processes the sound of the microphone like this, which it is asked for anew.
    pub(crate) fn process_sound(&mut self, ctx: &mut Context<'_>, sound: SoundProcessing) {
        self.sound = sound;
        self.renew_microphone(ctx);
    }

    /// Asks anew for a microphone whose sound is to be processed otherwise. Not while it is asked for:
    /// browsers may refuse the second of two questions.
    fn renew_microphone(&mut self, ctx: &mut Context<'_>) {
        if self.microphone.held.is_some() && self.sound != self.asked_sound {
            let kind = DeviceKind::Microphone;
            self.give_back(ctx, kind);
            if self.microphone.wanted {
                self.ask(ctx, &[kind]);
            }
        }
    }

    /// Before a device is asked for again: some systems cannot open two cameras at once, and process the
    /// sound of one microphone in one way only.
    fn give_back(&mut self, ctx: &mut Context<'_>, kind: DeviceKind) {
        if self.of(kind).held.is_some() {
            self.release(ctx, kind);
        }
    }

    /// The browser answered a question. What it gave is of use only if nothing newer was asked meanwhile.
    pub(crate) fn on_answer(
        &mut self,
        ctx: &mut Context<'_>,
        op: OpId,
        result: Result<Vec<DeviceGrant>, MediaProblem>,
    ) {
        let asked: Vec<_> =
            DeviceKind::BOTH.into_iter().filter(|kind| self.of(*kind).asked == Some(op)).collect();
        for kind in &asked {
            self.of(*kind).asked = None;
        }
        match result {
            Ok(granted) => {
                for DeviceGrant { kind, device, faces_away, height } in
                    granted.into_iter().filter(|one| asked.contains(&one.kind))
                {
                    let known = self.of(kind);
                    known.problem = None;
                    if known.wanted {
                        known.held = Some(device);
                        known.faces_away = faces_away;
                        known.height = height;
                        known.paused = false;
                        ctx.emit(Effect::Install { kind });
                    } else {
                        known.chosen.get_or_insert(device);
                    }
                }
                self.renew_microphone(ctx);
            }
            // Which of the two is missing or refused? Only asking for each tells.
            Err(_) if asked.len() > 1 => {
                for kind in asked {
                    self.ask(ctx, &[kind]);
                }
            }
            Err(problem) => {
                for kind in asked {
                    let device = self.of(kind);
                    device.problem = Some(problem).filter(|_| device.wanted);
                }
            }
        }
    }

    /// A device in use was unplugged, or taken away by the system.
    pub(crate) fn on_ended(&mut self, ctx: &mut Context<'_>, kind: DeviceKind) {
        let device = self.of(kind);
        device.held = None;
        device.paused = false;
        device.problem = Some(MediaProblem::NotFound).filter(|_| device.wanted);
        ctx.emit(Effect::Release { kind });
        if self.of(kind).wanted {
            self.ask(ctx, &[kind]);
        }
    }

    pub(crate) fn on_paused(&mut self, kind: DeviceKind, paused: bool) {
        self.of(kind).paused = paused;
    }

    pub(crate) fn on_inputs(&mut self, ctx: &mut Context<'_>, inputs: Vec<InputDevice>) {
        if self.inputs == inputs {
            return;
        }
        self.inputs = inputs;
        for kind in DeviceKind::BOTH {
            let device = self.of(kind);
            let missing = matches!(device.problem, Some(MediaProblem::NotFound | MediaProblem::InUse));
            if device.wanted && missing && self.inputs.iter().any(|input| input.kind == kind) {
                self.ask(ctx, &[kind]);
            }
        }
    }

    /// Gives both back, and remembers for [`Self::wake`] what was wanted.
    pub(crate) fn rest(&mut self, ctx: &mut Context<'_>) {
        if std::mem::replace(&mut self.resting, true) {
            return;
        }
        for kind in DeviceKind::BOTH {
            let device = self.of(kind);
            let chosen = device.chosen.take().or_else(|| device.held.take());
            *device = Device { wanted: device.wanted, chosen, ..Device::default() };
            ctx.emit(Effect::Release { kind });
        }
    }

    /// The person joins, or has a seat at last. Asks again for what was wanted when the last call ended.
    pub(crate) fn wake(&mut self, ctx: &mut Context<'_>) {
        if self.awaits_consent {
            self.switch_on_both(ctx);
        }
        if std::mem::take(&mut self.resting) {
            let wanted: Vec<_> = DeviceKind::BOTH.into_iter().filter(|kind| self.of(*kind).wanted).collect();
            if !wanted.is_empty() {
                self.ask(ctx, &wanted);
            }
        }
    }

    /// As in [`DeviceGrant::height`], of the camera that was given last.
    pub(crate) fn camera_height(&self) -> Option<u16> {
        self.camera.height
    }

    /// What the others are told.
    pub(crate) fn media(&self) -> MediaState {
        let on = |device: &Device| device.wanted && device.held.is_some() && !device.paused;
        MediaState { microphone: on(&self.microphone), camera: on(&self.camera), ..MediaState::default() }
    }

    pub(crate) fn show(&self, view: &mut CallView) {
        view.microphone = self.microphone.view();
        view.camera = self.camera.view();
        view.sound = self.sound;
        view.awaits_consent = self.awaits_consent;
        view.inputs.clone_from(&self.inputs);
    }

    fn ask(&mut self, ctx: &mut Context<'_>, kinds: &[DeviceKind]) {
        let op = ctx.next_op();
        let sound = self.sound;
        if kinds.contains(&DeviceKind::Microphone) {
            self.asked_sound = sound;
        }
        let requests = kinds
            .iter()
            .map(|kind| {
                let device = self.of(*kind);
                device.asked = Some(op);
                DeviceRequest { kind: *kind, device: device.chosen.clone(), sound }
            })
            .collect();
        ctx.emit(Effect::Acquire { op, requests });
    }

    fn release(&mut self, ctx: &mut Context<'_>, kind: DeviceKind) {
        let device = self.of(kind);
        let held = device.held.take();
        device.paused = false;
        device.chosen = device.chosen.take().or(held);
        ctx.emit(Effect::Release { kind });
    }

    fn of(&mut self, kind: DeviceKind) -> &mut Device {
        match kind {
            DeviceKind::Microphone => &mut self.microphone,
            DeviceKind::Camera => &mut self.camera,
        }
    }
}

impl Device {
    fn view(&self) -> DeviceView {
        let state = match (self.wanted, &self.problem) {
            (false, _) => DeviceState::Off,
            (true, _) if self.held.is_some() && self.paused => DeviceState::Problem(MediaProblem::Paused),
            (true, _) if self.held.is_some() => DeviceState::On,
            (true, Some(problem)) if self.asked.is_none() => DeviceState::Problem(*problem),
            (true, _) if self.asked.is_some() => DeviceState::Starting,
            (true, _) => DeviceState::Off,
        };
        DeviceView {
            state,
            device: self.held.clone().or_else(|| self.chosen.clone()),
            faces_away: self.held.is_some() && self.faces_away,
        }
    }
}
