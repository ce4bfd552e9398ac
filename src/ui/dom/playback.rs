//! Playing media. Browsers block sound until there is a user gesture.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlVideoElement;

/// Whether a video that plays can be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sound {
    /// Yes, if it has any.
    Heard,
    /// Blocked by the browser until there is a user gesture.
    Blocked,
}

/// Plays a video, muted if the browser blocks its sound.
pub async fn play(video: &HtmlVideoElement) -> Sound {
    if !play_was_refused(video).await {
        return Sound::Heard;
    }
    video.set_muted(true);
    play_was_refused(video).await;
    Sound::Blocked
}

async fn play_was_refused(video: &HtmlVideoElement) -> bool {
    let Ok(playing) = video.play() else { return false };
    match JsFuture::from(playing).await {
        Ok(_) => false,
        Err(error) => error.dyn_ref::<web_sys::DomException>().is_some_and(|e| e.name() == "NotAllowedError"),
    }
}

/// Unmutes every remote video. Called from a click, which is the user gesture that browsers require.
pub fn unmute_remote_videos() {
    let Ok(videos) = document().query_selector_all("video[data-testid=remote-video]") else { return };
    for i in 0..videos.length() {
        if let Some(video) = videos.item(i).and_then(|node| node.dyn_into::<HtmlVideoElement>().ok()) {
            video.set_muted(false);
            leptos::task::spawn_local(async move {
                play(&video).await;
            });
        }
    }
}
