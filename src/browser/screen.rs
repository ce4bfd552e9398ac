//! The screen that this person shares: `getDisplayMedia` (W3C screen-capture), and its tracks while they are
//! sent.

use gloo_events::EventListener;
use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DisplayMediaStreamConstraints, MediaStream, MediaStreamTrack};

use super::{devices::devices, feed::Feed, js};
use crate::{
    call::{Input, ScreenGrant, ScreenProblem},
    protocol::TrackSource,
};

/// A larger screen is scaled down. Unit: pixel.
const LARGEST: (u32, u32) = (1920, 1080);
/// Text that is scrolled is readable, and a film is no slide show. Unit: frames per second.
const MAX_FRAME_RATE: u32 = 30;

/// A screen, a window or a tab that is recorded. Dropping it stops that.
pub(super) struct SharedScreen {
    stream: MediaStream,
    picture: MediaStreamTrack,
    sound: Option<MediaStreamTrack>,
    _ended: EventListener,
}

impl SharedScreen {
    fn new(feed: &Feed, stream: MediaStream) -> Option<Self> {
        let tracks: Vec<MediaStreamTrack> = js::items(&stream.get_tracks()).collect();
        let of_kind = |kind| tracks.iter().find(|track| track.kind() == kind).cloned();
        let (picture, sound) = (of_kind("video")?, of_kind("audio"));
        hint(&picture, false);
        let feed = feed.clone();
        let ended = EventListener::new(&picture, "ended", move |_| feed.dispatch(Input::ScreenEnded));
        Some(Self { stream, picture, sound, _ended: ended })
    }

    /// Where sharpness and smoothness cannot both be had, this one counts (W3C mst-content-hint).
    pub(super) fn hint(&self, smooth: bool) {
        hint(&self.picture, smooth);
    }

    /// What the core needs to know of it.
    pub(super) fn grant(&self) -> ScreenGrant {
        ScreenGrant { with_sound: self.sound.is_some() }
    }

    /// The stream of both tracks.
    pub(super) fn stream(&self) -> &MediaStream {
        &self.stream
    }

    /// What is sent of it.
    pub(super) fn tracks(&self) -> impl Iterator<Item = (TrackSource, &MediaStreamTrack)> {
        let sound = self.sound.iter().map(|track| (TrackSource::ScreenAudio, track));
        std::iter::once((TrackSource::Screen, &self.picture)).chain(sound)
    }
}

fn hint(picture: &MediaStreamTrack, smooth: bool) {
    js::set_member(picture, "contentHint", &if smooth { "motion" } else { "text" }.into());
}

impl Drop for SharedScreen {
    fn drop(&mut self) {
        self.tracks().for_each(|(_, track)| track.stop());
    }
}

/// Whether this browser can share a screen. Those of telephones cannot.
pub fn can_share_screen() -> bool {
    devices().is_ok_and(|devices| js::member(&devices, "getDisplayMedia").is_some())
}

/// Asks the person what to share. To be called in the handler of a click.
pub(super) fn ask(feed: Feed) -> impl Future<Output = Result<SharedScreen, ScreenProblem>> {
    let asked = get_display_media();
    async move {
        let stream = JsFuture::from(asked.map_err(|e| problem(&e))?).await.map_err(|e| problem(&e))?;
        SharedScreen::new(&feed, stream.unchecked_into()).ok_or(ScreenProblem::Other)
    }
}

fn get_display_media() -> Result<Promise, JsValue> {
    let at_most = |value: u32| js::dictionary(&[("max", value.into())]);
    let video = js::dictionary(&[
        ("width", at_most(LARGEST.0)),
        ("height", at_most(LARGEST.1)),
        ("frameRate", at_most(MAX_FRAME_RATE)),
    ]);
    // What helps speech spoils music.
    let audio = js::dictionary(&[
        ("echoCancellation", false.into()),
        ("noiseSuppression", false.into()),
        ("autoGainControl", false.into()),
    ]);
    let options: DisplayMediaStreamConstraints = js::dictionary(&[
        ("video", video),
        ("audio", audio),
        ("systemAudio", "include".into()),
        ("surfaceSwitching", "include".into()),
        // This page in itself would be a hall of mirrors.
        ("selfBrowserSurface", "exclude".into()),
    ]);
    let devices = devices().map_err(|_| JsValue::NULL)?;
    Ok(devices.get_display_media_with_constraints(&options)?.unchecked_into())
}

/// How Chromium's message ends where the system does not allow it.
const BY_SYSTEM: &str = "by system";

/// W3C screen-capture, section 5.1.
fn problem(value: &JsValue) -> ScreenProblem {
    let error = js::error(value);
    match error.name.as_str() {
        "NotAllowedError" if error.message.ends_with(BY_SYSTEM) => ScreenProblem::Blocked,
        "NotAllowedError" | "AbortError" => ScreenProblem::Refused,
        "NotReadableError" => ScreenProblem::Blocked,
        _ => ScreenProblem::Other,
    }
}
