//! Which media section carries which source, in both directions.
//!
//! Each side says it in the `tracks` of its offers and answers. Of clients that do not, the first section of
//! audio carries the microphone and the first of video the camera. What this client sends follows the same
//! rule, so that they understand it; a screen has sections of its own.

use crate::{
    call::input::{MediaKind, MediaSection},
    protocol::{TrackSource, Tracks},
};

/// The section that carries each source of the peer. `tracks` is what the peer says; it may lie, and then
/// only its own media suffers: every source is taken once, and only from a section of its kind.
pub(crate) fn incoming(sections: &[MediaSection], tracks: Option<&Tracks>) -> Vec<(String, TrackSource)> {
    let Some(tracks) = tracks else { return first_of_each_kind(sections) };
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
    sections.iter().filter_map(|section| Some((section.mid.clone(), section.sends?))).collect()
}

/// The sections of the peer's offer over which this client is to send something from now on.
pub(crate) fn to_be_sent(sections: &[MediaSection]) -> Vec<(String, TrackSource)> {
    let free: Vec<_> = sections.iter().filter(|section| section.sends.is_none()).cloned().collect();
    let is_sent = |source| sections.iter().any(|section| section.sends == Some(source));
    first_of_each_kind(&free).into_iter().filter(|(_, source)| !is_sent(*source)).collect()
}

fn first_of_each_kind(sections: &[MediaSection]) -> Vec<(String, TrackSource)> {
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
        SECTIONS.map(|(mid, kind)| MediaSection { mid: mid.to_owned(), kind, sends: None }).to_vec()
    }

    /// The first two carry microphone and camera of this client.
    fn answered_sections() -> Vec<MediaSection> {
        let mut sections = sections();
        sections[0].sends = Some(TrackSource::Microphone);
        sections[1].sends = Some(TrackSource::Camera);
        sections
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
        assert_eq!(to_be_sent(&sections()), expected);
    }

    #[test]
    fn what_is_sent_is_named_and_not_sent_twice() {
        let mut sections = answered_sections();
        assert_eq!(outgoing(&sections), plan(&[("0", TrackSource::Microphone), ("1", TrackSource::Camera)]));
        assert_eq!(to_be_sent(&sections), [], "the other sections are for the peer's screen");
        sections[1].sends = Some(TrackSource::Screen);
        assert_eq!(to_be_sent(&sections), plan(&[("2", TrackSource::Camera)]));
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
        assert_eq!(to_be_sent(&[]), []);
    }
}
