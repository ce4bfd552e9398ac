//! What a participant publishes, and which media section of a description carries it.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};

/// Most media sections that [`Tracks`] keeps: twice as many as there are sources.
const MAX_TRACKS: usize = 8;
/// Longest `mid` that [`Tracks`] keeps, in bytes: what fits into an RTP header extension (RFC 8843, section
/// 15).
const MAX_MID_BYTES: usize = 16;

/// Something that a participant publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TrackSource {
    /// The sound of a microphone.
    Microphone,
    /// The picture of a camera.
    Camera,
    /// The picture of a shared screen.
    Screen,
    /// The sound of a shared screen.
    ScreenAudio,
}

impl TrackSource {
    /// Every source.
    pub const ALL: [Self; 4] = [Self::Microphone, Self::Camera, Self::Screen, Self::ScreenAudio];

    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Microphone => "microphone",
            Self::Camera => "camera",
            Self::Screen => "screen",
            Self::ScreenAudio => "screen_audio",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }
}

/// Which of the sender's sources each media section carries, by `mid`.
///
/// Comes from a stranger: sources that this build does not know are skipped, and only a handful is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tracks(Vec<(String, TrackSource)>);

impl Tracks {
    /// The source that a media section carries.
    pub fn source(&self, mid: &str) -> Option<TrackSource> {
        self.0.iter().find(|(known, _)| known == mid).map(|(_, source)| *source)
    }

    /// Every section that is kept, with its source.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, TrackSource)> {
        self.0.iter().map(|(mid, source)| (mid.as_str(), *source))
    }

    /// Keeps what is known and still fits.
    pub(super) fn read(&mut self, mid: &str, name: &str) {
        if self.0.len() < MAX_TRACKS
            && mid.len() <= MAX_MID_BYTES
            && let Some(source) = TrackSource::from_name(name)
        {
            self.0.push((mid.to_owned(), source));
        }
    }
}

impl FromIterator<(String, TrackSource)> for Tracks {
    fn from_iter<I: IntoIterator<Item = (String, TrackSource)>>(tracks: I) -> Self {
        Self(tracks.into_iter().filter(|(mid, _)| mid.len() <= MAX_MID_BYTES).take(MAX_TRACKS).collect())
    }
}

impl Serialize for Tracks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(mid, source)| (mid, source.name())))
    }
}

impl<'de> Deserialize<'de> for Tracks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ByMid;

        impl<'de> Visitor<'de> for ByMid {
            type Value = Tracks;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of sources by mid")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tracks, A::Error> {
                let mut tracks = Tracks::default();
                while let Some((mid, name)) = map.next_entry::<String, String>()? {
                    tracks.read(&mid, &name);
                }
                Ok(tracks)
            }
        }

        deserializer.deserialize_map(ByMid)
    }
}
