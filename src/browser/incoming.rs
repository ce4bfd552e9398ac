//! What is received from the others: one element for each participant and source, which plays it from the
//! moment it arrives, whether or not the page is drawn.

use litemap::LiteMap;
use wasm_bindgen::JsCast;
use web_sys::{Document, HtmlMediaElement, MediaStream, MediaStreamTrack};

use super::{js, watched::watch_of};
use crate::protocol::{PeerId, TrackSource};

/// Id of the element in the server's page that shows pictures until the page is drawn.
pub const EARLY_STAGE: &str = "early-stage";

/// The players of what is received.
#[derive(Default)]
pub(super) struct IncomingMedia(LiteMap<(PeerId, TrackSource), Player>);

/// An element and what it plays. The stream has exactly one track: Chromium never begins to play sound that
/// is added to a stream which had none when it was attached.
struct Player {
    element: HtmlMediaElement,
    stream: MediaStream,
}

impl IncomingMedia {
    /// Replaces what is received from a participant: for each source its track, if there is one. A picture
    /// shows on the early stage, if there is one, until its element is moved elsewhere. Returns whether there
    /// is a new element.
    pub(super) fn receive(
        &mut self,
        participant: PeerId,
        track: impl Fn(TrackSource) -> Option<MediaStreamTrack>,
    ) -> bool {
        let mut added = false;
        for source in TrackSource::ALL {
            let key = (participant, source);
            let Some(track) = track(source) else {
                self.0.remove(&key);
                continue;
            };
            if self.0.get(&key).is_some_and(|player| player.has(&track)) {
                continue;
            }
            let Some(stream) = stream_of(&track) else { continue };
            match self.0.get_mut(&key) {
                Some(player) => player.play(stream),
                None => {
                    if let Some(player) = Player::new(participant, source, stream) {
                        self.0.insert(key, player);
                        added = true;
                    }
                }
            }
        }
        added
    }

    /// The element that plays a source.
    pub(super) fn player(&self, participant: PeerId, source: TrackSource) -> Option<HtmlMediaElement> {
        self.0.get(&(participant, source)).map(|player| player.element.clone())
    }

    /// The track that is received from a source.
    pub(super) fn track(&self, participant: PeerId, source: TrackSource) -> Option<MediaStreamTrack> {
        js::items(&self.0.get(&(participant, source))?.stream.get_tracks()).next()
    }

    /// Forgets what all others send.
    pub(super) fn retain(&mut self, keeps: impl Fn(PeerId) -> bool) {
        self.0.retain(|(participant, _), _| keeps(*participant));
    }
}

impl Player {
    fn new(participant: PeerId, source: TrackSource, stream: MediaStream) -> Option<Self> {
        let document = web_sys::window()?.document()?;
        let element = match source {
            TrackSource::Camera => first_picture(&document, picture(&document, "remote-video")?),
            TrackSource::Screen => picture(&document, "remote-screen")?,
            TrackSource::Microphone | TrackSource::ScreenAudio => create(&document, "audio", "remote-audio")?,
        };
        let _ = element.set_attribute("data-peer", &participant.to_string());
        if source == TrackSource::Camera {
            watch_of(participant, &element);
        }
        element.set_src_object(Some(&stream));
        Some(Self { element, stream })
    }

    fn play(&mut self, stream: MediaStream) {
        self.element.set_src_object(Some(&stream));
        self.stream = stream;
    }

    /// By identity: a track of another connection may have the same id.
    fn has(&self, track: &MediaStreamTrack) -> bool {
        js::items(&self.stream.get_tracks()).any(|known: MediaStreamTrack| known == *track)
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.element.set_src_object(None);
        self.element.remove();
    }
}

/// Silent: sound has an element of its own, so that a person is heard whether or not a picture comes.
fn picture(document: &Document, name: &str) -> Option<HtmlMediaElement> {
    let element = create(document, "video", name)?;
    element.set_muted(true);
    let _ = element.set_attribute("playsinline", "");
    Some(element)
}

/// Shows a picture on the early stage, if there is one: it holds one picture.
fn first_picture(document: &Document, element: HtmlMediaElement) -> HtmlMediaElement {
    if let Some(stage) = document.get_element_by_id(EARLY_STAGE).filter(|stage| !stage.has_child_nodes()) {
        let _ = stage.append_child(&element);
    }
    element
}

fn create(document: &Document, tag: &str, name: &str) -> Option<HtmlMediaElement> {
    let element = document.create_element(tag).ok()?.dyn_into::<HtmlMediaElement>().ok()?;
    element.set_autoplay(true);
    let _ = element.set_attribute("data-testid", name);
    Some(element)
}

fn stream_of(track: &MediaStreamTrack) -> Option<MediaStream> {
    let stream = MediaStream::new().ok()?;
    stream.add_track(track);
    Some(stream)
}
