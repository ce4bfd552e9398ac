//! Which media section carries which source, in both directions.
//!
//! Each side says it in the `tracks` of its offers and answers. Clients that do not send two sections: the
//! first audio is the microphone, the first video the camera. What this client sends follows the same rule,
//! so that they understand it.

use crate::{
    call::input::{MediaKind, MediaSection},
    protocol::{TrackSource, Tracks},
};

/// The section that carries each source of the peer. `tracks` is what the peer says; it may lie, and then
/// only its own media suffers: every source is taken once, and only from a section of its kind.
pub(crate) fn incoming(sections: &[MediaSection], tracks: Option<&Tracks>) -> Vec<(String, TrackSource)> {
    let Some(tracks) = tracks else { return outgoing(sections) };
    let section_of = |source| {
        let carries = |section: &&MediaSection| {
            section.kind == kind_of(source) && tracks.source(&section.mid) == Some(source)
        };
        sections.iter().find(carries).map(|section| (section.mid.clone(), source))
    };
    TrackSource::ALL.into_iter().filter_map(section_of).collect()
}

/// The section that carries each source of this client.
pub(crate) fn outgoing(sections: &[MediaSection]) -> Vec<(String, TrackSource)> {
    let first = |source| {
        let section = sections.iter().find(|section| section.kind == kind_of(source))?;
        Some((section.mid.clone(), source))
    };
    [TrackSource::Microphone, TrackSource::Camera].into_iter().filter_map(first).collect()
}

const fn kind_of(source: TrackSource) -> MediaKind {
    match source {
        TrackSource::Microphone | TrackSource::ScreenAudio => MediaKind::Audio,
        TrackSource::Camera | TrackSource::Screen => MediaKind::Video,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECTIONS: [(&str, MediaKind); 4] =
        [("0", MediaKind::Audio), ("1", MediaKind::Video), ("2", MediaKind::Video), ("3", MediaKind::Audio)];

    fn sections() -> Vec<MediaSection> {
        SECTIONS.map(|(mid, kind)| MediaSection { mid: mid.to_owned(), kind }).to_vec()
    }

    fn plan(tracks: &[(&str, TrackSource)]) -> Vec<(String, TrackSource)> {
        tracks.iter().map(|(mid, source)| ((*mid).to_owned(), *source)).collect()
    }

    fn incoming_of(tracks: &[(&str, TrackSource)]) -> Vec<(String, TrackSource)> {
        incoming(&sections(), Some(&plan(tracks).into_iter().collect()))
    }

    #[test]
    fn without_tracks_the_first_of_each_kind_is_microphone_and_camera() {
        let expected = plan(&[("0", TrackSource::Microphone), ("1", TrackSource::Camera)]);
        assert_eq!(incoming(&sections(), None), expected);
        assert_eq!(outgoing(&sections()), expected);
    }

    #[test]
    fn tracks_name_every_source_in_any_order() {
        let tracks = [
            ("3", TrackSource::Microphone),
            ("2", TrackSource::Camera),
            ("1", TrackSource::Screen),
            ("0", TrackSource::ScreenAudio),
        ];
        assert_eq!(incoming_of(&tracks), plan(&tracks));
    }

    #[test]
    fn a_source_that_is_not_named_is_not_guessed() {
        assert_eq!(incoming_of(&[("2", TrackSource::Screen)]), plan(&[("2", TrackSource::Screen)]));
        assert_eq!(incoming_of(&[]), []);
    }

    #[test]
    fn a_source_is_taken_once_and_from_a_section_of_its_kind() {
        let lies = [
            ("0", TrackSource::Camera),
            ("1", TrackSource::Microphone),
            ("2", TrackSource::Screen),
            ("2", TrackSource::Camera),
            ("9", TrackSource::ScreenAudio),
        ];
        assert_eq!(incoming_of(&lies), plan(&[("2", TrackSource::Screen)]));
        let twice = [("1", TrackSource::Camera), ("2", TrackSource::Camera)];
        assert_eq!(incoming_of(&twice), plan(&[("1", TrackSource::Camera)]));
    }

    #[test]
    fn there_may_be_no_section_at_all() {
        assert_eq!(incoming(&[], None), []);
        assert_eq!(outgoing(&[]), []);
    }
}
