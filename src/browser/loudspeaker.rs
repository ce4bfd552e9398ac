//! The loudspeaker that plays the others, and the sounds of the page (W3C audio-output). Browsers that let no
//! page choose play on their default.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlAudioElement, HtmlMediaElement, MediaDeviceInfo, MediaDeviceKind};

use super::{devices::devices, js};

/// Loudness of sounds, 0.0 to 1.0: below that of voices.
const VOLUME: f64 = 0.5;

#[wasm_bindgen]
extern "C" {
    /// `HTMLMediaElement` with the member that web-sys lacks.
    #[wasm_bindgen(extends = HtmlMediaElement)]
    type ModernMediaElement;

    #[wasm_bindgen(method, catch, js_name = setSinkId)]
    fn set_sink(this: &ModernMediaElement, id: &str) -> Result<Promise, JsValue>;
}

/// A loudspeaker that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loudspeaker {
    /// The browser's `deviceId`.
    pub id: String,
    /// The browser's name for it; empty until a permission was given.
    pub label: String,
}

/// Lists the loudspeakers; none where the browser lets no page choose.
pub async fn loudspeakers() -> Vec<Loudspeaker> {
    let Ok(Ok(listed)) = devices().map(|devices| devices.enumerate_devices()) else { return Vec::new() };
    let Ok(list) = JsFuture::from(listed).await else { return Vec::new() };
    js::items::<MediaDeviceInfo>(&list.unchecked_into())
        .filter(|info| info.kind() == MediaDeviceKind::Audiooutput && !info.device_id().is_empty())
        .map(|info| Loudspeaker { id: info.device_id(), label: info.label() })
        .collect()
}

/// Plays an element on this loudspeaker; on the default if there is no such one (any more), or if the id is
/// empty.
pub fn play_on(element: &HtmlMediaElement, speaker: &str) {
    let element = element.clone().unchecked_into::<ModernMediaElement>();
    let Ok(set) = element.set_sink(speaker) else { return };
    spawn_local(async move {
        if JsFuture::from(set).await.is_err()
            && let Ok(default) = element.set_sink("")
        {
            js::run(default);
        }
    });
}

/// A sound of the page.
#[derive(Clone)]
pub struct Sound(HtmlAudioElement);

impl Sound {
    /// The sound for somebody who comes. `None` where the browser has no sound.
    pub fn joined() -> Option<Self> {
        Self::fetch("/sounds/joined.wav")
    }

    /// The sound for somebody who goes.
    pub fn left() -> Option<Self> {
        Self::fetch("/sounds/left.wav")
    }

    /// Fetches the sound at this path at once, to be there even if the server goes away.
    fn fetch(path: &str) -> Option<Self> {
        let element = HtmlAudioElement::new_with_src(path).ok()?;
        element.set_preload("auto");
        element.set_volume(VOLUME);
        Some(Self(element))
    }

    /// Plays it from its beginning on this loudspeaker. Not heard before a user gesture, as with all sound.
    pub fn play(&self, speaker: &str) {
        play_on(&self.0, speaker);
        self.0.set_current_time(0.0);
        if let Ok(playing) = self.0.play() {
            js::run(playing);
        }
    }
}
