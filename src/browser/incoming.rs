//! What is received from the others: one stream for each participant and source.

use std::collections::BTreeMap;

use web_sys::{HtmlMediaElement, MediaStream, MediaStreamTrack};

use super::js;
use crate::protocol::{PeerId, TrackSource};

/// The streams. A stream has exactly one track: Chromium never begins to play sound that is added to a stream
/// which had none when it was attached.
#[derive(Default)]
pub(super) struct IncomingMedia(BTreeMap<(PeerId, TrackSource), MediaStream>);

impl IncomingMedia {
    /// Replaces what is received from a source; `None` if it is nothing.
    pub(super) fn set(&mut self, participant: PeerId, source: TrackSource, track: Option<MediaStreamTrack>) {
        let key = (participant, source);
        let Some(track) = track else {
            self.0.remove(&key);
            return;
        };
        // By identity: a track of another connection may have the same id.
        let has = |stream: &MediaStream| {
            js::items(&stream.get_tracks()).any(|known: MediaStreamTrack| known == track)
        };
        let known = self.0.get(&key).is_some_and(has);
        if !known && let Ok(stream) = MediaStream::new() {
            stream.add_track(&track);
            self.0.insert(key, stream);
        }
    }

    /// Plays a source in an element.
    pub(super) fn attach(&self, participant: PeerId, source: TrackSource, element: &HtmlMediaElement) {
        if let Some(stream) = self.0.get(&(participant, source)) {
            // Attached anew it would be interrupted for a moment.
            if element.ended() || element.src_object().as_ref() != Some(stream) {
                element.set_src_object(Some(stream));
            }
        }
    }

    /// Forgets the streams of all others.
    pub(super) fn retain(&mut self, keeps: impl Fn(PeerId) -> bool) {
        self.0.retain(|(participant, _), _| keeps(*participant));
    }
}
