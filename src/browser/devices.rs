//! This person's microphone and camera: `getUserMedia`, the tracks in use, the list of devices.

use gloo_events::EventListener;
use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    MediaDeviceInfo, MediaDeviceKind, MediaDevices, MediaStream, MediaStreamConstraints, MediaStreamTrack,
};

use super::{feed::Feed, js, meter::Meter, preview::Preview};
use crate::call::{
    DeviceGrant, DeviceKind, DeviceRequest, Input, InputDevice, MediaProblem, SoundProcessing,
};

/// The tracks in use. Dropping it stops them, so that the lights go out.
pub(super) struct LocalMedia {
    stream: MediaStream,
    microphone: Option<Track>,
    camera: Option<Track>,
    /// The microphone is in use, but not to be heard.
    silent: bool,
    /// The own picture as the person sees it in a call of four and more.
    preview: Option<Preview>,
    /// Not there until asked for; none inside if the browser has none to give.
    meter: Option<Option<Meter>>,
}

/// A track whose end and pauses are told to the core.
struct Track {
    track: MediaStreamTrack,
    _listeners: [EventListener; 3],
}

impl Drop for Track {
    fn drop(&mut self) {
        self.track.stop();
    }
}

impl LocalMedia {
    pub(super) fn new() -> Result<Self, JsValue> {
        let stream = MediaStream::new()?;
        Ok(Self { stream, microphone: None, camera: None, silent: false, preview: None, meter: None })
    }

    /// The stream of all tracks in use; stays the same while tracks come and go.
    pub(super) fn stream(&self) -> &MediaStream {
        &self.stream
    }

    pub(super) fn track(&self, kind: DeviceKind) -> Option<&MediaStreamTrack> {
        match kind {
            DeviceKind::Microphone => self.microphone.as_ref().map(|track| &track.track),
            DeviceKind::Camera => self.camera.as_ref().map(|track| &track.track),
        }
    }

    /// Puts a track into use.
    pub(super) fn install(&mut self, feed: &Feed, kind: DeviceKind, track: MediaStreamTrack) {
        self.release(kind);
        self.stream.add_track(&track);
        let on = |name: &'static str, input: fn(DeviceKind) -> Input| {
            let feed = feed.clone();
            EventListener::new(&track, name, move |_| feed.dispatch(input(kind)))
        };
        let listeners = [
            on("ended", |kind| Input::DeviceEnded { kind }),
            on("mute", |kind| Input::DevicePaused { kind, paused: true }),
            on("unmute", |kind| Input::DevicePaused { kind, paused: false }),
        ];
        if track.muted() {
            feed.dispatch(Input::DevicePaused { kind, paused: true });
        }
        *self.slot(kind) = Some(Track { track, _listeners: listeners });
    }

    /// Stops using a device.
    pub(super) fn release(&mut self, kind: DeviceKind) {
        match kind {
            DeviceKind::Microphone => (self.meter, self.silent) = (None, false),
            DeviceKind::Camera => self.preview = None,
        }
        if let Some(track) = self.slot(kind).take() {
            self.stream.remove_track(&track.track);
        }
    }

    /// What shows the person their own picture, if there is one.
    pub(super) fn preview(&mut self, small: bool) -> Option<&MediaStream> {
        let camera = self.camera.as_ref()?;
        if !small {
            self.preview = None;
        } else if self.preview.is_none() {
            self.preview = Preview::new(&camera.track);
        }
        Some(self.preview.as_ref().map_or(&self.stream, Preview::stream))
    }

    /// What is sent of a device: nothing of a microphone that is silenced, since also silence is encoded for
    /// everybody.
    pub(super) fn sent(&self, kind: DeviceKind) -> Option<&MediaStreamTrack> {
        self.track(kind).filter(|_| !(self.silent && kind == DeviceKind::Microphone))
    }

    pub(super) fn silence(&mut self, silent: bool) {
        self.silent = silent;
        if let Some(microphone) = &self.microphone {
            microphone.track.set_enabled(!silent);
        }
    }

    /// Nobody looks at the level any more.
    pub(super) fn stop_metering(&mut self) {
        self.meter = None;
    }

    /// Loudness at the microphone now, 0.0 to 1.0, also while it is silenced; `None` if there is none, or if
    /// it cannot be measured (yet).
    pub(super) fn level(&mut self) -> Option<f32> {
        let microphone = self.microphone.as_ref()?;
        let meter = self.meter.get_or_insert_with(|| Meter::new(&microphone.track).ok());
        meter.as_mut()?.level()
    }

    fn slot(&mut self, kind: DeviceKind) -> &mut Option<Track> {
        match kind {
            DeviceKind::Microphone => &mut self.microphone,
            DeviceKind::Camera => &mut self.camera,
        }
    }
}

/// The browser's devices; absent where the page was not loaded over HTTPS or from localhost, and in some apps
/// that show pages.
pub(super) fn devices() -> Result<MediaDevices, MediaProblem> {
    let window = web_sys::window().ok_or(MediaProblem::Other)?;
    let navigator = window.navigator();
    let missing =
        || if window.is_secure_context() { MediaProblem::NotOffered } else { MediaProblem::Insecure };
    js::member(&navigator, "mediaDevices").map(JsCast::unchecked_into).ok_or_else(missing)
}

/// Asks the person and the browser for devices, at once: all of the requests, or a problem.
pub(super) fn ask(
    requests: Vec<DeviceRequest>,
) -> impl Future<Output = Result<Vec<(DeviceGrant, MediaStreamTrack)>, MediaProblem>> {
    let asked = get_user_media(&requests);
    async move {
        let stream = JsFuture::from(asked?).await.map_err(|e| problem(&e))?.unchecked_into();
        Ok(tracks_of(&stream, requests))
    }
}

fn get_user_media(requests: &[DeviceRequest]) -> Result<Promise, MediaProblem> {
    let constraint = |request: &DeviceRequest| match request.kind {
        DeviceKind::Microphone => ("audio", microphone(request)),
        DeviceKind::Camera => ("video", camera(request)),
    };
    let constraints: MediaStreamConstraints =
        js::dictionary(&requests.iter().map(constraint).collect::<Vec<_>>());
    let promise = devices()?.get_user_media_with_constraints(&constraints).map_err(|e| problem(&e))?;
    Ok(promise.unchecked_into())
}

fn tracks_of(stream: &MediaStream, requests: Vec<DeviceRequest>) -> Vec<(DeviceGrant, MediaStreamTrack)> {
    let tracks: Vec<MediaStreamTrack> = js::items(&stream.get_tracks()).collect();
    requests
        .into_iter()
        .filter_map(|request| {
            let track = tracks.iter().find(|track| track.kind() == track_kind(request.kind))?;
            // Not `track.clone()`: that is the browser's method, which makes another track.
            let track = Clone::clone(track);
            let settings = track.get_settings();
            let text = |name| js::member(&settings, name).and_then(|value| value.as_string());
            let pixels = |name| js::member(&settings, name).and_then(|value| value.as_f64());
            let device = text("deviceId").unwrap_or_default();
            let faces_away = text("facingMode").is_some_and(|mode| mode == "environment");
            let sides = pixels("width").zip(pixels("height"));
            let height = sides.map(|(width, height)| width.min(height) as u16);
            Some((DeviceGrant { kind: request.kind, device, faces_away, height }, track))
        })
        .collect()
}

/// Reads the list of devices and passes it to the core.
pub(super) fn report_inputs(feed: &Feed) {
    let feed = feed.clone();
    spawn_local(async move {
        let inputs = list().await;
        feed.dispatch(Input::InputsListed(inputs));
    });
}

/// The devices that can be chosen.
async fn list() -> Vec<InputDevice> {
    let Ok(Ok(promise)) = devices().map(|devices| devices.enumerate_devices()) else { return Vec::new() };
    let Ok(list) = JsFuture::from(promise).await else { return Vec::new() };
    js::items::<MediaDeviceInfo>(&list.unchecked_into())
        .filter_map(|info| {
            let kind = match info.kind() {
                MediaDeviceKind::Audioinput => DeviceKind::Microphone,
                MediaDeviceKind::Videoinput => DeviceKind::Camera,
                MediaDeviceKind::Audiooutput | _ => return None,
            };
            Some(InputDevice { kind, id: info.device_id(), label: info.label() })
        })
        .collect()
}

/// `MediaStreamTrack.kind`.
pub(super) const fn track_kind(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Microphone => "audio",
        DeviceKind::Camera => "video",
    }
}

/// A chosen device is asked for as a preference, so that any other is taken when it is gone.
fn microphone(request: &DeviceRequest) -> JsValue {
    let SoundProcessing { echo_cancellation, noise_suppression, automatic_gain, original } = request.sound;
    let constraints = js::dictionary(&[
        ("echoCancellation", (echo_cancellation && !original).into()),
        ("noiseSuppression", (noise_suppression && !original).into()),
        ("autoGainControl", (automatic_gain && !original).into()),
    ]);
    if original {
        js::set_member(&constraints, "channelCount", &2.into());
    }
    if let Some(device) = &request.device {
        js::set_member(&constraints, "deviceId", &device.into());
    }
    constraints
}

fn camera(request: &DeviceRequest) -> JsValue {
    let which = match &request.device {
        Some(device) => ("deviceId", device.into()),
        None => ("facingMode", "user".into()),
    };
    js::dictionary(&[("width", 1280.into()), ("height", 720.into()), which])
}

/// W3C mediacapture-streams, section 10.2, and the names that older browsers use.
fn problem(value: &JsValue) -> MediaProblem {
    match js::error(value).name.as_str() {
        "NotAllowedError" | "SecurityError" | "PermissionDeniedError" => MediaProblem::Denied,
        "NotFoundError" | "OverconstrainedError" | "DevicesNotFoundError" => MediaProblem::NotFound,
        "NotReadableError" | "AbortError" | "TrackStartError" => MediaProblem::InUse,
        _ => MediaProblem::Other,
    }
}
